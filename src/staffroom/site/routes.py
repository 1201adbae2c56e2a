"""Every address of the site with what it answers, read from the URL configuration: for docs and crawls."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from inspect import getdoc

from django.urls import URLPattern, URLResolver, get_resolver

FACE = "-face"
"""How the name of a page's faces ends; they are told of with their page."""

OUTSIDE = {
    "account_login": "Sign in with e-mail address and password.",
    "account_logout": "Sign out.",
    "set_language": "Change the language of this browser.",
}
"""Pages that a library draws with our templates."""


@dataclass(frozen=True, slots=True, order=True)
class Route:
    """``about`` is the first sentence of what the page says of itself."""

    pattern: str
    name: str
    about: str


def all_routes() -> list[Route]:
    """Every route in the order of their patterns, without the faces of pages."""
    return sorted(set(_walk(get_resolver().url_patterns, "/")))


def _walk(patterns: Iterable[URLPattern | URLResolver], before: str, namespace: str = "") -> Iterator[Route]:
    for entry in patterns:
        pattern = before + str(entry.pattern).lstrip("^").rstrip("$")
        if isinstance(entry, URLResolver):
            inner = f"{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry.url_patterns, pattern, inner)
        elif not (entry.name or "").endswith(FACE):
            yield Route(pattern, f"{namespace}{entry.name}", _about(entry))


def _about(entry: URLPattern) -> str:
    """What the view says of itself, else its module; for pages of libraries, what we say of them."""
    if entry.name in OUTSIDE:
        return OUTSIDE[entry.name]
    view = getattr(entry.callback, "cls", entry.callback)
    text = getdoc(view) or getdoc(sys.modules[view.__module__]) or ""
    return " ".join(text.split("\n\n")[0].split())
