"""A page: sections under one heading, with the dates, notices and ways on that they share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from staffroom.web.dates import DateRange
from staffroom.web.freshness import Freshness
from staffroom.web.sections import Section


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the way back to the home page; texts are finished."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the pages that belong together; they keep their place from page to page."""

    title: str
    url: str
    current: bool = False
    figure: str = ""
    """The one number that stands with it, finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the HTML page and its sections' other faces are drawn from. Texts are finished.

    ``sections`` maps a slug to a function that makes the section: a CSV or chart makes only its own.
    ``file_name`` begins the names of downloaded files: ASCII, without personal data.
    ``template`` and ``context`` are for pages with more than sections; they extend ``web/page.html``.
    """

    title: str
    sections: Mapping[str, Callable[[], Section]] = field(default_factory=dict)
    lead: str = ""
    kicker: str = ""
    """What the page belongs to, above its title: the course's key."""
    crumbs: tuple[Crumb, ...] = ()
    tabs: tuple[Tab, ...] = ()
    dates: DateRange | None = None
    freshness: Freshness | None = None
    notices: tuple[str, ...] = ()
    file_name: str = "staffroom"
    template: str = "web/page.html"
    context: Mapping[str, object] = field(default_factory=dict)

    def section(self, slug: str) -> Section | None:
        build = self.sections.get(slug)
        return build() if build else None
