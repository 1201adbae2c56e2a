"""Dates of the address as conditions on a table."""

from __future__ import annotations

from datetime import timedelta

from staffroom.metrics.store import Where
from staffroom.web.dates import DateRange


def within_days(column: str, dates: DateRange) -> tuple[Where, ...]:
    """``column`` is a day of ``dates``."""
    conditions: tuple[Where, ...] = ()
    if dates.start:
        conditions += (Where(column, ">=", dates.start),)
    if dates.end:
        conditions += (Where(column, "<=", dates.end),)
    return conditions


def within_weeks(column: str, dates: DateRange) -> tuple[Where, ...]:
    """``column`` is the Monday of a week of which at least a day is within ``dates``."""
    conditions: tuple[Where, ...] = ()
    if dates.start:
        monday = dates.start - timedelta(days=dates.start.weekday())
        conditions += (Where(column, ">=", monday),)
    if dates.end:
        conditions += (Where(column, "<=", dates.end),)
    return conditions
