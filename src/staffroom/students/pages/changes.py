"""Who granted or took what, when."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from staffroom.accounts.models import Person
from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students.models import GrantChange
from staffroom.students.pages.frame import for_project_leads, lead_page
from staffroom.students.pages.words import in_words, value_in_words
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.paging import Paging
from staffroom.web.request import SignedInRequest, face_of
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

COLUMNS = (
    Column("changed_at", msg("When"), Kind.INSTANT),
    Column("educator", msg("Whose"), Kind.TEXT),
    Column("field", msg("What"), Kind.TEXT),
    Column("before", msg("Before"), Kind.TEXT),
    Column("after", msg("After"), Kind.TEXT),
    Column("changed_by", msg("Who"), Kind.TEXT),
    Column("through", msg("Through"), Kind.TEXT),
)
ANSWER = plural("{count} change is noted.", "{count} changes are noted.")
THROUGH = {
    "page": msg("page"),
    "command line": msg("command line"),
    "import": msg("import"),
}


@for_project_leads
def changes(request: SignedInRequest) -> Page:
    """Every change of grants and labels, the latest first."""
    return lead_page(
        "access-changes",
        {"changes": lambda: changes_section(request, GrantChange.objects.all())},
        lead=say(msg("Each grant that was given or taken, by whom and when. Nothing is ever removed here.")),
    )


def changes_section(request: SignedInRequest, found: QuerySet[GrantChange]) -> Section:
    paging = Paging.of(request).with_total(found.count())
    shown = list(found.select_related("educator")[paging.window])
    return Section(
        slug="changes",
        title=msg("Changes"),
        question=msg("Who changed what, and when?"),
        answer=say_count(ANSWER, paging.total),
        table=Table(
            columns=COLUMNS,
            rows=_rows(shown, for_people=face_of(request) == "html"),
            links={"educator": lambda row: reverse("students:access-educator", args=[row["id"]])},
            paging=paging,
        ),
        empty=Empty(Cause.NOTHING_KEPT, say(msg("Nothing was granted or taken yet."))),
    )


def _rows(shown: list[GrantChange], *, for_people: bool) -> list[dict[str, Any]]:
    ids = {change.changed_by for change in shown if change.changed_by is not None}
    names = dict(Person.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [
        {
            "id": change.educator_id,
            "changed_at": change.changed_at,
            "educator": change.educator.full_name or change.educator.login,
            "changed_by": names.get(change.changed_by) if change.changed_by else None,
            **(_said(change) if for_people else _raw(change)),
        }
        for change in shown
    ]


def _said(change: GrantChange) -> dict[str, str]:
    return {
        "field": in_words(change.field),
        "before": value_in_words(change.before),
        "after": value_in_words(change.after),
        "through": say(THROUGH[change.through]),
    }


def _raw(change: GrantChange) -> dict[str, str]:
    return {
        "field": change.field,
        "before": _plain(change.before),
        "after": _plain(change.after),
        "through": change.through,
    }


def _plain(value: Any) -> str:
    return " ".join(value) if isinstance(value, list) else str(bool(value)).lower()
