"""Dates of the address as conditions on a table."""

from __future__ import annotations

from datetime import date, timedelta

from staffroom.courses.courses import OpenCourse
from staffroom.courses.kept import kept
from staffroom.metrics.catalogue import metric
from staffroom.metrics.declaration import Kind
from staffroom.metrics.store import Measure, Where
from staffroom.web.dates import DateRange


@kept(results=200)
def first_day(course: OpenCourse, table: str) -> date | None:
    """The first day, or the Monday of the first week, for which ``table`` has numbers of the course."""
    column = next(column.name for column in metric(table).columns if column.kind in (Kind.DAY, Kind.WEEK))
    rows = course.read(table, group_by=("course_id",), measures=(Measure("first", "min", column),)).rows
    return rows[0][1] if rows else None


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
