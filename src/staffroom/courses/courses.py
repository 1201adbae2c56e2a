"""Courses as lists and single ones, read from the published tables within a scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from staffroom.courses.access import course_only, why_visible
from staffroom.courses.kept import kept
from staffroom.events.keys import CourseKey
from staffroom.metrics.scope import Courses, Everything
from staffroom.metrics.store import Freshness, Measure, Published, Rows, Where

WEEKS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class CourseLine:
    """One course of a list. ``enrolled`` and ``active_last_week`` are None where nothing is known of them.

    ``weeks`` are the active learners of up to twelve weeks, oldest first; the last may be running.
    """

    key: CourseKey
    name: str
    starts_on: date | None
    ends_on: date | None
    enrolled: int | None
    active_last_week: int | None
    weeks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OpenCourse:
    """A course that a viewer may see, with the ``reason`` why; its tables are read within it alone."""

    key: CourseKey
    name: str
    reason: str
    published: Published
    starts_on: date | None = None
    ends_on: date | None = None

    @property
    def version(self) -> tuple[str, int]:
        return str(self.published.root), self.published.number

    def read(
        self,
        table: str,
        *,
        columns: Sequence[str] | None = None,
        where: Sequence[Where] = (),
        group_by: Sequence[str] = (),
        measures: Sequence[Measure] = (),
        order_by: Sequence[str] = (),
        limit: int | None = None,
    ) -> Rows:
        """As ``Published.read``, within this course."""
        return self.published.read(
            table,
            within=course_only(self.key),
            columns=columns,
            where=where,
            group_by=group_by,
            measures=measures,
            order_by=order_by,
            limit=limit,
        )

    def freshness(self, table: str) -> Freshness:
        return self.published.freshness(table)


def open_course(published: Published, viewer: object, key: CourseKey) -> OpenCourse | None:
    """The course, or None where ``viewer`` has no reason to see it or nobody knows of it.

    A course that names the viewer opens before its first data has come; an administrator sees those that
    have data.
    """
    reason = why_visible(viewer, key)
    if reason is None:
        return None
    opened = OpenCourse(key, key, reason, published)
    described = _described(opened)
    if described is not None:
        name, starts_on, ends_on = described
        return replace(opened, name=name or key, starts_on=starts_on, ends_on=ends_on)
    return opened if reason != "administrator" or _has_data(opened) else None


@kept(results=1000)
def _described(course: OpenCourse) -> tuple[str | None, date | None, date | None] | None:
    """Name, first and last day of a course as its export tells them; None where no export names it."""
    rows = course.read("courses", columns=("name", "starts_on", "ends_on"), limit=1).rows
    return rows[0] if rows else None


@kept(results=1000)
def _has_data(course: OpenCourse) -> bool:
    return course.key in _keys_with_data(course.published, course_only(course.key))


def course_list(published: Published, scope: Courses | Everything) -> list[CourseLine]:
    """The courses of ``scope`` by name, those without data included where the scope names them."""
    described = {
        CourseKey(row["course_id"]): row
        for row in published.read(
            "courses", within=scope, columns=("course_id", "name", "starts_on", "ends_on")
        ).dicts()
    }
    named = scope.keys if isinstance(scope, Courses) else frozenset()
    keys = described.keys() | named | _keys_with_data(published, scope)
    enrolled, weeks = _enrolled_now(published, scope), _last_weeks(published, scope)
    lines = [_line(key, described.get(key, {}), enrolled.get(key), weeks.get(key, ())) for key in keys]
    return sorted(lines, key=lambda line: (line.name.casefold(), line.key))


def _line(
    key: CourseKey, row: dict[str, Any], enrolled: int | None, weeks: Iterable[tuple[int, bool]]
) -> CourseLine:
    complete = [active for active, is_complete in weeks if is_complete]
    return CourseLine(
        key=key,
        name=row.get("name") or key,
        starts_on=row.get("starts_on"),
        ends_on=row.get("ends_on"),
        enrolled=enrolled,
        active_last_week=complete[-1] if complete else None,
        weeks=tuple(active for active, _ in weeks),
    )


def _keys_with_data(published: Published, scope: Courses | Everything) -> set[CourseKey]:
    keys: set[CourseKey] = set()
    for table in ("weekly_activity", "enrolment_by_day"):
        rows = published.read(table, within=scope, group_by=("course_id",)).rows
        keys.update(CourseKey(row[0]) for row in rows)
    return keys


def _enrolled_now(published: Published, scope: Courses | Everything) -> dict[CourseKey, int]:
    """Learners enrolled on the last day of each course's enrolment table."""
    table = "enrolment_by_day"
    newest = Measure("last", "max", "day")
    last = dict(published.read(table, within=scope, group_by=("course_id",), measures=(newest,)).rows)
    if not last:
        return {}
    rows = published.read(
        table,
        within=scope,
        where=(Where("day", ">=", min(last.values())),),
        group_by=("course_id", "day"),
        measures=(Measure("learners", "sum", "enrolled"),),
    ).rows
    return {CourseKey(course_id): int(count) for course_id, day, count in rows if last[course_id] == day}


def _last_weeks(published: Published, scope: Courses | Everything) -> dict[CourseKey, list[tuple[int, bool]]]:
    """(active learners, is the week over) of the last twelve weeks that the store knows, by course."""
    through = published.freshness("weekly_activity").through
    since = () if through is None else (Where("week", ">", through - timedelta(weeks=WEEKS_SHOWN)),)
    rows = published.read(
        "weekly_activity",
        within=scope,
        columns=("course_id", "week", "active", "is_complete"),
        where=since,
        order_by=("course_id", "week"),
    ).rows
    weeks: dict[CourseKey, list[tuple[int, bool]]] = {}
    for course_id, _, active, is_complete in rows:
        weeks.setdefault(CourseKey(course_id), []).append((active, is_complete))
    return weeks
