"""A batch from the moment it was acknowledged, its bytes, and what was said of single rows of it."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Kind(models.TextChoices):
    UPSERT = "upsert"
    REMOVE = "remove"


class Standing(models.TextChoices):
    """``failed`` is a batch whose bytes are no list of students at all; nothing of it was taken."""

    QUEUED = "queued"
    DRAINING = "draining"
    DONE = "done"
    FAILED = "failed"


WAITING = (Standing.QUEUED, Standing.DRAINING)

COUNTS = ("created", "updated", "unchanged", "removed", "held", "superseded", "rejected")
"""What may become of a row: each row of a drained batch is in exactly one of these."""


def new_key() -> str:
    return secrets.token_hex(16)


class Batch(models.Model):
    """One batch. Its ``id`` is its number: of two batches that name the same student, the later one wins.

    ``client_id`` names the service client; no key leads to it, so that a batch outlives its sender.
    ``submitted`` is null until the bytes were read; ``next_row`` is where a drain goes on.
    """

    key = models.CharField(max_length=32, unique=True, default=new_key)
    """Its public name, which tells nothing of other batches."""
    client_id = models.BigIntegerField()
    state = models.CharField(max_length=2)
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.UPSERT)
    standing = models.CharField(max_length=8, choices=Standing.choices, default=Standing.QUEUED)
    idempotency_key = models.CharField(max_length=200, null=True)
    digest = models.BinaryField()
    """BLAKE2b of the inflated bytes: the same body, however it was compressed."""
    size = models.BigIntegerField()
    """Bytes as they are kept, compressed."""
    submitted_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    submitted = models.PositiveIntegerField(null=True)
    next_row = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    superseded = models.PositiveIntegerField(default=0)
    """Rows that were not taken because a later row or batch with the same student was."""
    rejected = models.PositiveIntegerField(default=0)
    notes_kept = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client_id", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="registry_one_batch_a_key",
            )
        ]
        indexes = [
            models.Index(
                fields=["id"],
                include=["size"],
                condition=Q(standing__in=("queued", "draining")),
                name="registry_batch_waiting",
            ),
            models.Index(fields=["state", "-id"], name="registry_batch_by_state"),
        ]

    def __str__(self) -> str:
        return f"batch {self.pk}"

    @property
    def is_final(self) -> bool:
        return self.standing not in WAITING

    @property
    def processed(self) -> int:
        return sum(getattr(self, name) for name in COUNTS)


class Body(models.Model):
    """The bytes of a batch, gzip; dropped by retention, while the batch stays."""

    batch = models.OneToOneField(Batch, primary_key=True, on_delete=models.CASCADE)
    data = models.BinaryField()

    def __str__(self) -> str:
        return f"body of batch {self.batch_id}"


class Note(models.Model):
    """What was said of one row, or of the whole batch (``row`` 0)."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="notes")
    row = models.PositiveIntegerField()
    ssid = models.CharField(max_length=40)
    field = models.CharField(max_length=40)
    code = models.CharField(max_length=30)
    message = models.CharField(max_length=300)

    class Meta:
        ordering = ["batch_id", "row", "id"]

    def __str__(self) -> str:
        return f"row {self.row} of batch {self.batch_id}"


class Held(models.Model):
    """A student set aside until their school is known. The number of the batch decides who wins then."""

    state = models.CharField(max_length=2)
    ssid = models.CharField(max_length=40)
    batch = models.BigIntegerField()
    record = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["state", "ssid"], name="registry_one_held_a_student")]

    def __str__(self) -> str:
        return f"held {self.pk}"


class Removal(models.Model):
    """A student who was removed while earlier batches still waited: those may not bring them back."""

    state = models.CharField(max_length=2)
    ssid = models.CharField(max_length=40)
    batch = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["state", "ssid"], name="registry_one_removal")]

    def __str__(self) -> str:
        return f"removal {self.pk}"
