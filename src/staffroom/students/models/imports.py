"""Imports: one row for each file of each source that was read, and what became of it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from staffroom.metrics.declaration import msg


class State(models.TextChoices):
    """``held`` waits for a person; ``superseded`` is held no more, because a later file was imported."""

    READING = "reading", msg("Under way")
    DONE = "done", msg("Done")
    HELD = "held", msg("Held for approval")
    REFUSED = "refused", msg("Refused")
    SUPERSEDED = "superseded", msg("Superseded")
    FAILED = "failed", msg("Failed")
    LOST = "lost", msg("Lost")


class Import(models.Model):
    """One import. Its ``id`` is the number that its rows arrive with.

    ``counts`` are those of ``importing.counters``; ``base`` is what the switches of its tables said when it
    was compared, ``problem`` the class and place of what failed, without data.
    """

    source = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READING)
    file_name = models.CharField(max_length=255, blank=True, default="")
    digest = models.CharField(max_length=64, blank=True, default="")
    """SHA-256 of the delivered file."""
    modified_at = models.DateTimeField(null=True)
    """When the file was written where it came from."""
    is_stale = models.BooleanField(default=False)
    """Whether it was older than its source should ever be."""
    schools = models.JSONField(default=list)
    """The codes of the schools that it was limited to; empty is all."""
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    base = models.JSONField(default=dict)
    problem = models.CharField(max_length=500, blank=True, default="")
    decided_by = models.BigIntegerField(null=True)
    """The person's id who approved or refused it; null from the command line."""
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["source", "-id"], name="students_import_by_source")]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"import {self.pk}"
