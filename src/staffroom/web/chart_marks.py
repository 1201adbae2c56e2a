"""Charts that several pages draw, as Vega-Lite: lines by series, bars, and the axes that they stand on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from staffroom.web.chart_theme import DASHES, SERIES, SHAPES, TINT

MOST_LABELS = 6
Values = Sequence[dict[str, Any]]
Encoding = dict[str, Any]


def lines(
    values: Values,
    *,
    x: Encoding,
    y: Encoding,
    series: str,
    points: bool = True,
    steps: bool = False,
    solid: str = "",
) -> dict[str, Any]:
    """A line for each value of ``series``; they differ by colour, dash and, with ``points``, by shape.

    ``solid`` names a flag: where it is false the point is hollow, for what is not complete yet.
    """
    names = list(dict.fromkeys(value[series] for value in values))
    line = {
        "mark": {"type": "line", "interpolate": "step-after" if steps else "linear"},
        "encoding": {
            "color": _by_series(series, names, legend=not points),
            "strokeDash": _by_series(series, names, DASHES, legend=not points),
        },
    }
    return {
        "data": {"values": list(values)},
        "resolve": {"legend": dict.fromkeys(("color", "shape", "strokeDash"), "independent")},
        "encoding": {"x": x, "y": y},
        "layer": [line, *(_points(series, names, solid) if points else [])],
    }


def bars(values: Values, *, x: Encoding, y: Encoding, series: str = "") -> dict[str, Any]:
    """A bar for each value of ``x``; with ``series`` parts of a bar, the first dark and the second pale."""
    encoding = {"x": x, "y": y}
    if series:
        names = list(dict.fromkeys(value[series] for value in values))
        scale = {"domain": names, "range": [SERIES[0], TINT, *SERIES[1:]][: len(names)]}
        encoding["color"] = {"field": series, "type": "nominal", "scale": scale}
        encoding["order"] = {"field": series, "type": "nominal", "sort": names}
    return {"data": {"values": list(values)}, "mark": {"type": "bar"}, "encoding": encoding}


def day_axis(field: str, values: Values) -> Encoding:
    """A time axis, labelled at some of the ISO days in ``values``; UTC inside, so that no zone moves them."""
    known = sorted({value[field] for value in values})
    step = max(1, -(-len(known) // MOST_LABELS))
    return {
        "field": field,
        "type": "temporal",
        "scale": {"type": "utc"},
        "title": None,
        "axis": {"format": "%-d %b", "labelOverlap": True, "values": known[::step]},
    }


def place_axis(field: str, title: str) -> Encoding:
    """Things in their order, numbered from 1."""
    axis = {"labelAngle": 0, "labelOverlap": True}
    return {"field": field, "type": "ordinal", "title": title, "axis": axis}


def position_axis(field: str, title: str, *, end: float) -> Encoding:
    """Where in a video, from 0 to ``end`` seconds, written as minutes and seconds."""
    label = "floor(datum.value / 60) + ':' + format(datum.value % 60, '02.0f')"
    return {
        "field": field,
        "type": "quantitative",
        "title": title,
        "scale": {"domain": [0, end], "nice": False},
        "axis": {"labelExpr": label, "grid": False},
    }


def amount_axis(field: str, title: str, values: Values) -> Encoding:
    """An axis from zero, with marks at whole numbers only."""
    largest = max((value[field] or 0 for value in values), default=0)
    return {
        "field": field,
        "type": "quantitative",
        "title": title,
        "axis": {"format": ",d", "tickCount": max(1, min(5, int(largest)))},
        "scale": {"zero": True, "nice": True},
    }


def _points(series: str, names: list[Any], solid: str) -> list[dict[str, Any]]:
    """The points of the lines; those whose flag ``solid`` is false are a layer of hollow ones."""
    filled = _point_layer(series, names, filled=True)
    if not solid:
        return [filled]
    hollow = _point_layer(series, names, filled=False)
    return [
        {**filled, "transform": [{"filter": f"datum.{solid}"}]},
        {**hollow, "transform": [{"filter": f"!datum.{solid}"}]},
    ]


def _point_layer(series: str, names: list[Any], *, filled: bool) -> dict[str, Any]:
    return {
        "mark": {"type": "point", "filled": filled, "opacity": 1},
        "encoding": {
            "color": _by_series(series, names, legend=filled),
            "shape": _by_series(series, names, SHAPES, legend=filled),
        },
    }


def _by_series(
    series: str, names: list[Any], choices: Sequence[Any] = (), *, legend: bool = True
) -> Encoding:
    scale: dict[str, Any] = {"domain": names}
    if choices:
        scale["range"] = [choices[index % len(choices)] for index in range(len(names))]
    shown = {} if legend and len(names) > 1 else {"legend": None}
    return {"field": series, "type": "nominal", "scale": scale, **shown}
