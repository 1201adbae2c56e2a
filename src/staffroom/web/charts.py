"""A chart as its page declares it: Vega-Lite, drawn elsewhere, always beside the table it was made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Spec = Mapping[str, Any]
"""Vega-Lite, without width, height or colours of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """``title`` and ``description`` are finished texts: what the chart shows, and what is to be seen in it.

    ``spec`` is Vega-Lite, or a function that makes it; a function is called only when the chart is drawn.
    ``height`` is in pixels; the width is the page's.
    """

    title: str
    description: str
    spec: Spec | Callable[[], Spec] = field(default_factory=dict)
    height: int = 240

    def vega_lite(self) -> dict[str, Any]:
        """The specification as a dictionary."""
        return dict(self.spec() if callable(self.spec) else self.spec)
