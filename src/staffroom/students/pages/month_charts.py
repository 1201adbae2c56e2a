"""Charts by month on a profile: bars over four years, with the beginnings of services marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from staffroom.metrics.declaration import msg
from staffroom.students.pages.area import OpenStudent
from staffroom.students.services import phases_of
from staffroom.students.services_settings import services_settings
from staffroom.web.chart_marks import amount_axis, bars
from staffroom.web.chart_theme import QUIET
from staffroom.web.charts import Chart
from staffroom.web.words import say

MARKED = msg("{answer} Lines mark the beginning of services: {services}.")


def month_chart(
    opened: OpenStudent, title: str, answer: str, values: Sequence[dict[str, Any]], *, series: str = ""
) -> Chart:
    """``values`` hold ``month`` (ISO) and ``count``, and the part of the bar where ``series`` names it."""
    settings = services_settings(opened.visit.request.instance)
    phases = phases_of(opened.student, settings.phase_lines)
    first = values[0]["month"] if values else ""
    marks = [
        {"month": phase.starts_on.isoformat(), "service": settings.titles.get(phase.kind, phase.kind)}
        for phase in phases
        if phase.starts_on.isoformat() >= first
    ]
    spec = _bars(values, series)
    if marks:
        names = ", ".join(dict.fromkeys(mark["service"] for mark in marks))
        answer = say(MARKED, answer=answer, services=names)
        spec = {"layer": [spec, _lines(marks)]}
    return Chart(title=title, description=answer, spec=spec)


def _bars(values: Sequence[dict[str, Any]], series: str) -> dict[str, Any]:
    largest: dict[str, int] = {}
    for value in values:
        largest[value["month"]] = largest.get(value["month"], 0) + value["count"]
    y = amount_axis("count", say(msg("Days")), [{"count": most} for most in largest.values()])
    spec = bars(values, x=_month_axis(), y=y, series=series)
    return {**spec, "mark": {"type": "bar", "width": {"band": 0.8}}}


def _lines(marks: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "data": {"values": list(marks)},
        "mark": {"type": "rule", "strokeDash": [4, 3], "color": QUIET, "strokeWidth": 1.5},
        "encoding": {"x": _month_axis()},
    }


def _month_axis() -> dict[str, Any]:
    """Months in UTC, so that no zone moves them; each January and September is labelled."""
    return {
        "field": "month",
        "type": "temporal",
        "timeUnit": "utcyearmonth",
        "title": None,
        "scale": {"type": "utc"},
        "axis": {"format": "%b %Y", "tickCount": 6, "grid": False, "labelOverlap": True},
    }
