"""Every address of the site with what it answers, read from the URL configuration: for docs and crawls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from inspect import getdoc
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

FACE = "-face"
"""How the name of a page's faces ends; they are told of with their page."""


@dataclass(frozen=True, slots=True, order=True)
class Route:
    """``about`` is the first sentence of what the page says of itself."""

    pattern: str
    name: str
    about: str


def all_routes() -> list[Route]:
    """Every route in the order of their patterns, without the faces of pages."""
    return sorted(set(_walk(get_resolver().url_patterns, "/")))


def _walk(patterns: Iterable[URLPattern | URLResolver], before: str) -> Iterator[Route]:
    for entry in patterns:
        pattern = before + str(entry.pattern).lstrip("^").rstrip("$")
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, pattern)
        elif not (entry.name or "").endswith(FACE):
            yield Route(pattern, entry.name or "", _about(entry.callback))


def _about(view: Callable[..., Any]) -> str:
    text = getdoc(getattr(view, "view_class", None) or getattr(view, "cls", None) or view) or ""
    return " ".join(text.split("\n\n")[0].split())
