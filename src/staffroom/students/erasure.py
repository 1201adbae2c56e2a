"""All that is held of one student: told to whoever may ask for it, or erased for good.

The tombstone comes first, so that no import brings the student back; killed at any moment, erasing is done
by erasing again. What the system of origin has delivered stays in the folders of deliveries for as long as
their retention says; the audit trail keeps the local id of who was looked at, for as long as its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Model

from staffroom.config import Instance
from staffroom.events.rejects import RejectsFile, keep_rejects, read_rejects
from staffroom.students.documents import delete_document, read_document
from staffroom.students.erased import KIND
from staffroom.students.importing.changes import changes_path
from staffroom.students.importing.turn import rejects_name
from staffroom.students.models import Document, Import, Note, Student
from staffroom.students.models.imports import State
from staffroom.tombstones import Tombstones
from staffroom.web.raw import json_value

NOT_TOLD = ("id", "arrived_in", "left_in")
"""Fields that say nothing of a student."""


def records(student: Student) -> dict[str, Any]:
    """What is held of a student, as JSON knows it: their fields, and each table's rows, notes with revisions.

    Restricted notes and drafts are among it: it is the student's whole record.
    """
    told: dict[str, Any] = {"student": _facts(student)}
    for name, found in _rows(student):
        told[name] = [_facts(one) for one in found.order_by("pk")]
    for note, facts in zip(Note.objects.filter(student=student).order_by("pk"), told["notes"], strict=True):
        facts["revisions"] = [_facts(one) for one in note.revisions.all()]
        facts["links"] = [link.url for link in note.links.all()]
    return told


def documents(instance: Instance, student: Student) -> Iterator[tuple[str, bytes]]:
    """The student's documents, past versions too, each with a name for its file. Raises DocumentLost."""
    for one in Document.objects.filter(student=student).order_by("pk"):
        name = f"{one.kind}-{one.pk}{Path(one.file_name).suffix.lower()[:5]}"
        yield name, read_document(instance, one.digest)


def erase(instance: Instance, local_id: str) -> dict[str, int]:
    """Remove all of it and hide the student from whatever comes later; returns how much there was of what.

    Raises SettingsError where the list of tombstones cannot be written. The caller holds ``import_lock``.
    """
    Tombstones(instance).add(KIND, local_id)
    gone: dict[str, int] = {"documents": 0}
    student = Student.objects.filter(local_id=local_id).first()
    if student is not None:
        gone["documents"] = _delete_documents(instance, student)
        with transaction.atomic():
            for name, found in _rows(student):
                gone[name] = found.count()
            gone["students"] = 1
            student.delete()
    gone["held_imports"] = _drop_held(instance)
    gone["rejects"] = sum(_leave_out(instance, number, local_id) for number in _imports())
    _forget()
    return {name: count for name, count in gone.items() if count}


def _rows(student: Student) -> Iterator[tuple[str, models.QuerySet[Model]]]:
    """Every table that is about the student, by its name: a new one is among them the day it is born."""
    for relation in Student._meta.related_objects:
        model = relation.related_model
        assert isinstance(model, type) and issubclass(model, Model)
        name = relation.get_accessor_name() or f"{model._meta.model_name}s"
        yield name, model._default_manager.filter(**{relation.field.name: student})


def _facts(row: Model) -> dict[str, Any]:
    return {
        field.name: json_value(getattr(row, field.attname))
        for field in row._meta.concrete_fields
        if field.name not in NOT_TOLD
    }


def _delete_documents(instance: Instance, student: Student) -> int:
    """The files of documents that are nobody else's."""
    mine = set(Document.objects.filter(student=student).values_list("digest", flat=True))
    shared = (
        Document.objects.filter(digest__in=mine).exclude(student=student).values_list("digest", flat=True)
    )
    for digest in mine - set(shared):
        delete_document(instance, digest)
    return len(mine)


def _drop_held(instance: Instance) -> int:
    """Held imports may hold the student's rows: they are dropped, and the next night compares anew."""
    held = list(Import.objects.filter(state=State.HELD).values_list("pk", flat=True))
    for number in held:
        changes_path(instance, number).unlink(missing_ok=True)
    return Import.objects.filter(pk__in=held).update(state=State.SUPERSEDED)


def _imports() -> list[int]:
    return list(Import.objects.order_by("pk").values_list("pk", flat=True))


def _leave_out(instance: Instance, number: int, local_id: str) -> int:
    """Write the rejects of an import anew without the rows that name the student; returns how many went."""
    name, wanted = rejects_name(number), local_id.encode()
    every = list(read_rejects(instance.rejects, name))
    kept = [one for one in every if wanted not in one.data]
    if len(kept) == len(every):
        return 0
    part = instance.root / "scratch" / f"{name}.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    part.unlink(missing_ok=True)
    with RejectsFile(part) as file:
        for one in kept:
            file.add(one)
    keep_rejects(instance.rejects, name, part)
    return len(every) - len(kept)


def _forget() -> None:
    """On SQLite, what was deleted leaves the file and its log too."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("VACUUM")
