"""What the registry's pages share: the door, the ways between them, and the trail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Unpack

from django.http import Http404
from django.urls import reverse

from staffroom.accounts import trail
from staffroom.metrics.declaration import msg
from staffroom.registry.access import states_for
from staffroom.registry.settings import registry_settings
from staffroom.web.pages import Page, Tab
from staffroom.web.request import SignedInRequest, face_of, is_read_by_people
from staffroom.web.sections import Section
from staffroom.web.tabs import Around, page_among
from staffroom.web.words import say

TABS = {
    "students": msg("Students"),
    "batches": msg("Batches"),
    "eligibility": msg("Eligibility"),
}
"""The pages of the registry, by the name of their route."""

NOTED = msg("This list names students; that you saw it is noted in the audit trail.")


@dataclass(frozen=True, slots=True)
class Desk:
    """One request of a registrar, with the states that are open to them."""

    request: SignedInRequest
    states: frozenset[str]

    @property
    def is_read_by_people(self) -> bool:
        return is_read_by_people(self.request)

    def asked(self, name: str) -> str:
        return self.request.GET.get(name, "").replace("\0", "").strip()[:100]  # PostgreSQL refuses a NUL

    def note(self, what: str, students: Iterable[tuple[str, str]]) -> None:
        """Note whom this answer names, as (state, id), before it is made. Raises where that fails."""
        learners = [(f"registry/{state}", ssid) for state, ssid in students]
        trail.record(
            self.request.user, f"registry/{what}.{face_of(self.request)}", course_id="", learners=learners
        )


def enter(request: SignedInRequest, state: str | None = None) -> Desk:
    """The only door to these pages: closed to everybody without a role as if they were not there (404)."""
    states = states_for(request.user, registry_settings(request.instance))
    if not states or (state is not None and state not in states):
        raise Http404
    return Desk(request, states)


def registry_page(
    name: str,
    sections: Mapping[str, Callable[[], Section]],
    *,
    title: str = "",
    **around: Unpack[Around],
) -> Page:
    """The page ``name``, or one below it that has a ``title`` of its own; texts are finished."""
    tabs = {tab: Tab(say(text), reverse(f"registry:{tab}")) for tab, text in TABS.items()}
    return page_among(tabs, name, sections, title=title, file_name=f"registry-{name}", **around)
