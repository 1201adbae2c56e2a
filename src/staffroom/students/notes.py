"""Notes as they may be shown: who wrote what about whom, and never the text of a restricted one.

Callers pass students whom ``access`` has let through. The text of a restricted note is given by
``restricted_text`` alone, which asks ``access`` itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet

from staffroom.students import access
from staffroom.students.models import Note, NoteRevision
from staffroom.students.models.people import StudentQuerySet


@dataclass(frozen=True, slots=True)
class NoteSeen:
    """One note without what is restricted: ``text`` is None and ``links`` is empty where it is."""

    id: int
    student_id: int
    author_id: int
    author: str
    """“Last, First”."""
    kind: str
    text: str | None
    links: tuple[str, ...]
    is_restricted: bool
    recorded_at: datetime
    revisions: int
    """How often it was changed."""


@dataclass(frozen=True, slots=True)
class Restricted:
    """What a restricted note says, for somebody who asked for it and may read it."""

    text: str
    links: tuple[str, ...]


def notes_about(students: StudentQuerySet, *, restricted: bool = True) -> QuerySet[Note]:
    """Notes about these students, the latest first; ``restricted`` says whether such are named at all."""
    found = Note.objects.filter(student__in=students.values("pk")).order_by("-recorded_at", "-pk")
    return found if restricted else found.filter(is_restricted=False)


def notes_by(author_id: int, students: StudentQuerySet) -> QuerySet[Note]:
    """What an educator wrote about those of their students, the latest first."""
    return notes_about(students).filter(author=author_id)


def seen(notes: QuerySet[Note]) -> list[NoteSeen]:
    """These notes as they may be shown, in their order, in three queries however many there are.

    Revisions are counted apart: counted along, they would be of all notes before a few are taken.
    """
    found = list(notes.select_related("author").prefetch_related("links"))
    revised = NoteRevision.objects.filter(note__in=[note.pk for note in found]).order_by()
    changes = dict(revised.values_list("note").annotate(Count("pk")))
    return [_seen(note, changes.get(note.pk, 0)) for note in found]


def latest_by_kind(
    students: StudentQuerySet, kinds: Iterable[str], *, restricted: bool = True
) -> dict[tuple[int, str], datetime]:
    """When the last note of each of these kinds was written, by student and kind."""
    found = notes_about(students, restricted=restricted).filter(kind__in=list(kinds)).order_by()
    latest = found.values_list("student", "kind").annotate(Max("recorded_at"))
    return {(student, kind): recorded_at for student, kind, recorded_at in latest}


def commented_since(students: StudentQuerySet, since: datetime) -> QuerySet[Note]:
    """Open notes since then: a restricted note does not tell that somebody has seen to a student."""
    return notes_about(students, restricted=False).filter(recorded_at__gte=since)


def restricted_text(viewer: object, note: Note, *, rules: access.Rules | None = None) -> Restricted | None:
    """What ``note`` says, for a viewer who may read restricted notes about its student; else None."""
    if not access.may_read_restricted(viewer, note.student, rules=rules):
        return None
    return Restricted(note.text, tuple(link.url for link in note.links.all()))


def revisions_of(note: Note) -> Iterator[NoteRevision]:
    """What an open note said before each change; of a restricted one, nothing."""
    if not note.is_restricted:
        yield from note.revisions.filter(was_restricted=False).select_related("revised_by")


def found_words(words: str) -> Q:
    """For ``Note``: open notes that hold each of these words somewhere."""
    condition = Q(is_restricted=False)
    for word in words.split():
        condition &= Q(text__icontains=word)
    return condition


def _seen(note: Note, changes: int) -> NoteSeen:
    return NoteSeen(
        id=note.pk,
        student_id=note.student_id,
        author_id=note.author_id,
        author=note.author.full_name or note.author.login,
        kind=note.kind,
        text=None if note.is_restricted else note.text,
        links=() if note.is_restricted else tuple(link.url for link in note.links.all()),
        is_restricted=note.is_restricted,
        recorded_at=note.recorded_at,
        revisions=changes,
    )
