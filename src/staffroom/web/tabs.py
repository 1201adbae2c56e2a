"""Pages that belong together: each is drawn with the ways to the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypedDict, Unpack

from staffroom.web.pages import Crumb, Page, Tab
from staffroom.web.sections import Section


class Around(TypedDict, total=False):
    """What may stand around the sections of such a page; all texts are finished."""

    lead: str
    notices: tuple[str, ...]
    template: str
    context: Mapping[str, object]


def page_among(
    tabs: Mapping[str, Tab],
    name: str,
    sections: Mapping[str, Callable[[], Section]],
    *,
    file_name: str,
    title: str = "",
    **around: Unpack[Around],
) -> Page:
    """The page ``name`` of ``tabs``, or one below it that has a ``title`` of its own and leads back to it."""
    own = tabs[name]
    return Page(
        title=title or own.title,
        sections=sections,
        crumbs=(Crumb(own.title, own.url),) if title else (),
        tabs=tuple(replace(tab, current=key == name) for key, tab in tabs.items()),
        file_name=file_name,
        **around,
    )
