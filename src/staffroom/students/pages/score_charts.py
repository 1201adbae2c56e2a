"""Scores over time on a profile: a line on the test's whole scale, with its cut points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from staffroom.metrics.declaration import msg
from staffroom.web.chart_marks import day_axis
from staffroom.web.chart_theme import QUIET, SERIES
from staffroom.web.charts import Chart
from staffroom.web.words import say


def score_chart(
    title: str,
    answer: str,
    points: Sequence[dict[str, Any]],
    *,
    scale: tuple[int, int],
    marks: Sequence[int],
) -> Chart | None:
    """``points`` hold ``day`` (ISO) and ``score``; None where there is no point."""
    if not points:
        return None
    y = {
        "field": "score",
        "type": "quantitative",
        "title": say(msg("Score")),
        "scale": {"domain": list(scale), "nice": False, "zero": False},
        "axis": {"values": [*marks, *scale], "grid": False},
    }
    x = day_axis("day", points)
    x["axis"] = {**x["axis"], "format": "%b %Y"}
    line = {
        "data": {"values": list(points)},
        "mark": {"type": "line", "point": {"filled": True, "color": SERIES[0]}, "color": SERIES[0]},
        "encoding": {"x": x, "y": y},
    }
    rules = {
        "data": {"values": [{"score": mark} for mark in marks]},
        "mark": {"type": "rule", "strokeDash": [4, 3], "color": QUIET},
        "encoding": {"y": y},
    }
    return Chart(title=title, description=answer, spec={"layer": [rules, line]})
