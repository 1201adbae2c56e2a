"""A student's incidents: by month, by week day and hour, and the latest of them."""

from __future__ import annotations

from typing import Any

from django.utils.dates import WEEKDAYS

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students import history
from staffroom.students.days import midnight
from staffroom.students.models import Incident
from staffroom.students.pages.area import OpenStudent, open_student
from staffroom.students.pages.month_charts import month_chart
from staffroom.students.pages.profile_frame import profile_page
from staffroom.web.charts import Chart
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

LATEST = 100
MONTHS = (
    Column("month", msg("Month"), Kind.DAY, msg("Its first day.")),
    Column("incidents", msg("Incidents"), Kind.COUNT),
)
HOURS = (
    Column("weekday", msg("Week day"), Kind.TEXT),
    Column(
        "hour", msg("Hour"), Kind.COUNT, msg("In which it began; 13 is from one to two in the afternoon.")
    ),
    Column("incidents", msg("Incidents"), Kind.COUNT),
)
INCIDENTS = (
    Column("occurred_at", msg("When"), Kind.INSTANT),
    Column("has_exact_time", msg("Time known"), Kind.FLAG, msg("Otherwise only the day is.")),
    Column("code", msg("What"), Kind.TEXT),
    Column("location", msg("Where"), Kind.TEXT),
    Column("description", msg("Description"), Kind.TEXT),
)
IN_FOUR_YEARS = plural("{count} incident in the last 48 months.", "{count} incidents in the last 48 months.")
THIS_YEAR = plural(
    "The hour of {count} incident of this school year is known.",
    "The hours of {count} incidents of this school year are known.",
)
SHOWN = plural("The latest {count} incident.", "The latest {count} incidents.")
NONE = msg("No incident is recorded.")


def behavior(request: SignedInRequest, student: int) -> Page:
    """A student's incidents by month and by hour, and the latest hundred."""
    opened = open_student(request, student)
    return profile_page(
        opened,
        "student-behavior",
        {
            "months": lambda: _months(opened),
            "hours": lambda: _hours(opened),
            "incidents": lambda: _incidents(opened),
        },
    )


def _months(opened: OpenStudent) -> Section:
    zone = opened.visit.request.instance.institution.zone
    months = history.incidents(opened.student, opened.visit.days.today, zone)
    total = sum(one.count for one in months)
    answer = say_count(IN_FOUR_YEARS, total)
    values = [{"month": one.month.isoformat(), "count": one.count} for one in months]
    rows = [{"month": one.month, "incidents": one.count} for one in reversed(months)] if total else []
    return Section(
        slug="months",
        title=msg("Incidents"),
        question=msg("How often were there incidents, and is it getting better?"),
        answer=answer,
        table=Table(columns=MONTHS, rows=rows),
        chart=month_chart(opened, say(msg("Incidents by month")), answer, values),
        empty=Empty(Cause.NOTHING_KEPT, say(NONE)),
    )


def _hours(opened: OpenStudent) -> Section:
    instance = opened.visit.request.instance
    since = midnight(opened.visit.days.school_year, instance)
    found = history.incident_hours(opened.student, since, instance.institution.zone)
    rows = [
        {"number": weekday, "weekday": str(WEEKDAYS[weekday - 1]), "hour": hour, "incidents": count}
        for (weekday, hour), count in sorted(found.items())
    ]
    answer = say_count(THIS_YEAR, sum(found.values()))
    return Section(
        slug="hours",
        title=msg("When it happens"),
        question=msg("On which week days and at which hours, this school year?"),
        answer=answer,
        table=Table(columns=HOURS, rows=rows),
        chart=_heat_map(rows, answer),
        empty=Empty(Cause.NOTHING_KEPT, say(msg("No incident of this school year has its hour recorded."))),
    )


def _heat_map(rows: list[dict[str, Any]], answer: str) -> Chart:
    order = [str(WEEKDAYS[day]) for day in range(7)]
    plain = {"title": None, "axis": {"grid": False, "labelAngle": 0}}
    return Chart(
        title=say(msg("Incidents by week day and hour")),
        description=answer,
        spec={
            "data": {"values": rows},
            "mark": {"type": "circle", "opacity": 1},
            "encoding": {
                "x": {"field": "hour", "type": "ordinal", **plain},
                "y": {"field": "weekday", "type": "ordinal", "sort": order, **plain},
                "size": {"field": "incidents", "type": "quantitative", "legend": None},
            },
        },
        height=180,
    )


def _incidents(opened: OpenStudent) -> Section:
    found = Incident.objects.current().filter(student=opened.student).order_by("-occurred_at", "-pk")[:LATEST]
    rows = [
        {
            "occurred_at": one.occurred_at,
            "has_exact_time": one.has_exact_time,
            "code": one.code or None,
            "location": one.location or None,
            "description": one.description or None,
        }
        for one in found
    ]
    return Section(
        slug="incidents",
        title=msg("One by one"),
        question=msg("What happened?"),
        answer=say_count(SHOWN, len(rows)),
        table=Table(columns=INCIDENTS, rows=rows),
        empty=Empty(Cause.NOTHING_KEPT, say(NONE)),
    )
