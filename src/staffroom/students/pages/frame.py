"""What the pages for project leads share: the door, which only they pass, and the ways between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import update_wrapper
from typing import Concatenate, ParamSpec, TypeVar, Unpack

from django.http import Http404
from django.urls import reverse

from staffroom.metrics.declaration import msg
from staffroom.students.access import sets_access
from staffroom.students.viewing import viewer_of
from staffroom.web.pages import Page, Tab
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.tabs import Around, page_among
from staffroom.web.words import say

TABS = {
    "access": msg("Access"),
    "access-overview": msg("Overview"),
    "access-labels": msg("Labels"),
    "access-changes": msg("Changes"),
    "imports": msg("Imports"),
    "trail": msg("Trail"),
    "sample": msg("Sample"),
}
"""The pages for project leads, by the name of their route."""

Parts = ParamSpec("Parts")
Answer = TypeVar("Answer")


def for_project_leads(
    view: Callable[Concatenate[SignedInRequest, Parts], Answer],
) -> Callable[Concatenate[SignedInRequest, Parts], Answer]:
    """Close a page or an action to everybody else as if it were not there (404).

    To project leads too, while they see as another: nobody is given that person's powers.
    """

    def guarded(request: SignedInRequest, /, *args: Parts.args, **parts: Parts.kwargs) -> Answer:
        if not sets_access(viewer_of(request)):
            raise Http404
        return view(request, *args, **parts)

    update_wrapper(guarded, view)
    return guarded


def lead_page(
    name: str, sections: Mapping[str, Callable[[], Section]], *, title: str = "", **around: Unpack[Around]
) -> Page:
    """The page ``name``, or one below it that has a ``title`` of its own; texts are finished."""
    tabs = {tab: Tab(say(text), reverse(f"students:{tab}"), False) for tab, text in TABS.items()}
    return page_among(tabs, name, sections, file_name=name, title=title, **around)
