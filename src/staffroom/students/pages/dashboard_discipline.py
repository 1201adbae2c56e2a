"""The dashboard of incidents of a school: what, where, when, in which classes, and who."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from django.utils.dates import WEEKDAYS

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students.dashboards import Counted, Happened, Pupil, incidents_of
from staffroom.students.grades import grade_order
from staffroom.students.pages.area import Visit, for_educators
from staffroom.students.pages.dashboard_frame import (
    Dashboard,
    Filter,
    dashboard_page,
    nothing,
    open_dashboard,
)
from staffroom.students.pages.dashboard_students import entries_section, students_section
from staffroom.web.chart_marks import amount_axis, bars_across, name_axis
from staffroom.web.charts import Chart
from staffroom.web.pages import Page
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

SCHOOL_DAY_BEGINS, SCHOOL_DAY_ENDS = 7, 15
"""The hours between which incidents are told apart; others are before or after school."""
BARS_DRAWN = 20
COUNT = Column("count", msg("Incidents"), Kind.COUNT)
HOW = (
    Column("weekday", msg("Week day"), Kind.TEXT),
    Column(
        "hour", msg("Hour"), Kind.COUNT, msg("In which it began; 13 is from one to two in the afternoon.")
    ),
    COUNT,
)
ENTRIES = (
    Column("day", msg("Day"), Kind.DAY),
    Column("time", msg("Time"), Kind.TEXT),
    Column("code", msg("What"), Kind.TEXT),
    Column("location", msg("Where"), Kind.TEXT),
)
MOST = plural("{count} incident; the most: {name}.", "{count} incidents; the most: {name}.")
INVOLVED = plural("{count} student was involved.", "{count} students were involved.")
TIMES_KNOWN = plural(
    "The hour of {count} incident is known, of {other} it is not.",
    "The hour of {count} incidents is known, of {other} it is not.",
)
NOT_STATED = msg("Not stated")
NOT_LOGGED = msg("Hour not logged")
OTHER_HOURS = msg("Before or after school")
BEFORE, AFTER = msg("before"), msg("after")
NO_CLASS = msg("No homeroom")

Say = Callable[[Happened], str]


@for_educators
def discipline(visit: Visit, slug: str) -> Page:
    """Incidents of a school's students by kind, place, time, grade and class, and who was involved."""
    opened = open_dashboard(visit, slug)
    read = _Read(opened)
    return dashboard_page(
        opened,
        "discipline",
        {
            **{name: partial(read.by, name, *words) for name, words in _QUESTIONS.items()},
            "times": read.times,
            "students": lambda: students_section(opened, "discipline", read.happened.by_student, INVOLVED),
            "entries": lambda: entries_section(opened, "discipline", ENTRIES, read.entries),
        },
        more=lambda: read.filters,
    )


