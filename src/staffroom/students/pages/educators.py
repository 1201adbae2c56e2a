"""Educators and what is granted to them, for project leads."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students.models import Educator
from staffroom.students.pages.frame import for_project_leads, lead_page
from staffroom.students.pages.words import granted, in_words
from staffroom.web.empty import Cause, Empty
from staffroom.web.listing import listed
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest, face_of
from staffroom.web.sections import Section
from staffroom.web.words import say, say_count

COLUMNS = (
    Column("name", msg("Name"), Kind.TEXT),
    Column("login", msg("Login name"), Kind.TEXT),
    Column("school", msg("School"), Kind.TEXT),
    Column("grants", msg("Granted"), Kind.TEXT, msg("Beyond their own homeroom and sections.")),
    Column(
        "is_administrator",
        msg("Leads a school"),
        Kind.FLAG,
        msg("The student information system says so; opens the students of the school."),
    ),
    Column("is_present", msg("Present"), Kind.FLAG, msg("Named by the last import.")),
    Column("has_account", msg("Account"), Kind.FLAG, msg("Somebody can sign in as this educator.")),
)
ALL = plural("{count} educator is known.", "{count} educators are known.")
FOUND = plural("{count} educator matches.", "{count} educators match.")


@for_project_leads
def access_list(request: SignedInRequest) -> Page:
    """Educators and what is granted to each."""
    return lead_page(
        "access",
        {"educators": lambda: _section(request)},
        lead=say(
            msg(
                "Everybody sees the students of their homeroom and sections. "
                "What goes beyond is granted here."
            )
        ),
    )


def _section(request: SignedInRequest) -> Section:
    table = listed(
        request,
        COLUMNS,
        _rows(for_people=face_of(request) == "html"),
        sort="name",
        searched=("name", "login", "school", "grants"),
        links={"name": lambda row: reverse("students:access-educator", args=[row["id"]])},
    )
    return Section(
        slug="educators",
        title=msg("Educators"),
        question=msg("Who was granted what?"),
        answer=say_count(FOUND if request.GET.get("q") else ALL, table.total),
        table=table,
        empty=_empty(request),
    )


def _empty(request: SignedInRequest) -> Empty:
    if request.GET.get("q"):
        return Empty(Cause.FILTER_TOO_NARROW, say(msg("Nobody has this in their name, school or grants.")))
    return Empty(Cause.NOTHING_IMPORTED)


def _rows(*, for_people: bool) -> list[dict[str, Any]]:
    found = Educator.objects.select_related("school", "grants", "person").prefetch_related("labels")
    return [
        {
            "id": educator.pk,
            "name": educator.full_name or educator.login,
            "login": educator.login,
            "school": educator.school.name if educator.school else None,
            "grants": _grants(educator, for_people=for_people),
            "is_administrator": educator.is_administrator,
            "is_present": educator.missing_since is None,
            "has_account": educator.person is not None and educator.person.is_active,
        }
        for educator in found
    ]


def _grants(educator: Educator, *, for_people: bool) -> str | None:
    names = granted(educator)
    return (", ".join(map(in_words, names)) if for_people else " ".join(names)) or None
