"""The dashboards of absences and of tardies of a school."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students.dashboards import (
    Counted,
    Missed,
    Presence,
    missed_by,
    presence_by_day,
    presence_by_month,
    school_days,
)
from staffroom.students.models import Attendance
from staffroom.students.pages.area import Visit, for_educators
from staffroom.students.pages.dashboard_frame import Dashboard, dashboard_page, nothing, open_dashboard
from staffroom.students.pages.dashboard_students import entries_section, students_section
from staffroom.web import formats
from staffroom.web.chart_marks import Encoding, amount_axis, bars, bars_across, day_axis, lines, name_axis
from staffroom.web.charts import Chart
from staffroom.web.pages import Page
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

LOWEST_PCT = 80
"""Charts of presence begin here, or at the lowest value where that is less."""
CLASSES_DRAWN = 20
PRESENT = Column("share", msg("Present"), Kind.SHARE, msg("Of the students that are selected."))
ABSENCES_BY_DAY = (
    Column("day", msg("Day"), Kind.DAY),
    Column("count", msg("Absent"), Kind.COUNT, unit=msg("students")),
    PRESENT,
)
ABSENCES_BY_MONTH = (
    Column("month", msg("Month"), Kind.DAY, msg("Its first day.")),
    Column(
        "days", msg("School days"), Kind.COUNT, msg("On which somebody of the school was absent or tardy.")
    ),
    Column("count", msg("Absences"), Kind.COUNT, unit=msg("days")),
    PRESENT,
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
ENTRIES = (
    Column("day", msg("Day"), Kind.DAY),
    Column("is_excused", msg("Excused"), Kind.FLAG),
    Column("reason", msg("Reason"), Kind.TEXT),
)
PRESENT_BY_DAY = plural(
    "On the {count} school day, {share} of students were there.",
    "On {count} school days, {share} of students were there on average.",
)
PRESENT_BY_MONTH = msg("In {month}, {share} of students were there on average.")
TARDY = plural("Students were tardy {count} time.", "Students were tardy {count} times.")
MOST = msg("{name} has the most for each student.")
NO_CLASS = msg("No homeroom")
WERE_ABSENT = plural("{count} student was absent.", "{count} students were absent.")
WERE_TARDY = plural("{count} student was tardy.", "{count} students were tardy.")


@for_educators
def absences(visit: Visit, slug: str) -> Page:
    """Absences of a school's students by day, month and class, and who was absent how often."""
    opened = open_dashboard(visit, slug)
    read = _Read(opened, Attendance.Kind.ABSENCE, excused=opened.counts_excused)
    return dashboard_page(
        opened,
        "absences",
        {
            "days": read.absences_by_day,
            "months": read.absences_by_month,
            "classes": lambda: _by_class(read.missed),
            "students": lambda: students_section(opened, "absences", read.missed.by_student, WERE_ABSENT),
            "entries": lambda: entries_section(opened, "absences", ENTRIES, read.entries),
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
            "students": lambda: students_section(opened, "tardies", read.missed.by_student, WERE_TARDY),
            "entries": lambda: entries_section(opened, "tardies", ENTRIES, read.entries),
        },
    )


