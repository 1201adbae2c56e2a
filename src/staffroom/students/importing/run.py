"""The import: every source's newest file in its turn; one that fails stops none of the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.utils import timezone

from staffroom.config import Instance
from staffroom.errors import SettingsError, StaffroomError, TransientError, UnknownName
from staffroom.intake.archives.members import ArchiveLimits
from staffroom.locks import held
from staffroom.students.documents import store_document
from staffroom.students.importing.approving import forget_superseded, forget_unknown
from staffroom.students.importing.deliveries import (
    DeliveredExport,
    all_exports,
    newest_export,
    open_export,
)
from staffroom.students.importing.document_items import DocumentItems
from staffroom.students.importing.items import CsvItems, Items
from staffroom.students.importing.matching import Scope
from staffroom.students.importing.oneroster_items import OneRosterItems, check_oneroster
from staffroom.students.importing.results import MISSING, ImportResult, SourceResult
from staffroom.students.importing.schools import changed_schools, write_schools
from staffroom.students.importing.turn import Night, Told, Turn
from staffroom.students.importing.writing import sweep
from staffroom.students.models import Import, Student
from staffroom.students.models.imports import State
from staffroom.students.rows.catalogue import SOURCES
from staffroom.students.rows.csv_rows import CsvRows
from staffroom.students.rows.declaration import Source
from staffroom.students.rows.documents import KINDS
from staffroom.students.settings import ONEROSTER, FileSettings, StudentsSettings, students_settings
from staffroom.tally import Progress

LOCK_FILE = "students.lock"

log = logging.getLogger(__name__)


class ImportBusy(TransientError):
    """Another import of this instance is under way."""


def import_students(
    instance: Instance,
    progress: Progress,
    *,
    sources: Sequence[str] = (),
    schools: Sequence[str] = (),
    since: date | None = None,
    dry_run: bool = False,
    told: Told | None = None,
    now: datetime | None = None,
) -> ImportResult:
    """Import the newest file of every source, or of these; only of these schools. ``told`` hears of every
    difference in a dry run.

    Raises SettingsError, UnknownName, and ImportBusy; what a source fails by is in its result.
    """
    settings = students_settings(instance)
    files = _chosen(settings, sources)
    with import_lock(instance):
        night = Night(
            instance,
            settings,
            Scope(_schools(settings, schools)),
            progress,
            now or timezone.now(),
            dry_run=dry_run,
            told=told,
            since=since,
        )
        _begin(night)
        return ImportResult(tuple(_result(night, SOURCES[file.source], file) for file in files))


def import_lock(instance: Instance) -> AbstractContextManager[None]:
    """Hold the lock of imports. Raises ImportBusy."""
    path = instance.root / LOCK_FILE
    return held(
        path,
        lambda holder: ImportBusy(
            str(path),
            f"another import is under way ({holder}).",
            happened="Nothing was changed.",
            next_step="Wait until it has ended.",
        ),
    )


def _chosen(settings: StudentsSettings, names: Sequence[str]) -> list[FileSettings]:
    """The files of these sources, or of all, in the order in which they need each other."""
    known = {file.source for file in settings.files}
    for name in names:
        if name not in known:
            raise UnknownName(
                f"source {name!r}",
                "is not one of [[students.files]].",
                next_step=f"Known: {', '.join(sorted(known)) or 'none'}.",
            )
    chosen = [file for file in settings.files if not names or file.source in names]
    return sorted(chosen, key=lambda file: SOURCES[file.source].order)


def _schools(settings: StudentsSettings, codes: Sequence[str]) -> frozenset[str]:
    stored = {school.local_id.lower(): school.local_id for school in settings.schools}
    for code in codes:
        if code.lower() not in stored:
            raise UnknownName(
                f"school {code!r}",
                "is not one of [[students.schools]].",
                next_step=f"Known: {', '.join(stored.values()) or 'none'}.",
            )
    return frozenset(stored[code.lower()] for code in codes)


def _begin(night: Night) -> None:
    """What killed imports left is cleared away; the schools are those of the settings."""
    if night.dry_run:
        night.directory.plan("school", [school.local_id for _, school in changed_schools(night.settings)])
        return
    lost = Import.objects.filter(state=State.READING)
    lost.update(state=State.LOST, ended_at=night.now)
    sweep()
    forget_unknown(night.instance)
    write_schools(night.settings)


def _result(night: Night, source: Source, file: FileSettings) -> SourceResult:
    """One source's turn, whatever becomes of it."""
    night.directory.forget()
    record = Import(source=source.name, schools=sorted(night.scope.schools), began_at=night.now)
    try:
        delivered = newest_export(night.instance, file.delivered_by, file.file)
        if delivered is None:
            return SourceResult(source.name, MISSING)
        result = _taken(night, source, file, record, delivered)
    except SettingsError:
        raise
    except StaffroomError as error:
        return _failed(night, record, type(error).__name__, str(error))
    except Exception as error:  # a fault of ours in one source is no reason to lose the others
        log.exception("import of %s failed: %s", source.name, type(error).__name__)
        return _failed(night, record, type(error).__name__, type(error).__name__)
    if not night.dry_run:
        forget_superseded(night.instance, record)
    return result


def _taken(
    night: Night, source: Source, file: FileSettings, record: Import, delivered: DeliveredExport
) -> SourceResult:
    reading = night.reading(file)
    fresh = timedelta(days=file.fresh_days or source.fresh_days)
    record.file_name = delivered.name
    record.modified_at = delivered.modified_at
    record.is_stale = night.now - delivered.modified_at > fresh
    if not night.dry_run:
        record.digest = delivered.digest()
        record.save()
    turn = Turn(night, source, file, record)
    with _opened(night, source, file, delivered) as items:
        return turn.take(items(), reading.oldest)


@contextmanager
def _opened(
    night: Night, source: Source, file: FileSettings, delivered: DeliveredExport
) -> Iterator[Callable[[], Items]]:
    if source.name in KINDS:
        yield lambda: _documents(night, source, file)
        return
    if file.format == ONEROSTER:
        check_oneroster(source, delivered.name)
    opened = open_export(delivered, night.instance.section("archives", ArchiveLimits))
    with opened.access:
        if file.format == ONEROSTER:
            yield lambda: OneRosterItems(opened, source, night.reading(file))
            return
        member = opened.the_one(file.member)
        place = delivered.name if member.kind == "plain" else f"{delivered.name} {member.name}"
        yield lambda: CsvItems(CsvRows(opened.blocks(member), place, source, night.reading(file)))


def _documents(night: Night, source: Source, file: FileSettings) -> DocumentItems:
    """Of documents all archives are read, for each holds those of some days."""
    names = dict(Student.objects.values_list("local_id", "last_name"))

    def store(digest: str, data: bytes) -> None:
        if not night.dry_run:
            store_document(night.instance, digest, data)

    return DocumentItems(
        all_exports(night.instance, file.delivered_by, file.file),
        KINDS[source.name],
        night.instance.section("archives", ArchiveLimits),
        names.get,
        store,
        night.is_erased,
    )


def _failed(night: Night, record: Import, name: str, said: str) -> SourceResult:
    if not night.dry_run:
        record.state, record.problem, record.ended_at = State.FAILED, said[:500], night.now
        record.save()
    return replace(
        SourceResult(record.source, State.FAILED, number=record.pk or 0, file_name=record.file_name),
        problem=said or name,
        is_stale=record.is_stale,
    )
