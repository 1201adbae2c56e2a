"""Charts drawn as SVG: in a child process, kept on disk by what they show, answered with their own policy."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language, get_language_bidi

from staffroom.web.artist import DrawingFailed, draw
from staffroom.web.chart_locales import number_locale, time_locale
from staffroom.web.chart_theme import THEME_VERSION, themed, with_theme
from staffroom.web.charts import Chart

POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""For SVG answers only: their own ``<style>`` and nothing else."""

WIDTHS = {"": 480, "narrow": 350}
"""Pixels, by the ``width`` in the address; narrow is for phones."""

KEPT_SECONDS = 14 * 24 * 3600
_log = logging.getLogger(__name__)


def svg_response(request: HttpRequest, chart: Chart) -> HttpResponseBase:
    """The chart in the reader's language; 304 where the browser has it, 503 where it cannot be drawn."""
    width = WIDTHS.get(request.GET.get("width", ""), WIDTHS[""])
    wanted = order(chart, width)
    key = _key(wanted)
    response: HttpResponseBase | None = get_conditional_response(request, etag=f'"{key}"')
    if response is None:
        try:
            response = HttpResponse(_drawn(wanted, key), content_type="image/svg+xml; charset=utf-8")
        except DrawingFailed as error:
            _log.warning("A chart could not be drawn.", exc_info=error)
            return HttpResponse(status=503, content_type="image/svg+xml; charset=utf-8")
    response.headers["ETag"] = f'"{key}"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = POLICY
    return response


def order(chart: Chart, width: int) -> dict[str, Any]:
    """All that decides how the chart looks, as JSON values."""
    language = get_language() or "en"
    right_to_left = get_language_bidi()
    return {
        "spec": with_theme(chart.vega_lite(), width=width, height=chart.height, right_to_left=right_to_left),
        "numbers": number_locale(),
        "times": time_locale(),
        "title": chart.title,
        "description": chart.description,
        "language": language,
        "theme": THEME_VERSION,
    }


def _key(wanted: dict[str, Any]) -> str:
    text = json.dumps(wanted, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _drawn(wanted: dict[str, Any], key: str) -> str:
    path = settings.INSTANCE.cache / "charts" / key[:2] / f"{key}.svg"
    try:
        return path.read_text("utf-8")
    except OSError:
        svg = themed(draw(wanted), wanted["title"], wanted["description"], prefix=f"c{key[:8]}-")
        _keep(path, svg)
        return svg


def _keep(path: Path, svg: str) -> None:
    """Write whole or not at all; a full disk costs time, not the page."""
    part = path.with_name(f"{uuid.uuid4().hex}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(svg, "utf-8")
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        _log.warning("A drawn chart could not be kept.", exc_info=error)


def forget_charts(cache: Path, *, older_than_seconds: float = KEPT_SECONDS) -> int:
    """Delete kept charts last written longer ago; 0 deletes all, as an erasure must. Returns how many."""
    limit, gone = time.time() - older_than_seconds, 0
    for folder, _, names in os.walk(cache / "charts"):
        for path in (Path(folder) / name for name in names):
            if path.stat().st_mtime <= limit:
                path.unlink(missing_ok=True)
                gone += 1
    return gone
