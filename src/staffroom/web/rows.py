"""The rows of a table as HTML, made in one go: a template would take most of a page's time for its cells."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from staffroom.metrics.declaration import Column, Kind, msg
from staffroom.web import formats, sparklines
from staffroom.web.tables import Row, Table
from staffroom.web.words import say

NUMBERS = frozenset({Kind.COUNT, Kind.SECONDS, Kind.OFFSET, Kind.SHARE})
NOT_KNOWN = msg("not known")

Cell = Callable[[Row], str]


def column_class(column: Column) -> str:
    """The class by which the stylesheet aligns a column."""
    return "number" if column.kind in NUMBERS else column.kind.value


def body(table: Table) -> SafeString:
    """The rows of the table's body; every value is escaped."""
    cells = [_framed(table, column, first=place == 0) for place, column in enumerate(table.columns)]
    rows = (f'<tr role="row">{"".join(cell(row) for cell in cells)}</tr>\n' for row in table.rows)
    return mark_safe("".join(rows))  # noqa: S308 - made of escaped parts only


def _framed(table: Table, column: Column, *, first: bool) -> Cell:
    """The cell of a column in its element; the first names the row."""
    tag, role = ('th scope="row"', "rowheader") if first else ("td", "cell")
    label = escape(say(column.title))
    start = f'<{tag} role="{role}" class="{column_class(column)}" data-label="{label}">'
    end = f"</{tag[:2]}>"
    content = _linked(table, column, _content(table, column))
    return lambda row: f"{start}{content(row)}{end}"


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
    unknown = f'<span aria-hidden="true">{formats.UNKNOWN}</span><span class="unseen">{spoken}</span>'

    def content(row: Row) -> str:
        value = row.get(name)
        if value is None:
            return unknown
        if isinstance(value, tuple):
            return sparklines.sparkline(value, label=title)
        text = escape(formats.show(value, kind))
        if largest is not None and isinstance(value, int | float):
            return f"{sparklines.bar(float(value), largest)} {text}"
        return text

    return content
