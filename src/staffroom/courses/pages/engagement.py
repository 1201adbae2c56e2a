"""Engagement: how many learners were active each week, and what they did."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from staffroom.courses import engagement as read
from staffroom.courses.engagement import Week
from staffroom.courses.pages.frame import Visit, course_page, declared, enter, why_empty
from staffroom.events.keys import CourseKey
from staffroom.metrics.catalogue import metric
from staffroom.metrics.declaration import Column, Kind, msg, plural
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
    answered = answer(weeks)
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


def answer(weeks: list[Week]) -> str:
    """The active learners of the last week that is over, else of the running one."""
    if not weeks:
        return ""
    week = read.last_complete(weeks)
    if week is None:
        return say_count(RUNNING, weeks[-1].active, week=formats.day(weeks[-1].week))
    if week.active_share is None:
        return say_count(ACTIVE, week.active, week=formats.day(week.week))
    return say_count(
        OF_ENROLLED,
        week.active,
        week=formats.day(week.week),
        share=formats.share(week.active_share),
        enrolled=formats.count(week.enrolled or 0),
    )


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
