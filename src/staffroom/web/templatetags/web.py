"""Tags that every template has: cells, sparklines, translated declarations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils.safestring import SafeString

from staffroom.metrics.declaration import Column, Kind
from staffroom.web import formats, freshness, rows, sparklines
from staffroom.web.arrangement import Arrangement
from staffroom.web.paging import Paging, is_page
from staffroom.web.tables import Table
from staffroom.web.words import say

register = template.Library()


@register.filter
def said(text: str) -> str:
    """A msgid in the reader's language."""
    return say(text)


@register.filter
def column_class(column: Column) -> str:
    """The class by which the stylesheet aligns a column."""
    return rows.column_class(column)


@register.filter
def explained(columns: Sequence[Column]) -> list[Column]:
    """The columns that say what they hold, or in which unit."""
    return [column for column in columns if column.help or shown_unit(column)]


@register.filter
def shown_unit(column: Column) -> str:
    """A column's unit, where its cells do not say it themselves as 1:05 and 95.4% do."""
    return "" if column.kind in (Kind.SECONDS, Kind.OFFSET, Kind.SHARE) else column.unit


@register.filter
def freshness_sentence(fresh: freshness.Freshness) -> str:
    return freshness.freshness_sentence(fresh)


@register.filter
def shown_count(value: float) -> str:
    return formats.count(value)


@register.filter
def table_rows(table: Table) -> SafeString:
    """The rows of a table's body."""
    return rows.body(table)


@register.filter
def table_foot(table: Table) -> SafeString:
    """The totals below the rows."""
    return rows.foot(table)


@register.simple_tag
def sparkline(values: tuple[float, ...], label: str) -> SafeString:
    return sparklines.sparkline(values, label=label)


@register.simple_tag
def sort_title(arrangement: Arrangement, column: Column) -> dict[str, str]:
    """How a column is sorted now, and the ``sort`` that its title leads to."""
    return {"direction": arrangement.direction(column.name), "turned": arrangement.turned(column.name)}


@register.simple_tag(takes_context=True)
def query(context: RequestContext, **changed: Any) -> str:
    """This page's query with some parameters replaced; None removes one. Begins with a question mark.

    ``page=None`` removes the page numbers of all tables.
    """
    asked = context["request"].GET.copy()
    for name in [*changed, *filter(is_page, [*asked] if "page" in changed else ())]:
        asked.pop(name, None)
    asked.update({name: value for name, value in changed.items() if value is not None})
    return f"?{asked.urlencode()}" if asked else "?"


@register.simple_tag(takes_context=True)
def page_link(context: RequestContext, paging: Paging, number: int) -> str:
    """The query of another page of a table; the other tables stay where they are."""
    asked = context["request"].GET.copy()
    asked[paging.parameter] = str(number)
    return f"?{asked.urlencode()}"


@register.simple_tag(takes_context=True)
def kept_parameters(context: RequestContext, *asked: str) -> list[tuple[str, str]]:
    """What a form carries along beside the fields that it asks for, repeated ones too: no page of a table."""
    return [
        (name, value)
        for name, values in context["request"].GET.lists()
        for value in values
        if name not in asked and not is_page(name)
    ]
