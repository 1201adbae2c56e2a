"""Visits: how often each unit was opened, on which days and by whom."""

from __future__ import annotations

from datetime import date
from functools import partial

from staffroom.courses.by_unit import Amounts, amounts, by_day
from staffroom.courses.pages.amounts import ELSEWHERE, learner_rows, section_columns
from staffroom.courses.pages.frame import Visit, course_page, declared, enter, why_empty
from staffroom.courses.pages.learner_table import LearnerList, learner_section
from staffroom.courses.pages.unit_table import UnitList, unit_section
from staffroom.events.keys import CourseKey
from staffroom.metrics.catalogue import metric
from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.web import formats
from staffroom.web.chart_marks import amount_axis, bars, day_axis
from staffroom.web.charts import Chart
from staffroom.web.dates import DateRange
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

TABLE = "unit_visits"

TOTAL = Column(
    "total", msg("Visits"), Kind.COUNT, msg("How often learners went to a unit from somewhere else.")
)
LEARNERS = Column("learners", msg("Learners"), Kind.COUNT, msg("Those who came at least once."))
AVERAGE = Column("average", msg("Average"), Kind.COUNT, msg("Of a learner who came at least once."))

VISITS = plural("{count} visit", "{count} visits")
MADE = plural(
    "{count} learner made {visits} to the units of this course.",
    "{count} learners made {visits} to the units of this course, {average} each on average.",
)
BUSIEST = plural(
    "The busiest day was {day}, with {count} visit.", "The busiest day was {day}, with {count} visits."
)
OPENED = plural("{count} learner opened at least one unit.", "{count} learners opened at least one unit.")


def visits(request: SignedInRequest, course: CourseKey) -> Page:
    visit = enter(request, course)
    dates = visit.dates(TABLE)
    return course_page(
        visit,
        "visits",
        table=TABLE,
        dates=dates,
        sections={
            "by_unit": partial(by_unit, visit, dates),
            "by_day": partial(each_day, visit, dates),
            "by_learner": partial(by_learner, visit, dates),
        },
    )


def made(visit: Visit, dates: DateRange) -> Amounts:
    return amounts(visit.course, TABLE, "visits", dates)


def by_unit(visit: Visit, dates: DateRange) -> Section:
    found = made(visit, dates)
    return unit_section(
        visit,
        UnitList(
            title=msg("Visits by unit"),
            question=msg("How often was each unit opened?"),
            table=TABLE,
            numbers=(TOTAL, LEARNERS, AVERAGE),
            found=found,
            answer=answer(found),
            chart_title=msg("Visits to each unit"),
            charted_in=TOTAL.title,
            narrowed=not dates.whole,
        ),
    )


def each_day(visit: Visit, dates: DateRange) -> Section:
    days = by_day(visit.course, TABLE, "visits", dates)
    rows = [{"day": day, "total": total, "learners": learners} for day, total, learners in reversed(days)]
    busiest = max(days, key=lambda row: row[1], default=None)
    answered = say_count(BUSIEST, busiest[1], day=formats.day(busiest[0])) if busiest else ""
    return Section(
        slug="by_day",
        title=msg("Visits by day"),
        question=msg("On which days do learners come?"),
        answer=answered,
        table=Table(columns=(*declared(TABLE, "day"), TOTAL, LEARNERS), rows=rows, bars=frozenset({"total"})),
        chart=_day_chart(days, answered) if days else None,
        metric=metric(TABLE),
        empty=None if rows else why_empty(visit.course, TABLE, narrowed=not dates.whole),
    )


def by_learner(visit: Visit, dates: DateRange) -> Section:
    found = made(visit, dates)
    return learner_section(
        visit,
        LearnerList(
            page="visits",
            slug="by_learner",
            title=msg("Visits by learner and section"),
            question=msg("How often did each learner open the units of each section?"),
            table=TABLE,
            columns=(TOTAL, *section_columns(visit.course, found, Kind.COUNT, say(ELSEWHERE))),
            rows=learner_rows(visit.course, found),
            answer=say_count(OPENED, len(found.by_learner)),
            sort="-total",
            narrowed=not dates.whole,
            bars=frozenset({"total"}),
        ),
    )


def answer(found: Amounts) -> str:
    """How many visits, by how many learners."""
    if not found.by_learner:
        return ""
    learners = len(found.by_learner)
    average = formats.count(round(found.total / learners, 1))
    return say_count(MADE, learners, visits=say_count(VISITS, found.total), average=average)


def _day_chart(days: list[tuple[date, int, int]], description: str) -> Chart:
    values = [{"day": day.isoformat(), "visits": total} for day, total, _ in days]
    return Chart(
        title=say(msg("Visits by day")),
        description=description,
        spec=bars(
            values,
            x={**day_axis("day", values), "timeUnit": "utcyearmonthdate"},
            y=amount_axis("visits", say(TOTAL.title), values),
        ),
    )
