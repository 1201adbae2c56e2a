"""A chart as its page declares it: Vega-Lite, drawn elsewhere, always beside the table it was made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

Spec = Mapping[str, Any]
"""A Vega-Lite specification, without width, height or colours of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """``title`` and ``description`` are finished texts: what the chart shows, and what is to be seen in it.

    ``spec`` is an Altair chart, a Vega-Lite dictionary, or a function that makes one; a function is called
    only when the chart is drawn. ``height`` is in pixels; the width is the page's.
    """

    title: str
    description: str
    spec: object
    height: int = 240

    def vega_lite(self) -> dict[str, Any]:
        """The specification as a dictionary."""
        made = self.spec() if callable(self.spec) and not hasattr(self.spec, "to_dict") else self.spec
        if isinstance(made, Mapping):
            return dict(made)
        return cast("Callable[[], dict[str, Any]]", made.to_dict)()  # type: ignore[attr-defined]
