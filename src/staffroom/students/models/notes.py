"""What educators write about students. Never replaced by an import; what a note said before is kept."""

from __future__ import annotations

import uuid

from django.db import models

from staffroom.students.models.people import Educator, Student


class Note(models.Model):
    """One note. ``recorded_at`` never changes; its text is read through ``students.notes`` alone."""

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="notes", db_index=False)
    author = models.ForeignKey(Educator, on_delete=models.PROTECT, related_name="notes", db_index=False)
    kind = models.CharField(max_length=40)
    """One of ``notes_settings``, or one that was."""
    text = models.TextField()
    is_restricted = models.BooleanField(default=False)
    """Its text and links are for those who may read restricted notes, and only when they ask for them."""
    recorded_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    """When its text, or whether it is restricted, last changed."""

    class Meta:
        indexes = [
            models.Index(fields=["student", "-recorded_at"], name="students_note_of_student"),
            models.Index(fields=["author", "-recorded_at"], name="students_note_of_author"),
            models.Index(fields=["-recorded_at"], name="students_note_when"),
        ]
        ordering = ["-recorded_at", "-id"]

    def __str__(self) -> str:
        return f"note {self.pk}"


class NoteRevision(models.Model):
    """What a note said before a change: number 1 is what it said first."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    was_restricted = models.BooleanField()
    revised_at = models.DateTimeField()
    """When another text took its place."""
    revised_by = models.ForeignKey(Educator, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "number"], name="students_revision_once")]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"revision {self.number} of note {self.note_id}"


class NoteLink(models.Model):
    """The address of something that belongs to a note."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="links")
    url = models.URLField(max_length=2000)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"link {self.pk} of note {self.note_id}"


class NoteDraft(models.Model):
    """What an educator has typed about a student and not saved as a note: nobody else ever sees it."""

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="+")
    educator = models.ForeignKey(Educator, on_delete=models.CASCADE, related_name="note_drafts")
    key = models.UUIDField(default=uuid.uuid4)
    """Of the form in which it is typed: two windows have two drafts."""
    kind = models.CharField(max_length=40, blank=True, default="")
    text = models.TextField(blank=True, default="")
    links = models.TextField(blank=True, default="")
    is_restricted = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["student", "educator", "key"], name="students_draft_once")
        ]
        ordering = ["-saved_at"]

    def __str__(self) -> str:
        return f"draft {self.pk}"
