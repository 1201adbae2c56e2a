"""Held imports: what they would change, and what a person decided."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from functools import partial

from django.utils import timezone

from staffroom.accounts.models import Person
from staffroom.config import Instance
from staffroom.errors import PermanentError, UnknownName
from staffroom.jobs import runs
from staffroom.jobs.models import Run
from staffroom.students.importing.changes import FOLDER, Change, changes_path, kept_changes, read_changes
from staffroom.students.importing.columns import WorldChanged
from staffroom.students.importing.matching import Scope
from staffroom.students.importing.tables import TABLES, Table
from staffroom.students.importing.turn import Night, apply
from staffroom.students.importing.writing import shown
from staffroom.students.models import Import
from staffroom.students.models.imports import State
from staffroom.students.rows.catalogue import SOURCES
from staffroom.students.settings import students_settings
from staffroom.tally import Progress

APPROVE, IMPORT = "students approve", "import"
"""The verb that a run calls, and the argument that says of which import."""


class NotHeld(PermanentError):
    """An import that waits for nobody."""


def find_held(number: int) -> Import:
    """Raises UnknownName or NotHeld."""
    record = Import.objects.filter(pk=number).first()
    if record is None:
        raise UnknownName(f"import {number}", "is not known.", next_step="See 'staffroom students imports'.")
    if record.state != State.HELD:
        raise NotHeld(
            f"import {number}",
            f"is not held: it is {record.get_state_display().lower()}.",
            happened="Nothing was changed.",
        )
    return record


def differences(instance: Instance, record: Import, *, after: int = 0, limit: int = 100) -> list[Change]:
    """What a held import would change, for a page or ``--json``."""
    return kept_changes(changes_path(instance, record.pk), after=after, limit=limit)


def approve(
    instance: Instance, number: int, progress: Progress, *, by: int | None, now: datetime | None = None
) -> Import:
    """Apply exactly what was held. ``by`` is the person's id. The caller holds ``import_lock``.

    Raises UnknownName, NotHeld, and WorldChanged where another import has changed the same tables since.
    """
    record = find_held(number)
    tables = _tables(record)
    if shown(tables) != record.base:
        raise WorldChanged(
            f"import {number} of {record.source}",
            "was compared with records that have changed since.",
            happened="Nothing was changed; it is still held.",
            next_step=f"Import it again: 'staffroom students import --source {record.source}'.",
        )
    night = Night(instance, students_settings(instance), Scope(), progress, now or timezone.now())
    path = changes_path(instance, number)
    record.state, record.decided_by, record.decided_at = State.DONE, by, night.now
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as kept:
        total = int(kept.execute("SELECT count(*) FROM changes").fetchone()[0])
        apply(record, tables, partial(read_changes, kept), night, total)
    path.unlink(missing_ok=True)
    return record


def ask_to_approve(record: Import, by: Person) -> Run:
    """Ask for a run that approves ``record``; where one waits or is under way, that one."""
    asked = asked_to_approve(record)
    if asked is not None and not asked.has_ended:
        return asked
    return runs.queue(APPROVE, arguments={IMPORT: record.pk}, started_by=str(by.pk))


def asked_to_approve(record: Import) -> Run | None:
    """The run that was asked for last to approve ``record``."""
    return Run.objects.filter(name=APPROVE, arguments={IMPORT: record.pk}).first()


def asked_by(run: str) -> int | None:
    """The id of the person who asked for a run."""
    who = Run.objects.filter(pk=run).values_list("started_by", flat=True).first()
    return int(who) if who and who.isdigit() else None


def refuse(instance: Instance, number: int, *, by: int | None, now: datetime | None = None) -> Import:
    """Drop what was held. Raises UnknownName or NotHeld."""
    record = find_held(number)
    record.state, record.decided_by, record.decided_at = State.REFUSED, by, now or timezone.now()
    record.save()
    changes_path(instance, number).unlink(missing_ok=True)
    return record


def forget_superseded(instance: Instance, newer: Import) -> None:
    """A later import of the same source that came to its end takes the place of those that wait."""
    if newer.state in (State.DONE, State.HELD):
        for older in Import.objects.filter(source=newer.source, state=State.HELD, pk__lt=newer.pk):
            older.state = State.SUPERSEDED
            older.save()
            changes_path(instance, older.pk).unlink(missing_ok=True)


def forget_unknown(instance: Instance) -> None:
    """Delete differences of which no import knows: its process was killed before it could say so."""
    known = {str(number) for number in Import.objects.filter(state=State.HELD).values_list("pk", flat=True)}
    folder = instance.root / FOLDER
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.stem not in known or path.suffix != ".sqlite3":
            path.unlink(missing_ok=True)


def _tables(record: Import) -> list[Table]:
    return [TABLES[row.TABLE] for row in SOURCES[record.source].tables]
