"""Notes are written, changed and marked as restricted here and nowhere else; what they said before is kept.

Who only sees as another never writes. Drafts are their educator's own and nobody else's.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from staffroom.errors import PermanentError
from staffroom.students import access
from staffroom.students.access import Rules
from staffroom.students.labels import MARKS_NOTES_RESTRICTED, WRITES_TRANSITION_NOTES
from staffroom.students.models import Educator, Note, NoteDraft, NoteLink, NoteRevision, Student
from staffroom.students.notes_settings import NotesSettings


class NoteRefused(PermanentError):
    """A note that this educator may not write or change, or that was changed meanwhile."""


@dataclass(frozen=True, slots=True)
class Written:
    """What an educator has typed."""

    kind: str
    text: str
    is_restricted: bool = False
    links: Sequence[str] = ()


def may_restrict(viewer: object, student: Student, *, rules: Rules) -> bool:
    """Whether a note of theirs about this student may be restricted: they could read it themselves."""
    writer = access.writer_of(viewer, rules=rules)
    return writer is not None and access.may_read_restricted(viewer, student, rules=rules)


def kinds_for(viewer: object, settings: NotesSettings, *, rules: Rules) -> dict[str, str]:
    """The kinds that ``viewer`` may choose from, with their titles."""
    transitions = access.has_label(viewer, WRITES_TRANSITION_NOTES, rules=rules)
    return {
        key: title
        for key, title in settings.titles.items()
        if transitions or key not in settings.transition_kinds
    }


def may_edit(viewer: object, note: Note, *, rules: Rules) -> bool:
    """Its author alone, while it is not restricted and they may see the student."""
    writer = access.writer_of(viewer, rules=rules)
    return (
        writer is not None
        and note.author_id == writer.pk
        and not note.is_restricted
        and access.why_visible(viewer, note.student, rules=rules) is not None
    )


def may_mark_restricted(viewer: object, note: Note, *, rules: Rules) -> bool:
    """Holders of the label, whoever wrote it; never undone on a page."""
    return (
        not note.is_restricted
        and access.writer_of(viewer, rules=rules) is not None
        and access.has_label(viewer, MARKS_NOTES_RESTRICTED, rules=rules)
        and access.why_visible(viewer, note.student, rules=rules) is not None
    )


def write_note(viewer: object, student: Student, written: Written, *, rules: Rules) -> Note:
    """A new note of ``viewer`` about ``student``. Raises NoteRefused.

    It is restricted only where the writer could read it themselves.
    """
    writer = access.writer_of(viewer, rules=rules)
    if writer is None or access.why_visible(viewer, student, rules=rules) is None:
        raise NoteRefused(f"a note about {student}", "is not for you to write.")
    now = timezone.now()
    with transaction.atomic():
        note = Note.objects.create(
            student=student,
            author=writer,
            kind=written.kind,
            text=written.text,
            is_restricted=written.is_restricted and may_restrict(viewer, student, rules=rules),
            recorded_at=now,
            changed_at=now,
        )
        NoteLink.objects.bulk_create(NoteLink(note=note, url=url) for url in written.links)
    return note


def change_note(
    viewer: object, note: Note, text: str, links: Sequence[str], *, seen: int, rules: Rules
) -> Note:
    """Another text for a note; what it said is kept as a revision. Raises NoteRefused, changing nothing.

    ``seen`` is how many revisions there were when the writer was shown it.
    """
    with transaction.atomic():
        locked = Note.objects.select_for_update().select_related("student").get(pk=note.pk)
        if not may_edit(viewer, locked, rules=rules):
            raise NoteRefused(str(note), "is not yours to change.")
        if locked.revisions.count() != seen:
            raise NoteRefused(str(note), "was changed meanwhile.", happened="Nothing was saved.")
        if locked.text != text:
            _keep_revision(locked, locked.author)
            locked.text, locked.changed_at = text, timezone.now()
            locked.save(update_fields=["text", "changed_at"])
        locked.links.exclude(url__in=links).delete()
        held = set(locked.links.values_list("url", flat=True))
        NoteLink.objects.bulk_create(NoteLink(note=locked, url=url) for url in links if url not in held)
    return locked


def mark_restricted(viewer: object, note: Note, *, rules: Rules) -> bool:
    """False where it was restricted already. Raises NoteRefused."""
    with transaction.atomic():
        locked = Note.objects.select_for_update().select_related("student").get(pk=note.pk)
        if locked.is_restricted:
            return False
        marker = access.writer_of(viewer, rules=rules)
        if marker is None or not may_mark_restricted(viewer, locked, rules=rules):
            raise NoteRefused(str(note), "is not for you to mark.")
        _keep_revision(locked, marker)
        locked.is_restricted, locked.changed_at = True, timezone.now()
        locked.save(update_fields=["is_restricted", "changed_at"])
    return True


def keep_draft(educator: Educator, student: Student, key: uuid.UUID, written: Written) -> None:
    """Keep what is typed; nothing typed is no draft."""
    if not written.text.strip() and not written.links:
        drop_draft(educator, student, key)
        return
    NoteDraft.objects.update_or_create(
        student=student,
        educator=educator,
        key=key,
        defaults={
            "kind": written.kind,
            "text": written.text,
            "links": "\n".join(written.links),
            "is_restricted": written.is_restricted,
            "saved_at": timezone.now(),
        },
    )


def drop_draft(educator: Educator, student: Student, key: uuid.UUID) -> None:
    NoteDraft.objects.filter(student=student, educator=educator, key=key).delete()


def latest_draft(educator: Educator, student: Student) -> NoteDraft | None:
    """What the educator last typed about this student and did not save."""
    return NoteDraft.objects.filter(student=student, educator=educator).first()


def _keep_revision(note: Note, by: Educator) -> None:
    NoteRevision.objects.create(
        note=note,
        number=note.revisions.count() + 1,
        text=note.text,
        was_restricted=note.is_restricted,
        revised_at=timezone.now(),
        revised_by=by,
    )
