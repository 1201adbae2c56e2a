"""Charts that several pages draw, as Vega-Lite: lines over weeks, bars over names, areas over a video."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from staffroom.web.chart_theme import DASHES, SHAPES

MOST_LABELS = 6
Values = Sequence[dict[str, Any]]


def lines(values: Values, *, x: str, y: str, series: str, y_title: str) -> dict[str, Any]:
    """A line for each ``series`` over the days in ``x``; series differ by colour, dash and shape."""
    names = list(dict.fromkeys(value[series] for value in values))

    def by_series(legend: bool, choices: Sequence[Any] | None = None) -> dict[str, Any]:
        scale: dict[str, Any] = {"domain": names}
        if choices:
            scale["range"] = [choices[index % len(choices)] for index in range(len(names))]
        shown = {} if legend and len(names) > 1 else {"legend": None}
        return {"field": series, "type": "nominal", "scale": scale, **shown}

    return {
        "data": {"values": list(values)},
        "resolve": {"legend": {"color": "independent", "shape": "independent"}},
        "encoding": {"x": days(x, [value[x] for value in values]), "y": amount(y, y_title)},
        "layer": [
            {
                "mark": {"type": "line"},
                "encoding": {"color": by_series(False), "strokeDash": by_series(False, DASHES)},
            },
            {
                "mark": {"type": "point", "filled": True, "opacity": 1},
                "encoding": {"color": by_series(True), "shape": by_series(True, SHAPES)},
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
    """A time axis, labelled at some of the ISO days in ``shown``; UTC inside, so that no zone moves them."""
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
