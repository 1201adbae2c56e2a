"""What happened to a row, or to a student: the journal knows rows, and the file knows whose they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from staffroom.config import Instance
from staffroom.errors import DeliveryError
from staffroom.intake.archives.access import LocalFile
from staffroom.intake.archives.unpacking import list_members
from staffroom.loader.mapping import load_mapping
from staffroom.loader.reading import Read, StudentFile, read_students, students_in
from staffroom.loader.report import Fate, deletion_of, fate_of, singled_out
from staffroom.loader.runs import Run
from staffroom.loader.settings import LoaderSettings


def fate_of_row(run: Run, line: int) -> list[Fate]:
    """What happened to the row that begins on ``line``."""
    return [fate_of(run.journal, line)]


def fates_of_student(instance: Instance, settings: LoaderSettings, run: Run, student: str) -> list[Fate]:
    """What happened to each row of a student, in the order of the file; or that they were deleted.

    Where the file is not there any more, only rows that were set aside can be told.
    """
    if deletion := deletion_of(run.journal, student):
        return [deletion]
    lines = {row.line for row in singled_out(run.journal) if row.id == student}
    path = Path(str(run.facts["file"]))
    if path.exists():
        with LocalFile(path) as access:
            members = list_members(access)
            file = students_in(access, members, whole=True, first_only=settings.first_member_only)
            lines |= set(_lines_of(file, instance, settings, student))
    elif not lines:
        raise DeliveryError(
            str(path),
            "is not there any more, so rows cannot be told by their students.",
            next_step="Put it back, or ask by --row.",
        )
    return [fate_of(run.journal, line) for line in sorted(lines)]


def _lines_of(file: StudentFile, instance: Instance, settings: LoaderSettings, student: str) -> Iterator[int]:
    mapping = load_mapping(settings.mapping, instance.root)
    for block in read_students(file, mapping, settings, Read(), ids=True):
        yield from (block.lines[place] for place, one in enumerate(block.ids) if one == student)
