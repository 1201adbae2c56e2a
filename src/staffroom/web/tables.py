"""A table as the page, CSV and JSON show it: the same columns, the same rows, the same order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from staffroom.metrics.declaration import Column, Kind
from staffroom.web.arrangement import Arrangement
from staffroom.web.choice import ColumnChoice
from staffroom.web.paging import Paging

WIDTHS = {
    Kind.COURSE: 330,
    Kind.INSTANT: 165,
    Kind.TEXT: 170,
    Kind.DAY: 110,
    Kind.WEEK: 110,
    Kind.BLOCK: 115,
    Kind.FLAG: 80,
}
"""About how many pixels a column takes; those that are not here take ``NUMBER_WIDTH``."""
NUMBER_WIDTH, BAR_WIDTH = 97, 60
UNFOLDED = 8
"""A phone shows so many rows at first; the stylesheet counts as far."""

Row = Mapping[str, object]
Link = Callable[[Row], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of raw values under declared columns.

    A cell is None where nothing is known (shown as a dash, never as 0), and a tuple of numbers where the
    page draws a sparkline. ``links`` maps a column's name to the address that a row's cell leads to;
    ``bars`` names columns whose cells also draw a bar, in proportion to the column's largest value.
    ``heat`` names columns whose cells are tinted in proportion to the largest value in any of them; ``faded``
    says of a column's cells which of them step back, such as days long ago.
    ``groups`` names leading columns whose value, where it repeats that of the row above, steps back; the
    column after them names the row, and the phone's card starts with it.
    """

    columns: tuple[Column, ...]
    rows: Sequence[Row]
    caption: str = ""
    """What the table holds, as a finished sentence; the section's title where it is empty."""
    links: Mapping[str, Link] = field(default_factory=dict)
    bars: frozenset[str] = frozenset()
    heat: frozenset[str] = frozenset()
    faded: Mapping[str, Callable[[Row], bool]] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    foot: Row | None = None
    """Totals below the rows, on the page alone: CSV and JSON hold what they are made of."""
    paging: Paging | None = None
    """Where the rows are one page of many."""
    scales: Mapping[str, float] = field(default_factory=dict)
    """The largest value of a column on any page, so that its bars mean the same on each."""
    arrangement: Arrangement | None = None
    """Where the address searches and sorts the rows: titles are then links, with a search field above."""
    choice: ColumnChoice | None = None
    """Where the address says which columns are shown; ``columns`` are those."""

    @property
    def total(self) -> int:
        """How many rows there are, those of other pages included."""
        return self.paging.total if self.paging else len(self.rows)

    @property
    def width(self) -> int:
        """About how many pixels the table takes: whether it has room beside its section's title."""
        columns = sum(WIDTHS.get(column.kind, NUMBER_WIDTH) for column in self.columns)
        return columns + BAR_WIDTH * len(self.bars)

    def in_pages(self, paging: Paging) -> Table:
        """One page of the table's rows; a page behind the last is the last."""
        counted = paging.with_total(len(self.rows))
        shown = replace(counted, number=min(counted.number, counted.pages))
        scales = {name: self.largest(name) for name in self.bars | self.heat}
        return replace(self, rows=self.rows[shown.window], paging=shown, scales=scales)

    @property
    def is_folded(self) -> bool:
        """Whether a phone shows some of the rows only when asked."""
        return len(self.rows) > UNFOLDED

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def largest(self, name: str) -> float:
        """The largest number in a column, on whatever page; 0 where there is none."""
        if name in self.scales:
            return self.scales[name]
        values = (row.get(name) for row in self.rows)
        return max((float(value) for value in values if isinstance(value, int | float)), default=0.0)
