"""One batch: what became of its rows, and what was said of those that were not taken."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.registry import batches as read
from staffroom.registry.models import Batch, Note
from staffroom.registry.pages.frame import NOTED, Desk, enter, registry_page
from staffroom.registry.pages.words import OUTCOMES, say_fault, say_standing
from staffroom.web import formats
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.paging import Paging
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

OUTCOME = Column("outcome", msg("What became of them"), Kind.TEXT)
ROWS = Column("rows", msg("Rows"), Kind.COUNT)
ERRORS = (
    Column("row", msg("Row"), Kind.COUNT, msg("Counted from 1; 0 is the batch as a whole.")),
    Column("ssid", msg("Student id"), Kind.LEARNER),
    Column("field", msg("Field"), Kind.TEXT),
    Column("code", msg("What is wrong"), Kind.TEXT),
    Column("message", msg("What the sender was told"), Kind.TEXT),
)
READ = plural("{count} row was read.", "{count} rows were read.")
NOT_READ = msg("It has not been read yet.")
TOLD = plural("{count} fault is told of.", "{count} faults are told of.")


def batch(request: SignedInRequest, batch: str) -> Page:
    """One batch of a state that is open to the registrar."""
    desk = enter(request)
    found = read.find_batch(batch, states=desk.states)
    if found is None:
        raise Http404
    return registry_page(
        "batches",
        {"outcome": lambda: _outcome(desk, found), "errors": lambda: _errors(desk, found)},
        title=say(msg("Batch of {at}"), at=formats.instant(found.submitted_at)),
        lead=say(
            msg("Sent by {sender}; it is {standing}."),
            sender=read.sender(found),
            standing=say_standing(found.standing),
        ),
    )


def _outcome(desk: Desk, batch: Batch) -> Section:
    words = desk.is_read_by_people
    return Section(
        slug="outcome",
        title=msg("Outcome"),
        question=msg("What became of its rows?"),
        answer=say(NOT_READ) if batch.submitted is None else say_count(READ, batch.submitted),
        table=Table(
            columns=(OUTCOME, ROWS),
            rows=[
                {"outcome": say(title) if words else name, "rows": getattr(batch, name)}
                for name, title in OUTCOMES.items()
            ],
            bars=frozenset({"rows"}),
        ),
    )


def _errors(desk: Desk, batch: Batch) -> Section:
    notes = read.notes_of(batch)
    paging = Paging.of(desk.request).with_total(batch.notes_kept)
    shown = list(notes[paging.window])
    desk.note("batch/errors", [(batch.state, note.ssid) for note in shown if note.ssid])
    return Section(
        slug="errors",
        title=msg("Faults"),
        question=msg("What is wrong with the rows that were not taken?"),
        answer=say_count(TOLD, batch.notes_kept),
        table=Table(
            columns=ERRORS,
            rows=[_row(note, words=desk.is_read_by_people) for note in shown],
            caption=say(NOTED),
            paging=paging,
        ),
        empty=Empty(Cause.FILTER_TOO_NARROW, say(msg("Nothing is wrong with any of its rows."))),
    )


def _row(note: Note, *, words: bool) -> dict[str, Any]:
    facts = read.note_facts(note)
    return {**facts, "code": say_fault(note.code)} if words else facts
