"""All that the registry holds of one student: told to whoever may ask for it, or erased for good.

A student is in the register, among those set aside, in what was said of rows, and in the bodies of batches,
which are kept as they came. In a body a mark takes the place of the student's rows, so that all others keep
their numbers. The audit trail stays: it says who has seen whom, and has a retention of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from django.db import connections, transaction
from django.db.models import QuerySet

from staffroom.config import Instance
from staffroom.registry import students
from staffroom.registry.batches import note_facts
from staffroom.registry.bodies import deflated, inflated
from staffroom.registry.erased import ERASED_ROW, kind_of
from staffroom.registry.errors import NotUnderstood
from staffroom.registry.fields import as_object
from staffroom.registry.models import Batch, Body, Eligibility, Held, Note, Removal, Student
from staffroom.registry.parsing import UNREADABLE, Rows, line_of, rows_of, with_rows_replaced
from staffroom.registry.writing import DATABASE
from staffroom.tombstones import Tombstones
from staffroom.web.raw import json_value

WHOLE = 0
"""The number of the row that stands for a body as a whole, where it cannot be told apart into rows."""


def records(state: str, ssid: str) -> dict[str, Any]:
    """What is held of a student, as JSON knows it; rows of batches are told as they were sent."""
    found = students.find_student(state, ssid)
    held = Held.objects.filter(state=state, ssid=ssid).first()
    return {
        "student": students.facts_of(found) if found else None,
        "changed_at": json_value(found.changed_at) if found else None,
        "eligible_for": students.eligible_for(state, ssid),
        "set_aside": as_object(orjson.loads(held.record)) if held else None,
        "errors": [{"batch": note.batch.key, **note_facts(note)} for note in _notes(state, ssid)],
        "sent": [
            {"batch": batch.key, "at": json_value(batch.submitted_at), "row": number, "data": data}
            for batch, rows in _sent(state, ssid)
            for number, data in rows
        ],
    }


def erase(instance: Instance, state: str, ssid: str) -> dict[str, int]:
    """Remove all of it and hide the student from whatever comes later; returns how much there was of what.

    It may be killed and run again. Raises SettingsError where the list of tombstones cannot be written.
    """
    Tombstones(instance).add(kind_of(state), ssid)
    with _for_good():
        with transaction.atomic(using=DATABASE):
            _let_writers_end()
            own = {"state": state, "ssid": ssid}
            gone = {
                "students": Student.objects.filter(**own).delete()[0],
                "eligibilities": Eligibility.objects.filter(**own).delete()[0],
                "set_aside": Held.objects.filter(**own).delete()[0],
                "removals": Removal.objects.filter(**own).delete()[0],
                "errors": _notes(state, ssid).update(ssid="", field="", message=""),
            }
        gone["rows"] = sum(_blank(batch, ssid) for batch, _ in _sent(state, ssid))
    return gone


def _notes(state: str, ssid: str) -> QuerySet[Note]:
    return Note.objects.filter(batch__state=state, ssid=ssid).select_related("batch")


def _sent(state: str, ssid: str) -> Iterator[tuple[Batch, Rows]]:
    """The batches whose bodies hold rows of the student, with those rows."""
    last = 0
    while batch := Batch.objects.filter(id__gt=last, state=state, body__isnull=False).order_by("id").first():
        last = batch.id
        if rows := _rows_of_student(_body_of(batch), ssid):
            yield batch, rows


def _body_of(batch: Batch) -> bytes:
    return inflated(bytes(Body.objects.values_list("data", flat=True).get(batch_id=batch.id)))


def _rows_of_student(body: bytes, ssid: str) -> Rows:
    name = ssid.encode()
    if name not in body and b"\\u" not in body:
        return []  # an id is letters and digits: it stands there as it is, or escaped
    try:
        rows = rows_of(body)
    except NotUnderstood:
        return [(WHOLE, None)] if name in body else []
    found: Rows = []
    for number, row in rows:
        if row is UNREADABLE and name in (line := line_of(body, number)):
            found.append((number, line.decode("utf-8", "replace")))
        elif isinstance(row, dict) and str(row.get("ssid", "")).strip() == ssid:
            found.append((number, row))
    return found


def _blank(batch: Batch, ssid: str) -> int:
    """Put the mark into the place of the student's rows; returns how many there were."""
    with transaction.atomic(using=DATABASE):
        Batch.objects.select_for_update().get(
            id=batch.id
        )  # a drain reads a body only while it holds its batch
        body = _body_of(batch)
        numbers = [number for number, _ in _rows_of_student(body, ssid)]
        blank = b"[]" if WHOLE in numbers else with_rows_replaced(body, numbers, ERASED_ROW)
        data = deflated(blank)
        Body.objects.filter(batch_id=batch.id).update(data=data)
        Batch.objects.filter(id=batch.id).update(size=len(data))
    return len(numbers)


def _let_writers_end() -> None:
    """On SQLite they take turns anyway. Who writes after this sees the tombstone before it does."""
    if connections[DATABASE].vendor == "postgresql":
        with connections[DATABASE].cursor() as cursor:
            cursor.execute(
                "LOCK TABLE registry_student, registry_held, registry_note IN SHARE ROW EXCLUSIVE MODE"
            )


@contextmanager
def _for_good() -> Iterator[None]:
    """What is deleted is overwritten in the file, and the log that still tells of it is emptied."""
    connection = connections[DATABASE]
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    connection.cursor().execute("PRAGMA secure_delete=ON")
    try:
        yield
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.cursor().execute("PRAGMA secure_delete=OFF")