class _Read:
    """What happened, read once for all sections of a page."""

    def __init__(self, opened: Dashboard, kind: str, *, excused: bool) -> None:
        self._opened, self._kind, self._excused = opened, kind, excused

    @cached_property
    def missed(self) -> Counted[Missed]:
        opened = self._opened
        return missed_by(
            opened.students,
            opened.selected,
            self._kind,
            since=opened.since,
            until=opened.until,
            excused=self._excused,
        )

    @property
    def entries(self) -> list[tuple[Any, dict[str, Any]]]:
        return [
            (
                self.missed.students[one.student],
                {"day": one.day, "is_excused": one.is_excused, "reason": one.reason or None},
            )
            for one in self.missed.events
        ]

    @cached_property
    def _days(self) -> list[Any]:
        """Of the whole school, whoever is selected."""
        return school_days(self._opened.of_school, since=self._opened.since, until=self._opened.until)

    def absences_by_day(self) -> Section:
        found = presence_by_day(self.missed, self._days) if self._opened.selected else []
        mean = sum(one.share for one in found) / len(found) if found else 0.0
        answer = say_count(PRESENT_BY_DAY, len(found), share=formats.share(mean))
        values = [{"day": one.begins.isoformat(), "share": 100 * one.share, "what": ""} for one in found]
        return Section(
            slug="days",
            title=msg("Day by day"),
            question=msg("What share of students is at school?"),
            answer=answer,
            table=Table(
                columns=ABSENCES_BY_DAY,
                rows=[
                    {"day": one.begins, "count": one.absences, "share": one.share} for one in reversed(found)
                ],
            ),
            chart=Chart(
                title=say(msg("Share of students present by day")),
                description=answer,
                spec=lines(values, x=day_axis("day", values), y=_share_axis(found), series="what"),
            ),
            empty=nothing(),
        )

    def absences_by_month(self) -> Section:
        found = presence_by_month(self.missed, self._days) if self._opened.selected else []
        answer = ""
        if found:
            lowest = min(found, key=lambda one: one.share)
            answer = say(
                PRESENT_BY_MONTH, month=formats.month(lowest.begins), share=formats.share(lowest.share)
            )
        values = [{"month": one.begins.isoformat(), "share": 100 * one.share, "what": ""} for one in found]
        return Section(
            slug="months",
            title=msg("Month by month"),
            question=msg("Which month was the worst?"),
            answer=answer,
            table=Table(
                columns=ABSENCES_BY_MONTH,
                rows=[
                    {"month": one.begins, "days": one.days, "count": one.absences, "share": one.share}
                    for one in reversed(found)
                ],
            ),
            chart=Chart(
                title=say(msg("Share of students present by month")),
                description=answer,
                spec=lines(values, x=_month_axis(), y=_share_axis(found), series="what"),
                height=180,
            ),
            empty=nothing(),
        )


def _share_axis(found: Sequence[Presence]) -> Encoding:
    lowest = 100 * min((one.share for one in found), default=1.0)
    domain = [min(LOWEST_PCT, int(lowest)), 100]
    return {
        "field": "share",
        "type": "quantitative",
        "title": "%",
        "scale": {"domain": domain, "zero": False},
    }


def _month_axis() -> Encoding:
    """Months in UTC, so that no zone moves them."""
    return {
        "field": "month",
        "type": "ordinal",
        "timeUnit": "utcyearmonth",
        "title": None,
        "axis": {"format": "%b %Y", "labelAngle": 0, "labelOverlap": True},
    }


def _tardies_by_day(missed: Counted[Missed]) -> Section:
    counted = sorted(missed.by(lambda event: event.day.isoformat()).items())
    dates = {event.day.isoformat(): event.day for event in missed.events}
    answer = say_count(TARDY, len(missed.events))
    values = [{"day": day, "count": count} for day, count in counted]
    y = amount_axis("count", say(TARDIES_BY_DAY[1].title), values)
    return Section(
        slug="days",
        title=msg("Day by day"),
        question=msg("On which days do students come late?"),
        answer=answer,
        table=Table(
            columns=TARDIES_BY_DAY,
            rows=[{"day": dates[day], "count": count} for day, count in reversed(counted)],
        ),
        chart=Chart(
            title=say(msg("Tardies by day")),
            description=answer,
            spec=bars(values, x=day_axis("day", values), y=y),
        ),
        empty=nothing(),
    )


def _by_class(missed: Counted[Missed]) -> Section:
    rows: list[dict[str, Any]] = [
        {"class": name or say(NO_CLASS), "students": size, "count": count, "each": count / size}
        for name, size, count in missed.by_class()
    ]
    rows.sort(key=lambda row: (-row["each"], row["class"]))
    answer = say(MOST, name=rows[0]["class"]) if rows else ""
    shown = rows[:CLASSES_DRAWN]
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
