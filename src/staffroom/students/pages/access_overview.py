"""Who holds what reaches furthest, and what opens students to each educator, for project leads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.urls import reverse

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students.access import rules_now
from staffroom.students.overview import SENSITIVE, Opening, openings, sensitive
from staffroom.students.pages.frame import for_project_leads, lead_page
from staffroom.students.pages.words import MEANINGS, TITLES, in_words
from staffroom.web.empty import Cause, Empty
from staffroom.web.listing import listed
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest, is_read_by_people
from staffroom.web.sections import Section
from staffroom.web.tables import Row, Table
from staffroom.web.words import say, say_count

WHO = (
    Column("name", msg("Name"), Kind.TEXT),
    Column("login", msg("Login name"), Kind.TEXT),
    Column("school", msg("School"), Kind.TEXT),
)
SENSITIVE_COLUMNS = (
    *WHO,
    *(Column(name, TITLES[name], Kind.FLAG, MEANINGS[name]) for name in SENSITIVE),
    Column("leads_school", msg("Leads a school"), Kind.FLAG),
    Column("has_account", msg("Account"), Kind.FLAG, msg("Somebody can sign in as this educator.")),
)
ALL_COLUMNS = (
    *WHO,
    Column("is_present", msg("Present"), Kind.FLAG, msg("Named by the last import.")),
    Column("opened", msg("What opens and narrows"), Kind.TEXT),
    Column("homerooms", msg("Homeroom"), Kind.TEXT),
    Column("sections", msg("Sections"), Kind.COUNT, msg("Those that open students now.")),
)
HELD = plural("{count} educator holds what reaches far.", "{count} educators hold what reaches far.")
KNOWN = plural("{count} educator is known.", "{count} educators are known.")
FOUND = plural("{count} educator matches.", "{count} educators match.")
OWN_CLASSES = {
    "homeroom": msg("homeroom"),
    "sections": msg("sections"),
    "leads_school": msg("Leads a school"),
}


class _Overview:
    """What one request sees, read once for both sections."""

    @cached_property
    def openings(self) -> list[Opening]:
        return openings(rules_now())


@for_project_leads
def access_overview(request: SignedInRequest) -> Page:
    """Sensitive grants first, then all educators by what opens students to them."""
    overview = _Overview()
    return lead_page(
        "access-overview",
        {
            "sensitive": lambda: _sensitive(overview.openings),
            "educators": lambda: _all(request, overview.openings),
        },
        lead=say(
            msg("Who holds what reaches furthest stands first; below, who has the same stands side by side.")
        ),
    )


def _sensitive(found: Sequence[Opening]) -> Section:
    held = sensitive(list(found))
    return Section(
        slug="sensitive",
        title=msg("What reaches furthest"),
        question=msg("Who sees or changes more than their own school?"),
        answer=say_count(HELD, len(held)),
        table=Table(
            columns=SENSITIVE_COLUMNS,
            rows=[
                {
                    **_who(one),
                    **dict(zip((*SENSITIVE, "leads_school"), one.sensitive, strict=True)),
                    "has_account": one.educator.person is not None and one.educator.person.is_active,
                }
                for one in held
            ],
            links={"name": _educator},
        ),
        empty=Empty(Cause.NOTHING_KEPT, say(msg("Nobody holds any of it."))),
    )


def _all(request: SignedInRequest, found: Sequence[Opening]) -> Section:
    for_people = is_read_by_people(request)
    table = listed(
        request,
        ALL_COLUMNS,
        [
            {
                **_who(one),
                "is_present": one.is_present,
                "opened": _opened(one, for_people=for_people),
                "homerooms": ", ".join(one.homerooms) or None,
                "sections": one.sections,
            }
            for one in found
        ],
        sort="",
        searched=("name", "login", "school", "opened"),
        links={"name": _educator},
    )
    narrowed = Empty(Cause.FILTER_TOO_NARROW, say(msg("Nobody has this in their name, school or grants.")))
    return Section(
        slug="educators",
        title=msg("Everybody"),
        question=msg("What opens students to each educator?"),
        answer=say_count(FOUND if request.GET.get("q") else KNOWN, table.total),
        table=table,
        empty=narrowed if found else Empty(Cause.NOTHING_IMPORTED),
    )


def _who(one: Opening) -> dict[str, Any]:
    educator = one.educator
    return {
        "id": educator.pk,
        "name": educator.full_name or educator.login,
        "login": educator.login,
        "school": educator.school.name if educator.school else None,
    }


def _opened(one: Opening, *, for_people: bool) -> str | None:
    if not for_people:
        return " ".join(one.pattern) or None
    told = (say(OWN_CLASSES[name]) if name in OWN_CLASSES else in_words(name) for name in one.pattern)
    return ", ".join(told) or None


def _educator(row: Row) -> str:
    return reverse("students:access-educator", args=[row["id"]])
