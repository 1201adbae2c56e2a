"""Dates of the address as conditions on a table."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from staffroom.courses.courses import OpenCourse
from staffroom.courses.kept import kept
from staffroom.metrics.catalogue import metric
from staffroom.metrics.declaration import Kind
from staffroom.metrics.store import Measure, Where
from staffroom.web.dates import DateRange

LONG_PAUSE = timedelta(weeks=52)
STRAY_SHARE = 0.05
"""As much of a table, before a long pause, is taken for strays."""

WEIGHED_BY = {
    "enrolment_by_day": ("joined", "left"),
    "weekly_activity": ("active",),
    "time_on_unit": ("seconds",),
    "unit_visits": ("visits",),
}
"""By which columns it is told how much happened on a day."""


@kept(results=200)
def first_day(course: OpenCourse, table: str) -> date | None:
    """The first day, or the Monday of the first week, for which ``table`` has numbers of the course."""
    column = next(column.name for column in metric(table).columns if column.kind in (Kind.DAY, Kind.WEEK))
    rows = course.read(table, group_by=("course_id",), measures=(Measure("first", "min", column),)).rows
    return rows[0][1] if rows else None


@kept(results=200)
def usual_first_day(course: OpenCourse, table: str) -> date | None:
    """The day with which a page begins unless asked for more; None where that is the first day.

    One wrong clock or one forgotten test can put a row years before a course. A page that began there would
    be thousands of days of nothing, so it begins after the last long pause before which next to nothing
    happened. The rows before it are there for whoever asks for them.
    """
    happened = _happened(course, table)
    most_before = sum(amount for _, amount in happened) * STRAY_SHARE
    first, before = None, 0
    for (day, amount), (following, _) in pairwise(happened):
        before += amount
        if before > most_before:
            break
        if following - day > LONG_PAUSE:
            first = following
    return first


def _happened(course: OpenCourse, table: str) -> list[tuple[date, int]]:
    """The days, or Mondays of weeks, on which anything happened, and how much; oldest first."""
    column = next(column.name for column in metric(table).columns if column.kind in (Kind.DAY, Kind.WEEK))
    measures = tuple(Measure(name, "sum", name) for name in WEIGHED_BY[table])
    rows = course.read(table, group_by=(column,), measures=measures, order_by=(column,)).rows
    return [(day, int(sum(amounts))) for day, *amounts in rows if any(amounts)]


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
