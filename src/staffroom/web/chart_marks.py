"""Charts that several pages draw, as Vega-Lite: lines over weeks, bars over names, areas over a video."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from staffroom.web.chart_theme import DASHES, SHAPES

MOST_LABELS = 8
Values = Sequence[dict[str, Any]]


def lines(values: Values, *, x: str, y: str, series: str, y_title: str) -> dict[str, Any]:
    """A line for each ``series`` over the days in ``x``; series differ by colour, dash and shape."""
    names = list(dict.fromkeys(value[series] for value in values))
    colour = {"field": series, "type": "nominal", "scale": {"domain": names}}
    return {
        "data": {"values": list(values)},
        "encoding": {"x": days(x, [value[x] for value in values]), "y": amount(y, y_title)},
        "layer": [
            {
                "mark": {"type": "line"},
                "encoding": {
                    "color": colour,
                    "strokeDash": {
                        **colour,
                        "legend": None,
                        "scale": {"domain": names, "range": _first(DASHES, names)},
                    },
                },
            },
            {
                "mark": {"type": "point", "filled": True},
                "encoding": {
                    "color": colour,
                    "shape": {**colour, "scale": {"domain": names, "range": _first(SHAPES, names)}},
                },
            },
        ],
    }


def bars(values: Values, *, x: str, y: str, y_title: str, x_title: str = "") -> dict[str, Any]:
    """A bar for each value of ``x``, in the order of ``values``."""
    return {
        "data": {"values": list(values)},
        "mark": {"type": "bar"},
        "encoding": {
            "x": {"field": x, "type": "ordinal", "sort": None, "title": x_title or None},
            "y": amount(y, y_title),
        },
    }


def area(values: Values, *, x: str, y: str, x_title: str, y_title: str) -> dict[str, Any]:
    """An area over a number in ``x``, such as the seconds of a video."""
    return {
        "data": {"values": list(values)},
        "mark": {"type": "area", "interpolate": "step-after"},
        "encoding": {
            "x": {"field": x, "type": "quantitative", "title": x_title, "axis": {"grid": False}},
            "y": amount(y, y_title),
        },
    }


def days(field: str, shown: Sequence[str]) -> dict[str, Any]:
    """A time axis with labels at some of the ISO days in ``shown``; UTC inside, so that no zone moves them."""
    known = sorted(set(shown))
    step = max(1, -(-len(known) // MOST_LABELS))
    return {
        "field": field,
        "type": "temporal",
        "scale": {"type": "utc"},
        "title": None,
        "axis": {"format": "%-d %b", "labelOverlap": True, "values": known[::step]},
    }


def amount(field: str, title: str) -> dict[str, Any]:
    """An axis of whole numbers from zero."""
    return {
        "field": field,
        "type": "quantitative",
        "title": title,
        "axis": {"format": ",d", "tickMinStep": 1},
        "scale": {"zero": True, "nice": True},
    }


def _first(choices: Sequence[Any], names: Sequence[Any]) -> list[Any]:
    return [choices[index % len(choices)] for index in range(len(names))]
