"""Imports of students: what became of each file, and which ones wait for somebody to decide."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students.models.imports import Import, State
from staffroom.students.pages.frame import for_project_leads, lead_page
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.paging import Paging
from staffroom.web.request import SignedInRequest, is_read_by_people
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

COLUMNS = (
    Column("began_at", msg("Began"), Kind.INSTANT),
    Column("source", msg("Source"), Kind.TEXT),
    Column("state", msg("State"), Kind.TEXT),
    Column("file", msg("File"), Kind.TEXT),
    Column("file_at", msg("File of"), Kind.INSTANT, msg("When it was written where it came from.")),
    Column("is_stale", msg("Too old"), Kind.FLAG, msg("Older than a file of this source should ever be.")),
    Column("read", msg("Read"), Kind.COUNT, unit=msg("rows")),
    Column("created", msg("Created"), Kind.COUNT, unit=msg("records")),
    Column("updated", msg("Updated"), Kind.COUNT, unit=msg("records")),
    Column("removed", msg("Removed or flagged"), Kind.COUNT, unit=msg("records")),
    Column("skipped", msg("Skipped"), Kind.COUNT, unit=msg("rows")),
    Column("problem", msg("Problem"), Kind.TEXT),
)
KEPT = plural("{count} import is kept.", "{count} imports are kept.")
HELD = plural("{count} import waits for somebody to decide.", "{count} imports wait for somebody to decide.")


@for_project_leads
def imports(request: SignedInRequest) -> Page:
    """Every import of students, the latest first."""
    return lead_page(
        "imports",
        {"imports": lambda: _section(request)},
        lead=say(
            msg(
                "Each night the newest file of every source is compared with what is stored. One that would "
                "change too much is held, and changes nothing until somebody has looked."
            )
        ),
    )


def _section(request: SignedInRequest) -> Section:
    found = Import.objects.all()
    paging = Paging.of(request).with_total(found.count())
    held = found.filter(state=State.HELD).count()
    return Section(
        slug="imports",
        title=msg("Imports"),
        question=msg("What became of each file?"),
        answer=say_count(HELD, held) if held else say_count(KEPT, paging.total),
        table=Table(
            columns=COLUMNS,
            rows=[_row(one, for_people=is_read_by_people(request)) for one in found[paging.window]],
            links={"source": lambda row: reverse("students:import", args=[row["id"]])},
            paging=paging,
        ),
        empty=Empty(Cause.NOTHING_IMPORTED, say(msg("No file of students has been read yet."))),
    )


def _row(one: Import, *, for_people: bool) -> dict[str, Any]:
    counts = one.counts
    return {
        "id": one.pk,
        "began_at": one.began_at,
        "source": one.source,
        "state": say(str(State(one.state).label)) if for_people else one.state,
        "file": one.file_name or None,
        "file_at": one.modified_at,
        "is_stale": one.is_stale,
        "read": counts.get("read"),
        "created": counts.get("created", 0) if counts else None,
        "updated": counts.get("updated", 0) if counts else None,
        "removed": counts.get("removed", 0) + counts.get("flagged", 0) if counts else None,
        "skipped": counts.get("skipped"),
        "problem": one.problem or None,
    }