@dataclass(frozen=True)
class _Read:
    """What happened, read once for all sections of a page."""

    opened: Dashboard

    @cached_property
    def _of_any_kind(self) -> Counted[Happened]:
        opened = self.opened
        return incidents_of(
            opened.students,
            opened.selected,
            since=opened.since,
            until=opened.until,
            zone=opened.visit.request.instance.institution.zone,
        )

    @cached_property
    def happened(self) -> Counted[Happened]:
        """Those of the kind that the address names, or all."""
        code, every = self.opened.asked.get("code", ""), self._of_any_kind
        if not code:
            return every
        return Counted(every.students, [event for event in every.events if event.code == code])

    @property
    def filters(self) -> list[Filter]:
        codes = {event.code for event in self._of_any_kind.events if event.code}
        made = self.opened.filter_by("code", msg("What"), codes)
        return [made] if len(made.options) > 1 or made.chosen else []

    @property
    def entries(self) -> list[tuple[Pupil, dict[str, Any]]]:
        return [
            (
                self.happened.students[one.student],
                {
                    "day": one.at.date(),
                    "time": f"{one.at:%H:%M}" if one.has_time else None,
                    "code": one.code or None,
                    "location": one.location or None,
                },
            )
            for one in self.happened.events
        ]

    def by(self, slug: str, title: str, question: str) -> Section:
        """Incidents by one thing, in its order; else the most first."""
        counted = self.happened.by(self._said(slug))
        rows: list[dict[str, Any]] = [{"value": value, "count": count} for value, count in counted.items()]
        rows.sort(key=_ORDERS.get(slug, _most_first))
        most = max(rows, key=lambda row: row["count"], default={"value": ""})
        answer = say_count(MOST, len(self.happened.events), name=most["value"])
        shown = rows[:BARS_DRAWN]
        spec = bars_across(
            shown, y=name_axis("value", shown), x=amount_axis("count", say(COUNT.title), shown)
        )
        return Section(
            slug=slug,
            title=title,
            question=question,
            answer=answer,
            table=Table(
                columns=(Column("value", title, Kind.TEXT), COUNT), rows=rows, bars=frozenset({"count"})
            ),
            chart=Chart(title=say(title), description=answer, spec=spec, height=60 + 22 * len(shown)),
            empty=nothing(),
        )

    def times(self) -> Section:
        """Week days and hours together, where the hour is known; the chart gathers those out of school."""
        known = [event for event in self.happened.events if event.has_time]
        cells = Counter((event.at.weekday(), event.at.hour) for event in known)
        rows = [
            {"weekday": str(WEEKDAYS[day]), "hour": hour, "count": count}
            for (day, hour), count in sorted(cells.items())
        ]
        answer = say_count(TIMES_KNOWN, len(known), other=len(self.happened.events) - len(known))
        return Section(
            slug="times",
            title=msg("Week day and hour"),
            question=msg("When exactly does it happen?"),
            answer=answer,
            table=Table(columns=HOW, rows=rows),
            chart=Chart(
                title=say(msg("Incidents by week day and hour")),
                description=answer,
                spec=_times_spec(cells),
                height=220,
            ),
            empty=nothing(),
        )

    def _said(self, slug: str) -> Say:
        students = self.happened.students
        said: dict[str, Say] = {
            "codes": lambda event: event.code or say(NOT_STATED),
            "places": lambda event: event.location or say(NOT_STATED),
            "grades": lambda event: students[event.student].grade or say(NOT_STATED),
            "classes": lambda event: students[event.student].class_name or say(NO_CLASS),
            "hours": _hour,
            "weekdays": lambda event: str(WEEKDAYS[event.at.weekday()]),
        }
        return said[slug]


_QUESTIONS = {
    "codes": (msg("What"), msg("What happens?")),
    "places": (msg("Where"), msg("Where does it happen?")),
    "hours": (msg("Hour"), msg("At which hours?")),
    "weekdays": (msg("Week day"), msg("On which days of the week?")),
    "grades": (msg("Grade"), msg("In which grades?")),
    "classes": (msg("Class"), msg("In which classes?")),
}
"""Title and question of each section."""


def _times_spec(cells: Counter[tuple[int, int]]) -> dict[str, Any]:
    """A dot for each week day and hour, the larger the more; what is out of school stands at the edges."""
    before, after = say(BEFORE), say(AFTER)
    hours = [before, *(f"{hour}:00" for hour in range(SCHOOL_DAY_BEGINS, SCHOOL_DAY_ENDS)), after]
    gathered: Counter[tuple[int, str]] = Counter()
    for (day, hour), count in cells.items():
        place = min(max(hour - SCHOOL_DAY_BEGINS + 1, 0), len(hours) - 1)
        gathered[day, hours[place]] += count
    days = sorted({*range(5), *(day for day, _ in gathered)})
    plain = {"title": None, "axis": {"grid": False, "labelAngle": 0, "labelOverlap": True}}
    return {
        "data": {
            "values": [
                {"weekday": str(WEEKDAYS[day]), "hour": hour, "count": count}
                for (day, hour), count in sorted(gathered.items())
            ]
        },
        "mark": {"type": "circle", "opacity": 1},
        "encoding": {
            "x": {"field": "hour", "type": "ordinal", "scale": {"domain": hours}, **plain},
            "y": {
                "field": "weekday",
                "type": "ordinal",
                "scale": {"domain": [str(WEEKDAYS[day]) for day in days]},
                **plain,
            },
            "size": {"field": "count", "type": "quantitative", "legend": None},
        },
    }


def _hour(event: Happened) -> str:
    if not event.has_time:
        return say(NOT_LOGGED)
    if SCHOOL_DAY_BEGINS <= event.at.hour < SCHOOL_DAY_ENDS:
        return f"{event.at.hour}:00"
    return say(OTHER_HOURS)


def _most_first(row: dict[str, Any]) -> Any:
    return -row["count"], row["value"]


def _by_clock(row: dict[str, Any]) -> Any:
    hour = row["value"].partition(":")[0]
    return (0, int(hour), "") if hour.isdecimal() else (1, 0, row["value"])


_ORDERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "grades": lambda row: grade_order(row["value"]),
    "hours": _by_clock,
    "weekdays": lambda row: [str(name) for name in WEEKDAYS.values()].index(row["value"]),
}
