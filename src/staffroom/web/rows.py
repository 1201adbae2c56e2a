"""The rows of a table as HTML, made in one go: a template would take most of a page's time for its cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape
from math import ceil

from django.utils.safestring import SafeString, mark_safe

from staffroom.metrics.declaration import Column, Kind, msg
from staffroom.web import formats, sparklines
from staffroom.web.tables import Row, Table
from staffroom.web.words import say

NUMBERS = frozenset({Kind.COUNT, Kind.SECONDS, Kind.OFFSET, Kind.SHARE, Kind.RATIO})
NOT_KNOWN = msg("not known")
LONGEST_ID = 14
SHOWN_OF_ID = 8
LONG = 40

Cell = Callable[[Row], str]


def column_class(column: Column) -> str:
    """The class by which the stylesheet aligns a column."""
    return "number" if column.kind in NUMBERS else column.kind.value


def body(table: Table) -> SafeString:
    """The rows of the table's body; every value is escaped."""
    cells = [
        _framed(table, column, names_row=place == len(table.groups))
        for place, column in enumerate(table.columns)
    ]
    rows = []
    before: Row = {}
    for row in table.rows:
        repeated = _repeated(table.groups, before, row)
        rows.append(f'<tr role="row"{repeated}>{"".join(cell(row) for cell in cells)}</tr>\n')
        before = row
    return mark_safe("".join(rows))  # noqa: S308 - made of escaped parts only


def foot(table: Table) -> SafeString:
    """The row of totals, where the table has one."""
    if table.foot is None:
        return SafeString("")
    plain = replace(table, links={}, bars=frozenset(), heat=frozenset())
    cells = [
        _framed(plain, column, names_row=place == len(table.groups))
        for place, column in enumerate(table.columns)
    ]
    row = "".join(cell(table.foot) for cell in cells)
    return mark_safe(f'<tfoot role="rowgroup"><tr role="row">{row}</tr></tfoot>')  # noqa: S308 - made of escaped parts only


def _repeated(groups: tuple[str, ...], before: Row, row: Row) -> str:
    """How many of the grouping columns say what they said in the row above, as an attribute."""
    count = 0
    for name in groups:
        if not before or before.get(name) != row.get(name):
            break
        count += 1
    return f' data-repeats="{count}"' if count else ""


def _framed(table: Table, column: Column, *, names_row: bool) -> Cell:
    """The cell of a column in its element; the one after the groups names the row."""
    tag, role = ('th scope="row"', "rowheader") if names_row else ("td", "cell")
    label = escape(say(column.title))
    kind = column_class(column) + (" long" if _is_long(table, column) else "")
    start = f'<{tag} role="{role}" class="{kind}" data-label="{label}"'
    end = f"</{tag[:2]}>"
    content = _linked(table, column, _content(table, column))
    mark = _mark(table, column.name)
    return lambda row: f"{start}{mark(row)}>{content(row)}{end}"


def _mark(table: Table, name: str) -> Cell:
    """What sets a cell apart from the others of its column, as an attribute."""
    if name in table.heat:
        hottest = max(table.largest(warm) for warm in table.heat)
        return lambda row: f' data-part="{_tenths(row.get(name), hottest)}"'
    fades = table.faded.get(name)
    if fades is not None:
        return lambda row: " data-faded" if fades(row) else ""
    return lambda _: ""


def _tenths(value: object, largest: float) -> int:
    """How warm a cell is, from 0 to 10; what is there at all is a little."""
    return ceil(10 * value / largest) if largest and isinstance(value, int | float) else 0


def _is_long(table: Table, column: Column) -> bool:
    """Whether a text of the column would stand in a narrow tower, were the column not kept wide."""
    return column.kind is Kind.TEXT and any(len(str(row.get(column.name, ""))) > LONG for row in table.rows)


def _linked(table: Table, column: Column, content: Cell) -> Cell:
    link = table.links.get(column.name)
    if link is None:
        return content

    def linked(row: Row) -> str:
        address = link(row)
        return f'<a href="{escape(address)}">{content(row)}</a>' if address else content(row)

    return linked


def _content(table: Table, column: Column) -> Cell:
    """What stands in a cell: a text, a sparkline, a number with its bar, or the sign for unknown."""
    name, kind, title = column.name, column.kind, say(column.title)
    largest = table.largest(name) if name in table.bars else None
    spoken = escape(say(NOT_KNOWN))
    show = formats.shower(kind)
    unknown = f'<span aria-hidden="true">{formats.UNKNOWN}</span><span class="unseen">{spoken}</span>'

    def content(row: Row) -> str:
        value = row.get(name)
        if value is None:
            return unknown
        if isinstance(value, tuple):
            return sparklines.sparkline(value, label=title)
        if kind is Kind.BLOCK and isinstance(value, str):
            return _short_id(value)
        text = escape(show(value))
        if largest is not None and isinstance(value, int | float):
            return f"{sparklines.bar(float(value), largest)} {text}"
        return text

    return content


def _short_id(value: str) -> str:
    """The end of a long id, which tells one from another; all of it is in CSV and JSON, and on hover."""
    if len(value) <= LONGEST_ID:
        return escape(value)
    return f'<span dir="ltr" title="{escape(value)}">…{escape(value[-SHOWN_OF_ID:])}</span>'
