"""What the pages on access share: the door, which only project leads pass, and the ways between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import update_wrapper
from typing import Concatenate, ParamSpec, TypeVar

from django.http import Http404
from django.urls import reverse

from staffroom.metrics.declaration import msg
from staffroom.students.access import sets_access
from staffroom.students.viewing import viewer_of
from staffroom.web.pages import Crumb, Page, Tab
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.words import say

TABS = {
    "access": msg("Access"),
    "access-changes": msg("Changes"),
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


def access_page(
    name: str,
    sections: Mapping[str, Callable[[], Section]],
    *,
    title: str = "",
    lead: str = "",
    template: str = "web/page.html",
    context: Mapping[str, object] | None = None,
) -> Page:
    """The page ``name``, or one below it that has a ``title`` of its own; texts are finished."""
    own = Crumb(say(TABS[name]), reverse(f"students:{name}"))
    return Page(
        title=title or say(TABS[name]),
        lead=lead,
        sections=sections,
        crumbs=(own,) if title else (),
        tabs=tuple(Tab(say(text), reverse(f"students:{tab}"), tab == name) for tab, text in TABS.items()),
        file_name=name,
        template=template,
        context=context or {},
    )
