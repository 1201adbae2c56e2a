"""Rows about learners: named, searched, sorted and cut into pages, as the address asks.

The rows of a course are read whole and narrowed here, because names live in another table than numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from staffroom.courses.access import names_of_learners
from staffroom.courses.courses import OpenCourse
from staffroom.metrics.declaration import Column, Kind, msg
from staffroom.metrics.store import Where

Learner = tuple[str, str]
"""(source, learner_id)."""

IDS_A_QUERY = 5000

LEARNER_COLUMNS = (
    Column("name", msg("Name"), Kind.TEXT, msg("The learner's name as the LMS exported it.")),
    Column("username", msg("User name"), Kind.TEXT, msg("The name with which the learner signs in.")),
    Column("learner_id", msg("Id"), Kind.LEARNER, msg("The learner's id in the LMS.")),
)
"""What every list of learners begins with."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How the address wants a list: ``?q=`` searches names and ids, ``?sort=-seconds`` sorts."""

    search: str = ""
    sort: str = ""
    descending: bool = False

    @classmethod
    def read(cls, query: Mapping[str, str], columns: Iterable[Column], *, default: str) -> Arrangement:
        """What ``query`` asks for; an unknown column is the ``default`` (``-`` before it: descending)."""
        names = {column.name for column in columns}
        sort = query.get("sort", "")
        if sort.removeprefix("-") not in names:
            sort = default
        return cls(query.get("q", "").strip()[:100], sort.removeprefix("-"), sort.startswith("-"))

    def arranged(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rows that match, sorted; rows without a value come last either way, ties by learner."""
        wanted = self.search.casefold()
        found = [row for row in rows if not wanted or _matches(row, wanted)]
        found.sort(key=lambda row: (row["source"], row["learner_id"]))
        known = [row for row in found if row.get(self.sort) is not None]
        unknown = [row for row in found if row.get(self.sort) is None]
        known.sort(key=lambda row: _sort_key(row[self.sort]), reverse=self.descending)
        return known + unknown


def named(course: OpenCourse, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """``rows`` (with source and learner_id) with the learner's ``name`` and ``username`` added."""
    names = _names(course, {(row["source"], row["learner_id"]) for row in rows})
    nobody = (None, None)
    return [
        {**row, "name": name, "username": username}
        for row in rows
        for name, username in (names.get((row["source"], row["learner_id"]), nobody),)
    ]


def learners_in(rows: Iterable[Mapping[str, Any]]) -> list[Learner]:
    """Whom ``rows`` name, for the audit trail."""
    return [(row["source"], row["learner_id"]) for row in rows]


def _names(course: OpenCourse, learners: set[Learner]) -> dict[Learner, tuple[str | None, str | None]]:
    ids = sorted({learner_id for _, learner_id in learners})
    names: dict[Learner, tuple[str | None, str | None]] = {}
    for start in range(0, len(ids), IDS_A_QUERY):
        rows = course.published.read(
            "people",
            within=names_of_learners(),
            columns=("source", "learner_id", "name", "username"),
            where=(Where("learner_id", "in", tuple(ids[start : start + IDS_A_QUERY])),),
        ).rows
        names.update({(source, learner_id): (name or None, user) for source, learner_id, name, user in rows})
    return names


def _matches(row: Mapping[str, Any], wanted: str) -> bool:
    return any(wanted in str(row.get(name) or "").casefold() for name in ("name", "username", "learner_id"))


def _sort_key(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
