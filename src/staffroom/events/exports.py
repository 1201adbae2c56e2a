"""The LMS's exports in a folder: the files there are for each table, the newest first, and what one holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa

from staffroom.events.export_rows import EXPORTS, Origin, read_export
from staffroom.events.rejects import RejectsFile
from staffroom.events.structure import Structure, read_structure
from staffroom.intake.folder import list_folder
from staffroom.intake.ledger import Content, Ledger, unreadable

_DATED = r"-(?P<date>\d{8})"
_PATTERNS = {
    "people": rf"auth_user{_DATED}\.csv(\.gz)?",
    "enrolments": rf"student_courseenrollment{_DATED}\.csv(\.gz)?",
    "course_team": rf"student_courseaccessrole{_DATED}\.csv(\.gz)?",
    "course_blocks": rf"course_blocks-.+{_DATED}\.json(\.gz)?",
}
"""File names by the table that they fill."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that could fill ``table``; candidates of the same ``subject`` are versions of the same thing."""

    source: str
    table: str
    subject: str
    content: Content

    @property
    def age(self) -> tuple[date, str]:
        """What tells the newer of two versions."""
        return self.content.file.day, self.content.digest

    @property
    def identity(self) -> str:
        """What the rows are made from: the same content under a later date says that it still holds."""
        return f"{self.content.file.day} {self.content.digest}"


def candidates(folder: Path, ledger: Ledger, source: str) -> list[tuple[Candidate, ...]]:
    """The exports in ``folder`` by subject, the newest first: by the date in the name, then by digest.

    What cannot be opened is entered in the ledger and left out.
    """
    subjects: dict[tuple[str, str], list[Candidate]] = {}
    for table, pattern in _PATTERNS.items():
        for file in list_folder(folder, pattern).files:
            try:
                content = ledger.content(file)
            except OSError as error:
                ledger.record([unreadable(source, "export", file, error)])
                continue
            subject = file.path.name.partition(f"-{file.day:%Y%m%d}")[0]
            subjects.setdefault((table, subject), []).append(Candidate(source, table, subject, content))
    return [
        tuple(sorted(versions, key=lambda one: one.age, reverse=True))
        for _, versions in sorted(subjects.items())
    ]


@dataclass(frozen=True, slots=True)
class Holds:
    """What an export holds: ``read`` rows, of which ``rows`` are good and each there once."""

    read: int
    rows: pa.Table
    structure: Structure | None = None


def read_candidate(candidate: Candidate, zone: ZoneInfo, rejects: RejectsFile) -> Holds:
    """Read an export. Raises DeliveryError where it cannot be used as a whole."""
    path = candidate.content.file.path
    if candidate.table in EXPORTS:
        origin = Origin(candidate.source, candidate.content.file.day, zone)
        read, rows = read_export(path, EXPORTS[candidate.table], origin, rejects)
        return Holds(read, rows)
    structure = read_structure(path, candidate.source, zone, rejects)
    return Holds(len(structure.rows) + rejects.count, structure.rows, structure)
