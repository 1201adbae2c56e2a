"""What the pages of operations share: the door, the ways between them, and words for values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import update_wrapper
from typing import Concatenate, ParamSpec, TypeVar

from django.http import Http404
from django.urls import NoReverseMatch, reverse

from staffroom.accounts.access import is_administrator
from staffroom.metrics.declaration import msg
from staffroom.web.pages import Crumb, Page, Tab
from staffroom.web.request import SignedInRequest, face_of
from staffroom.web.sections import Section
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
    lead: str = "",
    template: str = "web/page.html",
    context: Mapping[str, object] | None = None,
    notices: tuple[str, ...] = (),
) -> Page:
    """The page ``name``, or one below it that has a ``title`` of its own; texts are finished."""
    own = Crumb(say(TABS[name]), reverse(name))
    return Page(
        title=title or say(TABS[name]),
        lead=lead,
        sections=sections,
        crumbs=(own,) if title else (),
        tabs=tuple(_tabs(name)),
        notices=notices,
        file_name=name,
        template=template,
        context=context or {},
    )


def is_read_by_people(request: SignedInRequest) -> bool:
    """True for the HTML page, whose words are translated; CSV and JSON hold raw values."""
    return face_of(request) == "html"


def _tabs(current: str) -> list[Tab]:
    tabs = []
    for name, title in TABS.items():
        try:
            tabs.append(Tab(say(title), reverse(name), name == current))
        except NoReverseMatch:
            continue
    return tabs
