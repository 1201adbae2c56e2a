"""What waits to be drained, for those who watch: how many, since when, and whether senders are sent away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Sum

from staffroom.registry.models import Batch
from staffroom.registry.models.batch import WAITING, Standing
from staffroom.registry.settings import MEGABYTE, RegistrySettings

DRAINED_LOOKED_AT = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """The queue. ``size`` is in bytes as they are kept; ``since`` is when the oldest batch came.

    Batches are not parsed when they are taken in: ``students_about`` is what so many bytes held in the
    batches drained last; None where none was.
    """

    batches: int
    size: int
    students_about: int | None
    since: datetime | None

    def is_full(self, settings: RegistrySettings) -> bool:
        """Whether it has reached the high-water mark, past which senders are told to come back later."""
        return self.batches >= settings.queue_batches or self.size >= settings.queue_mb * MEGABYTE


def what_waits() -> Waiting:
    found = Batch.objects.filter(standing__in=WAITING).aggregate(
        batches=Count("id"), size=Sum("size"), first=Min("id"), since=Min("submitted_at")
    )
    if not found["batches"]:
        return Waiting(0, 0, 0, None)
    drained = Batch.objects.filter(id__lt=found["first"], standing=Standing.DONE, submitted__gt=0)
    last = [(one.size, one.submitted or 0) for one in drained.order_by("-id")[:DRAINED_LOOKED_AT]]
    size = sum(size for size, _ in last)
    about = round(found["size"] * sum(count for _, count in last) / size) if size else None
    return Waiting(found["batches"], found["size"], about, found["since"])
