"""The labels, and who holds each, for project leads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students.labels import LABELS
from staffroom.students.models import Label
from staffroom.students.pages.frame import for_project_leads, lead_page
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest, is_read_by_people
from staffroom.web.sections import Section
from staffroom.web.tables import Row, Table
from staffroom.web.words import say, say_count

COLUMNS = (
    Column("label", msg("Label"), Kind.TEXT),
    Column("grants", msg("What it opens"), Kind.TEXT),
    Column("holder", msg("Held by"), Kind.TEXT),
    Column("school", msg("School"), Kind.TEXT),
    Column("is_present", msg("Present"), Kind.FLAG, msg("Named by the last import.")),
)
HELD = plural("{count} label is held by somebody.", "{count} labels are held by somebody.")


@for_project_leads
def labels(request: SignedInRequest) -> Page:
    """For each label who holds it; labels that nobody holds stand there too."""
    return lead_page(
        "access-labels",
        {"labels": lambda: _section(request)},
        lead=say(msg("Each label is one named grant. It is given on the page of an educator.")),
    )


def _section(request: SignedInRequest) -> Section:
    rows = list(_rows(for_people=is_read_by_people(request)))
    return Section(
        slug="labels",
        title=msg("Labels"),
        question=msg("Who holds which label?"),
        answer=say_count(HELD, len({row["label"] for row in rows if row["holder"]})),
        table=Table(columns=COLUMNS, rows=rows, links={"holder": _educator}, groups=("label", "grants")),
    )


def _rows(*, for_people: bool) -> Iterator[dict[str, Any]]:
    held: dict[str, list[Label]] = {}
    holders = Label.objects.select_related("educator__school")
    for label in holders.order_by("educator__full_name", "educator__login"):
        held.setdefault(label.key, []).append(label)
    for kind in LABELS:
        title, grants = (say(kind.title), say(kind.grants)) if for_people else (kind.key, kind.grants)
        for holder in held.get(kind.key, [None]):
            yield {"label": title, "grants": grants, **_holder(holder)}


def _holder(label: Label | None) -> dict[str, Any]:
    if label is None:
        return {"id": None, "holder": None, "school": None, "is_present": None}
    educator = label.educator
    return {
        "id": educator.pk,
        "holder": educator.full_name or educator.login,
        "school": educator.school.name if educator.school else None,
        "is_present": educator.missing_since is None,
    }


def _educator(row: Row) -> str | None:
    return reverse("students:access-educator", args=[row["id"]]) if row["id"] else None
