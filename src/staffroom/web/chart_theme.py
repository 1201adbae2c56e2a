"""How every chart looks: the stylesheet's colours by name, light and dark, hairlines, tabular figures.

A chart is drawn once, in the light palette; rules in its own ``<style>`` replace those colours by
variables that have a second value for dark surroundings. Series differ by dash and shape as well.
"""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape

THEME_VERSION = 2
"""Raised when a rule here changes, so that kept charts are drawn again."""

NARROW = 400
"""The widest chart, in pixels, whose legend has one name a line: two would be cut."""

FONT = (
    "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', "
    "'Noto Sans', 'Liberation Sans', system-ui, sans-serif"
)
"""The stylesheet's own."""

INK, QUIET, HAIRLINE = "#1d1a16", "#635c51", "#d8d0c1"
SERIES = ("#0b5563", "#b0581a", "#6b4a86", "#7d7212")
"""Told apart without colour vision by their lightness, and by dash and shape."""
TINT = "#c9dcdc"
"""A quiet area behind or under a line."""

PALETTE = {
    INK: ("ink", "#ece5d8"),
    QUIET: ("quiet", "#a89f90"),
    HAIRLINE: ("hairline", "#3a362f"),
    SERIES[0]: ("one", "#6fc0cb"),
    SERIES[1]: ("two", "#e39a5b"),
    SERIES[2]: ("three", "#b99ad6"),
    SERIES[3]: ("four", "#c9bd55"),
    TINT: ("tint", "#23434a"),
}
"""Each colour that a chart may use: its name and its value in dark surroundings."""

DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3])
SHAPES = ("circle", "square", "triangle-up", "diamond")


def with_theme(spec: dict[str, Any], *, width: int, height: int, right_to_left: bool) -> dict[str, Any]:
    """``spec`` with size and look. In right-to-left pages the frame mirrors, the time axis does not."""
    sized = {"width": width, "height": height, "autosize": {"type": "fit", "contains": "padding"}}
    composed = any(key in spec for key in ("hconcat", "vconcat", "concat", "facet", "repeat"))
    return {
        **spec,
        **({} if composed else sized),
        "config": _merged(
            _config(right_to_left, legend_columns=2 if width > NARROW else 1), spec.get("config", {})
        ),
    }


def themed(svg: str, title: str, description: str, *, prefix: str) -> str:
    """``svg`` with its title, its description, ids that start with ``prefix``, and its style."""
    svg = re.sub(r'\bid="', f'id="{prefix}', svg)
    svg = svg.replace("url(#", f"url(#{prefix}")
    head, body = svg.split(">", 1)
    names = f'role="img" aria-labelledby="{prefix}title {prefix}desc"'
    words = f'<title id="{prefix}title">{escape(title)}</title>'
    more_words = f'<desc id="{prefix}desc">{escape(description)}</desc>'
    return f"{head} {names}>{words}{more_words}<style>{STYLE}</style>{body}"


def _merged(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """``ours`` with what the chart says itself, one level deep."""
    merged = dict(ours)
    for name, value in theirs.items():
        both = isinstance(value, dict) and isinstance(ours.get(name), dict)
        merged[name] = {**ours[name], **value} if both else value
    return merged


def _config(right_to_left: bool, *, legend_columns: int) -> dict[str, Any]:
    text = {"labelColor": QUIET, "titleColor": QUIET, "labelFontSize": 12, "titleFontSize": 12}
    axis = {
        **text,
        "titleFontWeight": "normal",
        "domainColor": HAIRLINE,
        "tickColor": HAIRLINE,
        "tickSize": 4,
    }
    return {
        "background": None,
        "font": FONT,
        "padding": 4,
        "view": {"stroke": None},
        "axis": {**axis, "gridColor": HAIRLINE, "gridWidth": 0.6, "labelPadding": 5, "titlePadding": 10},
        "axisX": {"grid": False},
        "axisY": {
            "domain": False,
            "ticks": False,
            "orient": "right" if right_to_left else "left",
            "tickCount": 5,
            "minExtent": 34,
        },
        "legend": {
            **text,
            "title": None,
            "orient": "top",
            "symbolSize": 90,
            "symbolStrokeWidth": 2,
            "labelOffset": 6,
            "columnPadding": 18,
            "columns": legend_columns,
        },
        "range": {"category": list(SERIES), "symbol": list(SHAPES)},
        "mark": {"color": SERIES[0]},
        "line": {"strokeWidth": 1.8},
        "area": {"color": TINT, "line": {"color": SERIES[0], "strokeWidth": 1.8}},
        "bar": {"color": SERIES[0], "discreteBandSize": {"band": 0.72}},
        "point": {"filled": True, "size": 34},
        "rule": {"color": QUIET},
        "text": {"color": INK, "fontSize": 12},
    }


def _style() -> str:
    light = ";".join(f"--{name}:{colour}" for colour, (name, _) in PALETTE.items())
    dark = ";".join(f"--{name}:{colour}" for name, colour in PALETTE.values())
    rules = "".join(
        f'[fill="{colour}"]{{fill:var(--{name})}}[stroke="{colour}"]{{stroke:var(--{name})}}'
        for colour, (name, _) in PALETTE.items()
    )
    return (
        f"svg{{{light};color-scheme:light dark;font-variant-numeric:tabular-nums}}"
        f"@media screen and (prefers-color-scheme:dark){{svg{{{dark}}}}}{rules}"
    )


STYLE = _style()
