"""Engagement: how many learners were active each week, and what they did."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from staffroom.courses import engagement as read
from staffroom.courses.courses import OpenCourse
from staffroom.courses.engagement import Week
from staffroom.courses.pages.frame import Visit, course_page, declared, enter, why_empty
from staffroom.events.keys import CourseKey
from staffroom.metrics.catalogue import metric
from staffroom.metrics.declaration import Column, Kind, Plural, msg, plural
from staffroom.web import formats
from staffroom.web.chart_marks import amount_axis, day_axis, lines
from staffroom.web.charts import Chart
from staffroom.web.dates import DateRange
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

ACTIVE_SHARE = Column(
    "active_share",
    msg("Active of enrolled"),
    Kind.SHARE,
    msg("Active learners as a share of those enrolled at the end of the week."),
)
OF_ENROLLED = plural(
    "In the last full week, from {week}, {count} learner was active, {share} of the {enrolled} enrolled.",
    "In the last full week, from {week}, {count} learners were active, {share} of the {enrolled} enrolled.",
)
ACTIVE = plural(
    "In the last full week, from {week}, {count} learner was active.",
    "In the last full week, from {week}, {count} learners were active.",
)
RUNNING = plural(
    "The week from {week} is still running; so far {count} learner was active.",
    "The week from {week} is still running; so far {count} learners were active.",
)
PARTLY_RECORDED = plural(
    "The week from {week} is recorded only in part; in that part {count} learner was active.",
    "The week from {week} is recorded only in part; in that part {count} learners were active.",
)
PARTLY_CHOSEN = plural(
    "The dates chosen hold only a part of the week from {week}; in all of it {count} learner was active.",
    "The dates chosen hold only a part of the week from {week}; in all of it {count} learners were active.",
)


def engagement(request: SignedInRequest, course: CourseKey) -> Page:
    visit = enter(request, course)
    dates = visit.dates(read.TABLE)
    return course_page(
        visit,
        "engagement",
        table=read.TABLE,
        dates=dates,
        sections={"by_week": lambda: by_week(visit, dates)},
    )


def by_week(visit: Visit, dates: DateRange) -> Section:
    weeks = read.weeks(visit.course, dates)
    columns = (
        *declared(read.TABLE, "week", *read.LABELS, "enrolled"),
        ACTIVE_SHARE,
        *declared(read.TABLE, "is_complete"),
    )
    rows: list[dict[str, Any]] = [
        {**asdict(week), "active_share": week.active_share} for week in reversed(weeks)
    ]
    answered = answer(visit.course, weeks, dates)
    return Section(
        slug="by_week",
        title=msg("Activity by week"),
        question=msg("How many learners were active each week, and what did they do?"),
        answer=answered,
        table=Table(columns=columns, rows=rows),
        chart=_chart(weeks, answered) if weeks else None,
        metric=metric(read.TABLE),
        empty=None if rows else why_empty(visit.course, read.TABLE, narrowed=not dates.whole),
    )


def answer(course: OpenCourse, weeks: list[Week], dates: DateRange) -> str:
    """The active learners of the week that answers for ``dates``; nothing without any week."""
    week = read.spoken_for(weeks, dates)
    if week is None:
        return ""
    if not week.is_complete or week.days_in(dates) <= read.DAYS // 2:
        return say_count(_in_part(course, week), week.active, week=formats.day(week.week))
    if week.active_share is None:
        return say_count(ACTIVE, week.active, week=formats.day(week.week))
    return say_count(
        OF_ENROLLED,
        week.active,
        week=formats.day(week.week),
        share=formats.share(week.active_share),
        enrolled=formats.count(week.enrolled or 0),
    )


def _in_part(course: OpenCourse, week: Week) -> Plural:
    """Why the sentence is about a part of a week."""
    if week.is_complete:
        return PARTLY_CHOSEN
    return RUNNING if week.is_running(course.freshness(read.TABLE).through) else PARTLY_RECORDED


def _chart(weeks: list[Week], description: str) -> Chart:
    titles = {label: say(metric(read.TABLE).column(label).title) for label in read.LABELS}
    values = [
        {
            "week": week.week.isoformat(),
            "label": titles[label],
            "learners": getattr(week, label),
            "complete": week.is_complete,
        }
        for week in weeks
        for label in read.LABELS
    ]
    return Chart(
        title=say(msg("Learners by week")),
        description=description,
        spec=lines(
            values,
            x=day_axis("week", values),
            y=amount_axis("learners", say(msg("Learners")), values),
            series="label",
            solid="complete",
        ),
    )
