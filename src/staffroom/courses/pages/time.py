"""Time on page: how long learners spent on each unit, section by section and learner by learner."""

from __future__ import annotations

from functools import partial
from typing import Any

from staffroom.courses.by_unit import Amounts, amounts
from staffroom.courses.pages.amounts import (
    ELSEWHERE,
    SECTION,
    learner_rows,
    section_columns,
    section_rows,
)
from staffroom.courses.pages.frame import Visit, course_page, enter, why_empty
from staffroom.courses.pages.learner_table import LearnerList, learner_section
from staffroom.courses.pages.unit_table import UnitList, unit_section
from staffroom.events.keys import CourseKey
from staffroom.metrics.catalogue import metric
from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.web import formats
from staffroom.web.chart_marks import amount_axis, bars_across, name_axis
from staffroom.web.charts import Chart
from staffroom.web.dates import DateRange
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

TABLE = "time_on_unit"

TOTAL = Column(
    "total",
    msg("Total time"),
    Kind.SECONDS,
    msg("Of all learners together, as hours:minutes:seconds."),
    unit="seconds",
)
LEARNERS = Column("learners", msg("Learners"), Kind.COUNT, msg("Those who spent any time there."))
AVERAGE = Column(
    "average", msg("Average"), Kind.SECONDS, msg("Of a learner who spent any time there."), unit="seconds"
)
MEDIAN = Column(
    "median",
    msg("Median"),
    Kind.SECONDS,
    msg("Half of those learners spent less time there."),
    unit="seconds",
)

SPENT = plural(
    "{count} learner spent {total} on the units of this course.",
    "{count} learners spent {total} on the units of this course, {average} each on average.",
)
MOST = msg("Most time, {total}, went into “{section}”.")
HALF = plural(
    "{count} learner spent time on the units of this course: {median}.",
    "{count} learners spent time on the units of this course, half of them {median} or more.",
)


def time(request: SignedInRequest, course: CourseKey) -> Page:
    visit = enter(request, course)
    dates = visit.dates(TABLE)
    return course_page(
        visit,
        "time",
        table=TABLE,
        dates=dates,
        sections={
            "by_section": partial(by_section, visit, dates),
            "by_unit": partial(by_unit, visit, dates),
            "by_learner": partial(by_learner, visit, dates),
        },
    )


def spent(visit: Visit, dates: DateRange) -> Amounts:
    return amounts(visit.course, TABLE, "seconds", dates)


def by_section(visit: Visit, dates: DateRange) -> Section:
    rows = section_rows(visit.course, spent(visit, dates).sections, say(ELSEWHERE))
    most = max(rows, key=lambda row: row["total"], default=None)
    total = formats.time_spent(most["total"]) if most else ""
    answered = say(MOST, section=most["section"], total=total) if most else ""
    return Section(
        slug="by_section",
        title=msg("Time by section"),
        question=msg("How long did learners spend on each section?"),
        answer=answered,
        table=Table(
            columns=(SECTION, TOTAL, LEARNERS, AVERAGE, MEDIAN), rows=rows, bars=frozenset({"total"})
        ),
        chart=_section_chart(rows, answered) if rows else None,
        metric=metric(TABLE),
        empty=None if rows else why_empty(visit.course, TABLE, narrowed=not dates.whole),
    )


def by_unit(visit: Visit, dates: DateRange) -> Section:
    found = spent(visit, dates)
    return unit_section(
        visit,
        UnitList(
            title=msg("Time by unit"),
            question=msg("How long did learners spend on each unit?"),
            table=TABLE,
            numbers=(TOTAL, LEARNERS, AVERAGE, MEDIAN),
            found=found,
            answer=answer(found),
            chart_title=msg("Minutes that learners spent on each unit"),
            charted_in=msg("Minutes"),
            divisor=60,
            narrowed=not dates.whole,
        ),
    )


def by_learner(visit: Visit, dates: DateRange) -> Section:
    found = spent(visit, dates)
    totals = sorted(found.totals)
    half = totals[len(totals) // 2] if totals else 0
    return learner_section(
        visit,
        LearnerList(
            page="time",
            slug="by_learner",
            title=msg("Time by learner and section"),
            question=msg("How long did each learner spend on each section?"),
            table=TABLE,
            columns=(TOTAL, *section_columns(visit.course, found, Kind.SECONDS, say(ELSEWHERE))),
            rows=learner_rows(visit.course, found),
            answer=say_count(HALF, len(totals), median=formats.time_spent(half)),
            sort="-total",
            narrowed=not dates.whole,
            bars=frozenset({"total"}),
        ),
    )


def answer(found: Amounts) -> str:
    """How many learners spent how long, together and on average."""
    learners = len(found.by_learner)
    if not learners:
        return ""
    average = formats.time_spent(found.total / learners)
    return say_count(SPENT, learners, total=formats.time_spent(found.total), average=average)


def _section_chart(rows: list[dict[str, Any]], description: str) -> Chart:
    in_hours = max(row["total"] for row in rows) >= 3 * 3600
    unit, seconds = (msg("Hours"), 3600) if in_hours else (msg("Minutes"), 60)
    values = [{"section": row["section"], "amount": row["total"] / seconds} for row in rows]
    return Chart(
        title=say(msg("Time that learners spent on each section")),
        description=description,
        spec=bars_across(
            values, y=name_axis("section", values), x=amount_axis("amount", say(unit), values, grid=True)
        ),
        height=60 + 26 * len(rows),
    )
