"""Registered students: one of them, or those that a search finds."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import orjson
from django.db import connections, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from staffroom.registry.erased import kind_of
from staffroom.registry.errors import StudentErased
from staffroom.registry.fields import Record, as_object
from staffroom.registry.models import Batch, Eligibility, Kind, Standing, Student
from staffroom.registry.parts import Rules
from staffroom.registry.writing import DATABASE, Became, Entry, register, remove


def find_student(state: str, ssid: str) -> Student | None:
    return Student.objects.filter(state=state, ssid=ssid).first()


def record_of(student: Student) -> Record:
    record: Record = orjson.loads(student.record)
    return record


def facts_of(student: Student) -> dict[str, Any]:
    """The student as it was sent, checked and trimmed."""
    return as_object(record_of(student))


def eligible_for(state: str, ssid: str) -> list[str]:
    found = Eligibility.objects.filter(state=state, ssid=ssid).order_by("assessment")
    return list(found.values_list("assessment", flat=True))


def search(states: Collection[str], words: str, *, school: str = "") -> QuerySet[Student]:
    """Students whose id or last name begins with ``words``; what holds a digit is taken for an id."""
    found = Student.objects.filter(state__in=states)
    if school:
        found = found.filter(institution=school)
    if any(letter.isdigit() for letter in words):
        return found.filter(_begins("ssid", words)).order_by("state", "ssid")
    if words:
        start = " ".join(words.lower().split())
        return found.filter(_begins("name", start)).order_by("state", "name", "ssid")
    return found.order_by("state", "ssid")


def _begins(column: str, start: str) -> Q:
    """In the way that the database has an index for."""
    if connections[DATABASE].vendor == "postgresql":
        return Q(**{f"{column}__startswith": start})
    return Q(**{f"{column}__gte": start, f"{column}__lt": f"{start}\U0010ffff"})


def put(client_id: int, state: str, record: Record, rules: Rules) -> Became:
    """Register one student now, before all batches that wait: what they say of this student is older.

    Raises StudentErased.
    """
    entry = Entry.of(record)
    with transaction.atomic(using=DATABASE):
        if rules.tombstones.hides(kind_of(state), entry.ssid):
            raise StudentErased("The student", "was erased here.", happened="Nothing was taken.")
        batch = _batch_of_one(client_id, state, Kind.UPSERT, entry.digest)
        became = register(state, [entry], batch=batch.id, assessments=rules.assessments)
        batch.created, batch.updated = len(became.created), len(became.updated)
        batch.unchanged, batch.superseded = len(became.unchanged), len(became.superseded)
        batch.save()
    return became


def delete(client_id: int, state: str, ssid: str) -> bool:
    """Remove one student now; False where there is none."""
    with transaction.atomic(using=DATABASE):
        if not Student.objects.filter(state=state, ssid=ssid).exists():
            return False
        batch = _batch_of_one(client_id, state, Kind.REMOVE, b"")
        gone, late = remove(state, [ssid], batch=batch.id)
        batch.removed, batch.superseded = len(gone), len(late)
        batch.save()
    return bool(gone)


def _batch_of_one(client_id: int, state: str, kind: Kind, digest: bytes) -> Batch:
    return Batch.objects.create(
        client_id=client_id,
        state=state,
        kind=kind,
        standing=Standing.DONE,
        digest=digest,
        size=0,
        submitted=1,
        next_row=1,
        submitted_at=timezone.now(),
    )
