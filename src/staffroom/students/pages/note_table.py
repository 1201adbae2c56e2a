"""Notes as a table: when, of which kind, by whom, and what they say unless they are restricted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse

from staffroom.metrics.declaration import Column, Kind, msg
from staffroom.students.notes import NoteSeen
from staffroom.students.notes_settings import notes_settings
from staffroom.students.pages.area import Visit
from staffroom.students.paths import student_path
from staffroom.web.paging import Paging
from staffroom.web.request import is_read_by_people
from staffroom.web.tables import Row, Table
from staffroom.web.words import say

COLUMNS = (
    Column("recorded_at", msg("When"), Kind.INSTANT, msg("When it was written, whatever was changed since.")),
    Column("kind", msg("Kind"), Kind.TEXT),
    Column("author", msg("By"), Kind.TEXT),
    Column("text", msg("Note"), Kind.TEXT, msg("Restricted notes are read on a page of their own.")),
    Column("links", msg("Links"), Kind.TEXT),
    Column("is_restricted", msg("Restricted"), Kind.FLAG),
    Column("revisions", msg("Changes"), Kind.COUNT, msg("How often the text was changed.")),
)
STUDENT = Column("student", msg("Student"), Kind.TEXT)
RESTRICTED = msg("This note is restricted.")


def note_table(
    visit: Visit,
    notes: Sequence[NoteSeen],
    *,
    students: Mapping[int, str] | None = None,
    paging: Paging | None = None,
) -> Table:
    """The notes; with ``students``, their names by number, whom each is about."""
    for_people = is_read_by_people(visit.request)
    titles = notes_settings(visit.request.instance).titles
    rows = [
        {
            "id": note.id,
            "student_id": note.student_id,
            "student": (students or {}).get(note.student_id),
            "recorded_at": note.recorded_at,
            "kind": titles.get(note.kind, note.kind) if for_people else note.kind,
            "author": note.author,
            "text": say(RESTRICTED) if for_people and note.text is None else note.text,
            "links": " ".join(note.links) or None,
            "is_restricted": note.is_restricted,
            "revisions": note.revisions,
        }
        for note in notes
    ]
    columns = (COLUMNS[0], STUDENT, *COLUMNS[1:]) if students is not None else COLUMNS
    links = {"recorded_at": _note_of, **({"student": _student_of} if students is not None else {})}
    return Table(columns=columns, rows=rows, links=links, paging=paging)


def _note_of(row: Row) -> str:
    return reverse("students:note", args=[row["student_id"], row["id"]])


def _student_of(row: Row) -> str:
    return student_path(int(str(row["student_id"])))
