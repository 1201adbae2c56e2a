"""Charts that several pages draw, as Vega-Lite: lines by series, bars, and the axes that they stand on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from staffroom.web.chart_theme import DASHES, SERIES, SHAPES, TINT

MOST_LABELS = 6
PIXELS_A_LETTER = 7
"""The width of a letter of an axis, with some air."""
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
        legend = {"columns": len(names)}
        encoding["color"] = {"field": series, "type": "nominal", "scale": scale, "legend": legend}
        encoding["order"] = {"field": series, "type": "nominal", "sort": names}
    return {"data": {"values": list(values)}, "mark": {"type": "bar"}, "encoding": encoding}


def bars_across(values: Values, *, y: Encoding, x: Encoding) -> dict[str, Any]:
    """A bar for each name of ``y``, from the start of the line; for few things with long names."""
    mark = {"type": "bar", "height": {"band": 0.6}}
    return {"data": {"values": list(values)}, "mark": mark, "encoding": {"y": y, "x": x}}


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


def name_axis(field: str, values: Values, *, longest: int = 150) -> Encoding:
    """Things by their names, one below the other, as they stand; names are cut at ``longest`` pixels.

    Browsers may have a wider font than the drawing, so that names have more room than they were measured for.
    """
    room = PIXELS_A_LETTER * max((len(value[field]) for value in values), default=0)
    axis = {"labelLimit": longest, "minExtent": min(room, round(longest * 1.2))}
    axis |= {"grid": False, "ticks": False, "domain": False}
    return {"field": field, "type": "ordinal", "title": None, "sort": None, "axis": axis}


def grouped_axis(field: str, groups: Sequence[str]) -> Encoding:
    """Things in their order, numbered from 1; the first of each group of neighbours bears its name.

    ``groups`` has the group of each thing. A name is cut where the next group begins.
    """
    starts = [place for place, group in enumerate(groups) if not place or group != groups[place - 1]]
    names = {str(start + 1): groups[start] for start in starts}
    lengths = dict(zip(names, (b - a for a, b in pairwise([*starts, len(groups)])), strict=True))
    room = f"max(3, floor(width * {json.dumps(lengths)}[datum.value] / {len(groups) * PIXELS_A_LETTER}))"
    axis = {
        "values": [start + 1 for start in starts],
        "labelExpr": f"truncate({json.dumps(names)}[datum.value], {room})",
        "labelAngle": 0,
        "labelAlign": "left",
        "labelOffset": -6,
        "labelLimit": 0,
        "labelOverlap": "greedy",
        "tickOffset": -6,
    }
    return {"field": field, "type": "ordinal", "title": None, "axis": axis}


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


def amount_axis(field: str, title: str, values: Values, *, grid: bool | None = None) -> Encoding:
    """An axis from zero, with marks at whole numbers only; ``grid`` lines where it lies below."""
    largest = max((value[field] or 0 for value in values), default=0)
    return {
        "field": field,
        "type": "quantitative",
        "title": title,
        "axis": {
            "format": ",d",
            "tickCount": max(1, min(5, int(largest))),
            **({} if grid is None else {"grid": grid}),
        },
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
