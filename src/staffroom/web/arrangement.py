"""How the address wants a table arranged: ``?q=`` keeps rows that hold a text, ``?sort=-seconds`` sorts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from staffroom.metrics.declaration import Column

LONGEST_SEARCH = 100
Order = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What the address asks for. ``searched`` names the columns in which ``search`` is looked for.

    ``orders`` makes of a column's values what they are sorted by, where that is not their alphabet or size.
    """

    search: str = ""
    sort: str = ""
    descending: bool = False
    searched: tuple[str, ...] = ()
    orders: Mapping[str, Order] = field(default_factory=dict)

    @classmethod
    def read(
        cls,
        query: Mapping[str, str],
        columns: Iterable[Column],
        *,
        default: str,
        searched: Sequence[str],
        orders: Mapping[str, Order] | None = None,
    ) -> Arrangement:
        """``default`` (``-`` before it: descending) is how rows stand where ``query`` names no column."""
        sort = query.get("sort", "")
        if sort.removeprefix("-") not in {column.name for column in columns}:
            sort = default
        search = query.get("q", "").strip()[:LONGEST_SEARCH]
        return cls(search, sort.removeprefix("-"), sort.startswith("-"), tuple(searched), orders or {})

    def arranged(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rows that match, sorted; rows without a value stand last either way, ties as they came."""
        wanted = self.search.casefold()
        found = [row for row in rows if not wanted or self._holds(row, wanted)]
        known = [row for row in found if row.get(self.sort) is not None]
        unknown = [row for row in found if row.get(self.sort) is None]
        order = self.orders.get(self.sort, _sort_key)
        known.sort(key=lambda row: order(row[self.sort]), reverse=self.descending)
        return known + unknown

    def direction(self, column: str) -> str:
        """``ascending``, ``descending`` or nothing, as ``aria-sort`` says it."""
        if column != self.sort:
            return ""
        return "descending" if self.descending else "ascending"

    def turned(self, column: str) -> str:
        """The ``sort`` of a click on a column's title: the other way round where it is sorted already."""
        return f"-{column}" if self.direction(column) == "ascending" else column

    def _holds(self, row: Mapping[str, Any], wanted: str) -> bool:
        return any(wanted in str(row.get(name) or "").casefold() for name in self.searched)


def _sort_key(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
