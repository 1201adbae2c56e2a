"""Which columns of a table are shown: ``?columns=grade&columns=absences``, chosen in a form above it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import QueryDict

from staffroom.metrics.declaration import Column

PARAMETER = "columns"


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """``offered`` may be chosen; what is always shown is not among them. ``chosen`` holds names."""

    offered: tuple[Column, ...]
    chosen: frozenset[str]

    @classmethod
    def read(cls, query: QueryDict, offered: Sequence[Column], *, usual: Iterable[str]) -> ColumnChoice:
        """What ``query`` names, apart or with commas; the ``usual`` ones where it names none that we know."""
        named = {name for text in query.getlist(PARAMETER) for name in text.split(",")}
        known = frozenset(column.name for column in offered)
        return cls(tuple(offered), known.intersection(named) or known.intersection(usual))
