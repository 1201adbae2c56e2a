"""Batches as their senders and registrars see them: how they stand, what became of their rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import QuerySet

from staffroom.registry.models import Batch, Client, Note
from staffroom.registry.models.batch import COUNTS
from staffroom.web.raw import json_value


def find_batch(key: str, *, client_id: int | None = None, states: Collection[str] = ()) -> Batch | None:
    """The batch with this public name, if it is the client's own or of one of ``states``."""
    batch = Batch.objects.filter(key=key).first()
    if batch is None or (batch.client_id != client_id and batch.state not in states):
        return None
    return batch


def notes_of(batch: Batch) -> QuerySet[Note]:
    """What was said of its rows, in their order."""
    return Note.objects.filter(batch=batch).order_by("row", "id")


def status(batch: Batch) -> dict[str, Any]:
    """How a batch stands; ``submitted`` is null until its bytes were read."""
    return {
        "id": batch.key,
        "state": batch.state,
        "kind": batch.kind,
        "standing": batch.standing,
        "final": batch.is_final,
        "submitted_at": json_value(batch.submitted_at),
        "updated_at": json_value(batch.updated_at),
        "submitted": batch.submitted,
        "processed": batch.processed,
        **{name: getattr(batch, name) for name in COUNTS},
        "errors_kept": batch.notes_kept,
    }


def note_facts(note: Note) -> dict[str, Any]:
    """One row's fault; ``row`` 0 is the batch as a whole."""
    return {
        "row": note.row,
        "ssid": note.ssid or None,
        "field": note.field or None,
        "code": note.code,
        "message": note.message,
    }


def known_status(batch: Batch, notes: Sequence[Note]) -> dict[str, Any]:
    """The status in the words of the interface that older loaders know."""
    messages: dict[str, list[str]] = {}
    for note in notes:
        if note.code == "duplicate":
            continue  # of this student another row was taken: numExceptions does not count it either
        said = f"{note.field}: {note.message}" if note.field else note.message
        messages.setdefault(note.ssid, []).append(said)
    submitted = batch.submitted or 0
    return {
        "id": batch.key,
        "upsert": batch.kind == "upsert",
        "numSubmitted": submitted,
        "numProcessed": batch.processed,
        "numSuccess": batch.processed - batch.rejected - batch.held,
        "exceptions": [{"ssid": ssid, "errorMessage": "; ".join(said)} for ssid, said in messages.items()],
        "numExceptions": batch.rejected + batch.held,
        "percentComplete": batch.processed / submitted if submitted else float(batch.is_final),
        "submittedBy": sender(batch),
        "submittedDate": json_value(batch.submitted_at),
        "updatedDate": json_value(batch.updated_at),
        "stateCode": batch.state,
    }


def sender(batch: Batch) -> str:
    """The name of the client that sent it; its number where it is no longer there."""
    name = Client.objects.filter(pk=batch.client_id).values_list("name", flat=True).first()
    return name or str(batch.client_id)
