"""The dashboards of absences and of tardies of a school."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from staffroom.metrics.declaration import Column, Kind, Plural, msg, plural
from staffroom.students.dashboards import Counted, Missed, class_of, missed_by, rates
from staffroom.students.models import Attendance
from staffroom.students.pages.area import Visit, for_educators
from staffroom.students.pages.dashboard_frame import (
    Dashboard,
    dashboard_page,
    newest,
    nothing,
    open_dashboard,
    students_section,
)
from staffroom.web import formats
from staffroom.web.chart_marks import amount_axis, bars_across, day_axis, lines, name_axis
from staffroom.web.charts import Chart
from staffroom.web.pages import Page
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

ABSENCES_BY_DAY = (
    Column("day", msg("Day"), Kind.DAY),
    Column("count", msg("Absent"), Kind.COUNT, unit=msg("students")),
    Column("rate", msg("Present"), Kind.SHARE, msg("Of the students that are selected.")),
)
TARDIES_BY_DAY = (
    Column("day", msg("Day"), Kind.DAY),
    Column("count", msg("Tardy"), Kind.COUNT, unit=msg("students")),
)
BY_CLASS = (
    Column("class", msg("Class"), Kind.TEXT, msg("Its teacher, or its homeroom.")),
    Column("students", msg("Students"), Kind.COUNT),
    Column("count", msg("How often"), Kind.COUNT),
    Column("each", msg("For each student"), Kind.RATIO),
)
PRESENT = msg("On the {days} days on which somebody was absent, {share} of students were there.")
TARDY = plural("Students were tardy {count} time.", "Students were tardy {count} times.")
MOST = msg("{name} has the most for each student.")
NO_CLASS = msg("No homeroom")
WERE_ABSENT = plural("{count} student was absent.", "{count} students were absent.")
WERE_TARDY = plural("{count} student was tardy.", "{count} students were tardy.")


@for_educators
def absences(visit: Visit, slug: str) -> Page:
    """Absences of a school's students by day and class, and who was absent how often."""
    opened = open_dashboard(visit, slug)
    read = _Read(opened, Attendance.Kind.ABSENCE, excused=opened.counts_excused)
    return dashboard_page(
        opened,
        "absences",
        {
            "days": lambda: _absences_by_day(read.missed),
            "classes": lambda: _by_class(read.missed),
            "students": lambda: _students(opened, "absences", read.missed, WERE_ABSENT),
        },
        excused=True,
    )


@for_educators
def tardies(visit: Visit, slug: str) -> Page:
    """Tardies of a school's students by day and class, and who was tardy how often."""
    opened = open_dashboard(visit, slug)
    read = _Read(opened, Attendance.Kind.TARDY, excused=True)
    return dashboard_page(
        opened,
        "tardies",
        {
            "days": lambda: _tardies_by_day(read.missed),
            "classes": lambda: _by_class(read.missed),
            "students": lambda: _students(opened, "tardies", read.missed, WERE_TARDY),
        },
    )


class _Read:
    """What happened, read once for all sections of a page."""

    def __init__(self, opened: Dashboard, kind: str, *, excused: bool) -> None:
        self._ask: Callable[[], Counted[Missed]] = lambda: missed_by(
            opened.students, kind, since=opened.since, until=opened.until, excused=excused
        )

    @cached_property
    def missed(self) -> Counted[Missed]:
        return self._ask()


def _absences_by_day(missed: Counted[Missed]) -> Section:
    days = rates(missed)
    rows = [{"day": day, "count": count, "rate": rate} for day, count, rate in days]
    mean = sum(rate for _, _, rate in days) / len(days) if days else 0.0
    answer = say(PRESENT, days=len(days), share=formats.share(mean))
    values = [{"day": day.isoformat(), "rate": 100 * rate, "what": ""} for day, _, rate in days]
    lowest = 100 * min((rate for _, _, rate in days), default=1.0)
    y = {
        "field": "rate",
        "type": "quantitative",
        "title": "%",
        "scale": {"domain": [min(80, int(lowest)), 100], "zero": False},
    }
    spec = lines(values, x=day_axis("day", values), y=y, series="what") if values else {}
    return Section(
        slug="days",
        title=msg("Day by day"),
        question=msg("What share of students is at school?"),
        answer=answer,
        table=Table(columns=ABSENCES_BY_DAY, rows=newest(rows)),
        chart=Chart(title=say(msg("Share of students present by day")), description=answer, spec=spec),
        empty=nothing(),
    )


def _tardies_by_day(missed: Counted[Missed]) -> Section:
    counted = sorted(missed.by(lambda event: event.day.isoformat()).items())
    dates = {event.day.isoformat(): event.day for event in missed.events}
    rows = [{"day": dates[day], "count": count} for day, count in counted]
    answer = say_count(TARDY, len(missed.events))
    values = [{"day": day, "count": count} for day, count in counted]
    spec = {
        "data": {"values": values},
        "mark": {"type": "bar"},
        "encoding": {
            "x": day_axis("day", values),
            "y": amount_axis("count", say(TARDIES_BY_DAY[1].title), values),
        },
    }
    return Section(
        slug="days",
        title=msg("Day by day"),
        question=msg("On which days do students come late?"),
        answer=answer,
        table=Table(columns=TARDIES_BY_DAY, rows=newest(rows)),
        chart=Chart(title=say(msg("Tardies by day")), description=answer, spec=spec),
        empty=nothing(),
    )


def _by_class(missed: Counted[Missed]) -> Section:
    rows: list[dict[str, Any]] = [
        {"class": name or say(NO_CLASS), "students": size, "count": count, "each": count / size}
        for name, size, count in missed.by_students_of(class_of)
    ]
    rows.sort(key=lambda row: (-row["each"], row["class"]))
    answer = say(MOST, name=rows[0]["class"]) if rows else ""
    shown = rows[:20]
    spec = bars_across(
        shown,
        y=name_axis("class", shown),
        x={"field": "each", "type": "quantitative", "title": say(BY_CLASS[3].title)},
    )
    return Section(
        slug="classes",
        title=msg("By class"),
        question=msg("Is it the same in all classes?"),
        answer=answer,
        table=Table(columns=BY_CLASS, rows=rows if missed.events else [], bars=frozenset({"count"})),
        chart=Chart(title=say(msg("By class")), description=answer, spec=spec, height=60 + 22 * len(shown)),
        empty=nothing(),
    )


def _students(opened: Dashboard, name: str, missed: Counted[Missed], answer: Plural) -> Section:
    return students_section(opened, name, missed.by_student(), answer)
