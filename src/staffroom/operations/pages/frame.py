"""What the pages of operations share: the door, the ways between them, and words for values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import update_wrapper
from typing import Concatenate, ParamSpec, TypeVar, Unpack

from django.http import Http404
from django.urls import NoReverseMatch, reverse

from staffroom.accounts.access import is_administrator
from staffroom.metrics.declaration import msg
from staffroom.web.pages import Page, Tab
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.tabs import Around, page_among
from staffroom.web.words import say

TABS = {
    "runs": msg("Runs"),
    "deliveries": msg("Deliveries"),
    "loader": msg("Loader"),
    "people": msg("People"),
    "trail": msg("Trail"),
    "settings": msg("Settings"),
    "condition": msg("Condition"),
}
"""The pages for administrators, by the name of their route."""

Parts = ParamSpec("Parts")
Answer = TypeVar("Answer")


def for_administrators(
    view: Callable[Concatenate[SignedInRequest, Parts], Answer],
) -> Callable[Concatenate[SignedInRequest, Parts], Answer]:
    """Close a page or an action to everybody else as if it were not there (404)."""

    def guarded(request: SignedInRequest, /, *args: Parts.args, **parts: Parts.kwargs) -> Answer:
        if not is_administrator(request.user):
            raise Http404
        return view(request, *args, **parts)

    update_wrapper(guarded, view)
    return guarded


def operations_page(
    name: str,
    sections: Mapping[str, Callable[[], Section]],
    *,
    title: str = "",
    **around: Unpack[Around],
) -> Page:
    """The page ``name``, or one below it that has a ``title`` of its own; texts are finished."""
    return page_among(_tabs(), name, sections, title=title, file_name=name, **around)


def _tabs() -> dict[str, Tab]:
    tabs = {}
    for name, title in TABS.items():
        with suppress(NoReverseMatch):
            tabs[name] = Tab(say(title), reverse(name))
    return tabs
