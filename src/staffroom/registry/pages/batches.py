"""Batches: what was sent, by whom, how it stands and what became of it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.registry.models import Batch, Client
from staffroom.registry.models.batch import COUNTS, WAITING
from staffroom.registry.pages.frame import Desk, enter, registry_page
from staffroom.registry.pages.words import say_kind, say_standing
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.paging import Paging
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

MOST = 1000

COLUMNS = (
    Column("submitted_at", msg("Sent"), Kind.INSTANT),
    Column("standing", msg("Standing"), Kind.TEXT),
    Column("sender", msg("Sender"), Kind.TEXT),
    Column("state", msg("State"), Kind.TEXT),
    Column("kind", msg("Kind"), Kind.TEXT),
    Column("submitted", msg("Rows"), Kind.COUNT, msg("Known once the batch was read.")),
    Column("created", msg("Created"), Kind.COUNT),
    Column("updated", msg("Updated"), Kind.COUNT),
    Column("unchanged", msg("Unchanged"), Kind.COUNT),
    Column("removed", msg("Removed"), Kind.COUNT),
    Column("held", msg("Held"), Kind.COUNT, msg("Set aside until their school is known.")),
    Column("superseded", msg("Superseded"), Kind.COUNT, msg("Overtaken by a later row or batch.")),
    Column("rejected", msg("Rejected"), Kind.COUNT),
    Column("id", msg("Batch id"), Kind.BLOCK),
)
NONE_WAITS = msg("Nothing waits.")
WAITS = plural("{count} batch waits to be written.", "{count} batches wait to be written.")


def batches(request: SignedInRequest) -> Page:
    """Batches of the states that are open to the registrar, the newest first."""
    desk = enter(request)
    return registry_page("batches", {"batches": lambda: _section(desk)})


def _section(desk: Desk) -> Section:
    found = Batch.objects.filter(state__in=desk.states).order_by("-id")
    paging = Paging.of(desk.request).with_total(found[:MOST].count())
    waiting = found.filter(standing__in=WAITING).count()
    return Section(
        slug="batches",
        title=msg("Batches"),
        question=msg("What was sent, and what became of it?"),
        answer=say_count(WAITS, waiting) if waiting else say(NONE_WAITS),
        table=Table(
            columns=COLUMNS,
            rows=rows_of(desk, list(found[:MOST][paging.window])),
            links={"submitted_at": lambda row: reverse("registry:batch", args=[row["id"]])},
            paging=paging,
        ),
        empty=Empty(Cause.NOTHING_IMPORTED, say(msg("No batch has been sent yet."))),
    )


def rows_of(desk: Desk, found: list[Batch]) -> list[dict[str, Any]]:
    names = dict(Client.objects.values_list("pk", "name"))
    words = desk.is_read_by_people
    return [
        {
            "submitted_at": batch.submitted_at,
            "standing": say_standing(batch.standing) if words else batch.standing,
            "sender": names.get(batch.client_id),
            "state": batch.state,
            "kind": say_kind(batch.kind) if words else batch.kind,
            "submitted": batch.submitted,
            **{name: getattr(batch, name) for name in COUNTS},
            "id": batch.key,
        }
        for batch in found
    ]
