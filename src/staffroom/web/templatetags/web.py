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


@register.simple_tag
def sparkline(values: tuple[float, ...], label: str) -> SafeString:
    return sparklines.sparkline(values, label=label)


@register.simple_tag
def sort_title(arrangement: Arrangement, column: Column) -> dict[str, str]:
    """How a column is sorted now, and the ``sort`` that its title leads to."""
    return {"direction": arrangement.direction(column.name), "turned": arrangement.turned(column.name)}


@register.simple_tag(takes_context=True)
def query(context: RequestContext, **changed: Any) -> str:
    """This page's query with some parameters replaced; None removes one. Begins with a question mark."""
    asked = context["request"].GET.copy()
    for name, value in changed.items():
        asked.pop(name, None)
        if value is not None:
            asked[name] = value
    return f"?{asked.urlencode()}" if asked else "?"
