"""The dashboard of incidents of a school: what, where, when, in which classes, and who."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils.dates import WEEKDAYS

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students.dashboards import (
    SCHOOL_DAY_BEGINS,
    SCHOOL_DAY_ENDS,
    Counted,
    Happened,
    class_of,
    hour_of,
    incidents_of,
)
from staffroom.students.grades import grade_order
from staffroom.students.pages.area import Visit, for_educators
from staffroom.students.pages.dashboard_frame import (
    dashboard_page,
    nothing,
    open_dashboard,
    students_section,
)
from staffroom.web.chart_marks import amount_axis, bars_across, name_axis
from staffroom.web.charts import Chart
from staffroom.web.pages import Page
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

COUNT = Column("count", msg("Incidents"), Kind.COUNT)
MOST = plural(
    "{count} incident; the most: {name}.",
    "{count} incidents; the most: {name}.",
)
INVOLVED = plural("{count} student was involved.", "{count} students were involved.")
NOT_STATED = msg("Not stated")
NOT_LOGGED = msg("Hour not logged")
OTHER_HOURS = msg("Before or after school")
NO_CLASS = msg("No homeroom")
HOW = (
    Column("weekday", msg("Week day"), Kind.TEXT),
    Column("hour", msg("Hour"), Kind.COUNT),
    COUNT,
)

Say = Callable[[Happened], str]


@for_educators
def discipline(visit: Visit, slug: str) -> Page:
    """Incidents of a school's students by kind, place, time, grade and class, and who was involved."""
    opened = open_dashboard(visit, slug)
    happened = incidents_of(
        opened.students,
        since=opened.since,
        until=opened.until,
        zone=visit.request.instance.institution.zone,
    )
    students = happened.students
    stated: dict[str, tuple[str, str, Say]] = {
        "codes": (msg("What"), msg("What happens?"), lambda event: event.code or say(NOT_STATED)),
        "places": (
            msg("Where"),
            msg("Where does it happen?"),
            lambda event: event.location or say(NOT_STATED),
        ),
        "grades": (msg("Grade"), msg("In which grades?"), lambda event: students[event.student].grade),
        "classes": (
            msg("Class"),
            msg("In which classes?"),
            lambda event: class_of(students[event.student]) or say(NO_CLASS),
        ),
        "hours": (msg("Hour"), msg("At which hours?"), _hour),
        "weekdays": (msg("Week day"), msg("On which days of the week?"), _weekday),
    }
    sections: dict[str, Callable[[], Section]] = {
        slug: partial(_by, happened, slug, *words) for slug, words in stated.items()
    }
    sections["times"] = partial(_times, happened)
    sections["students"] = lambda: students_section(opened, "discipline", happened.by_student(), INVOLVED)
    return dashboard_page(opened, "discipline", sections)


def _by(happened: Counted[Happened], slug: str, title: str, question: str, key: Say) -> Section:
    rows: list[dict[str, Any]] = [
        {"value": value, "count": count} for value, count in happened.by(key).items()
    ]
    rows.sort(key=_ORDERS.get(slug, _most_first))
    most = max(rows, key=lambda row: row["count"], default={"value": ""})
    answer = say_count(MOST, len(happened.events), name=most["value"])
    shown = rows[:20]
    spec = bars_across(shown, y=name_axis("value", shown), x=amount_axis("count", say(COUNT.title), shown))
    return Section(
        slug=slug,
        title=title,
        question=question,
        answer=answer,
        table=Table(columns=(Column("value", title, Kind.TEXT), COUNT), rows=rows, bars=frozenset({"count"})),
        chart=Chart(title=say(title), description=answer, spec=spec, height=60 + 22 * len(shown)),
        empty=nothing(),
    )


def _times(happened: Counted[Happened]) -> Section:
    """Week days and hours together, where the hour is of the school day and known."""
    counted = Counted(happened.students, [event for event in happened.events if hour_of(event) is not None])
    rows = [
        {"weekday": str(WEEKDAYS[day]), "hour": hour, "count": count}
        for (day, hour), count in sorted(_cells(counted).items())
    ]
    answer = say_count(INVOLVED, len(counted.by_student()))
    plain: dict[str, Any] = {"title": None, "axis": {"grid": False, "labelAngle": 0}}
    spec = {
        "data": {"values": rows},
        "mark": {"type": "circle", "opacity": 1},
        "encoding": {
            "x": {
                "field": "hour",
                "type": "ordinal",
                "scale": {"domain": list(range(SCHOOL_DAY_BEGINS, SCHOOL_DAY_ENDS))},
                **plain,
            },
            "y": {
                "field": "weekday",
                "type": "ordinal",
                "sort": [str(WEEKDAYS[day]) for day in range(7)],
                **plain,
            },
            "size": {"field": "count", "type": "quantitative", "legend": None},
        },
    }
    return Section(
        slug="times",
        title=msg("Week day and hour"),
        question=msg("When exactly, during the school day?"),
        answer=answer,
        table=Table(columns=HOW, rows=rows),
        chart=Chart(
            title=say(msg("Incidents by week day and hour")), description=answer, spec=spec, height=180
        ),
        empty=nothing(),
    )


def _cells(counted: Counted[Happened]) -> dict[tuple[int, int], int]:
    cells: dict[tuple[int, int], int] = {}
    for event in counted.events:
        cell = (event.at.weekday(), event.at.hour)
        cells[cell] = cells.get(cell, 0) + 1
    return cells


def _hour(event: Happened) -> str:
    if not event.has_time:
        return say(NOT_LOGGED)
    hour = hour_of(event)
    return say(OTHER_HOURS) if hour is None else f"{hour}:00"


def _weekday(event: Happened) -> str:
    return str(WEEKDAYS[event.at.weekday()])


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
