"""Small drawings inside table cells: SVG with attributes only, coloured by the stylesheet."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from django.utils.safestring import SafeString

from staffroom.metrics.declaration import Kind
from staffroom.web.formats import shower

WIDTH, HEIGHT, MARGIN = 96, 22, 3


def sparkline(values: Sequence[float], *, label: str) -> SafeString:
    """A line through ``values``, the last of them marked; nothing where there are none."""
    if not values:
        return SafeString("")
    points = _points(values)
    line = " ".join(f"{x:g},{y:g}" for x, y in points)
    area = f"{points[0][0]:g},{HEIGHT} {line} {points[-1][0]:g},{HEIGHT}"
    show = shower(Kind.COUNT)
    numbers = ", ".join(map(show, values))
    spoken = escape(f"{label}: {numbers}")
    x, y = points[-1]
    return SafeString(
        f'<svg class="sparkline" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" aria-label="{spoken}"><polygon points="{area}"/><polyline points="{line}"/>'
        f'<circle cx="{x}" cy="{y}" r="2"/></svg>'
    )


def thinned(values: Sequence[int], *, most: int) -> tuple[int, ...]:
    """At most ``most`` of the values, evenly spaced, the first and the last among them."""
    if len(values) <= most:
        return tuple(values)
    step = (len(values) - 1) / (most - 1)
    return tuple(values[round(place * step)] for place in range(most))


def bar(value: float, largest: float) -> SafeString:
    """A bar as long as ``value`` is of ``largest``; the number beside it says the same."""
    share = max(0.0, min(1.0, value / largest)) if largest > 0 else 0.0
    return SafeString(
        '<svg class="bar" viewBox="0 0 100 4" width="60" height="4" preserveAspectRatio="none" '
        'aria-hidden="true"><rect class="ground" width="100" height="4"/>'
        f'<rect width="{share * 100:.1f}" height="4"/></svg>'
    )


def _points(values: Sequence[float]) -> list[tuple[float, float]]:
    """From zero at the bottom to the largest at the top; a single value stands in the middle."""
    top = max(*values, 1) if len(values) > 1 else max(values[0], 1)
    step = (WIDTH - 2 * MARGIN) / (len(values) - 1) if len(values) > 1 else 0
    left = MARGIN if len(values) > 1 else WIDTH / 2
    rise = HEIGHT - 2 * MARGIN
    return [
        (round(left + index * step, 1), round(HEIGHT - MARGIN - rise * value / top, 1))
        for index, value in enumerate(values)
    ]
