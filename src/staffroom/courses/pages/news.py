"""What is new in a course: each page's answer, how it moved in a week, and the line that led there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from staffroom.courses import engagement as weekly
from staffroom.courses import enrolment as enrolled
from staffroom.courses import videos as watched
from staffroom.courses.by_unit import by_day
from staffroom.courses.courses import OpenCourse
from staffroom.courses.engagement import Week
from staffroom.courses.enrolment import EnrolmentDay
from staffroom.courses.pages import engagement, enrolment, time, videos, visits
from staffroom.courses.pages.frame import Visit
from staffroom.courses.spans import usual_first_day
from staffroom.metrics.declaration import Plural, plural
from staffroom.web import formats
from staffroom.web.dates import DateRange
from staffroom.web.sparklines import thinned
from staffroom.web.words import say_count

WEEK = timedelta(days=7)
POINTS = 28
ALL = DateRange()

LEARNERS = plural("{count} learner", "{count} learners")
NEWS_MORE = plural(
    "{count} learner was active in the last full week, {change} more than in the week before.",
    "{count} learners were active in the last full week, {change} more than in the week before.",
)
NEWS_FEWER = plural(
    "{count} learner was active in the last full week, {change} fewer than in the week before.",
    "{count} learners were active in the last full week, {change} fewer than in the week before.",
)
NEWS_SAME = plural(
    "{count} learner was active in the last full week, as many as in the week before.",
    "{count} learners were active in the last full week, as many as in the week before.",
)


@dataclass(frozen=True, slots=True)
class Line:
    """``answer`` and ``change`` are finished, empty where nothing is known; ``trend`` is oldest first."""

    answer: str = ""
    change: str = ""
    trend: tuple[int, ...] = ()


def lines(visit: Visit) -> dict[str, Line]:
    """One line a page of the course."""
    course = visit.course
    weeks = weekly.weeks(course, ALL)
    return {
        "enrolment": _enrolment(enrolled.enrolment_days(course, _usual(course, enrolled.TABLE))),
        "engagement": _weeks(engagement.answer(course, weeks, ALL), weeks, "active"),
        "videos": _weeks(videos.answer(watched.videos(course)), weeks, "played_video"),
        "time": _time(visit),
        "visits": _visits(visit),
    }


def _usual(course: OpenCourse, table: str) -> DateRange:
    """The days with which the page of ``table`` begins."""
    return DateRange(start=usual_first_day(course, table))


def news(course: OpenCourse) -> str:
    """The active learners of the last two weeks that are over; empty before there are two."""
    weeks = [week for week in weekly.weeks(course, ALL) if week.is_complete]
    if len(weeks) < 2:
        return ""
    change = weeks[-1].active - weeks[-2].active
    text = NEWS_SAME if not change else NEWS_MORE if change > 0 else NEWS_FEWER
    return say_count(text, weeks[-1].active, change=formats.count(abs(change)))


def _enrolment(days: list[EnrolmentDay]) -> Line:
    before = next((day.enrolled for day in days if day.day == days[-1].day - WEEK), None)
    change = "" if before is None else _counted(days[-1].enrolled - before, LEARNERS)
    return Line(enrolment.answer(days), change, thinned([day.enrolled for day in days], most=POINTS))


def _weeks(answer: str, weeks: list[Week], label: str) -> Line:
    trend = [int(getattr(week, label)) for week in weeks if week.is_complete]
    change = _counted(trend[-1] - trend[-2], LEARNERS) if len(trend) > 1 else ""
    return Line(answer, change, tuple(trend[-POINTS:]))


def _time(visit: Visit) -> Line:
    seconds = _daily(visit.course, time.TABLE, "seconds")
    change = _week_over_week(seconds)
    shown = "" if change is None else formats.change(change, formats.time_spent(abs(change)))
    return Line(time.answer(time.spent(visit, ALL)), shown, tuple(seconds[-POINTS:]))


def _visits(visit: Visit) -> Line:
    made = _daily(visit.course, visits.TABLE, "visits")
    change = _week_over_week(made)
    shown = "" if change is None else _counted(change, visits.VISITS)
    return Line(visits.answer(visits.made(visit, ALL)), shown, tuple(made[-POINTS:]))


def _daily(course: OpenCourse, table: str, column: str) -> list[int]:
    """The amount of each day from the first with any to the last with numbers, zeros included."""
    found = {day: amount for day, amount, _ in by_day(course, table, column, ALL)}
    if not found:
        return []
    first, last = min(found), max(course.freshness(table).through or date.min, max(found))
    return [found.get(first + timedelta(days=number), 0) for number in range((last - first).days + 1)]


def _week_over_week(daily: Sequence[int]) -> int | None:
    """The last seven days less the seven before; None where there are not so many."""
    return sum(daily[-7:]) - sum(daily[-14:-7]) if len(daily) >= 14 else None


def _counted(change: int, text: Plural) -> str:
    return formats.change(change, say_count(text, abs(change)))
