"""What waits to be drained, for those who watch: how many, since when, and whether senders are sent away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, QuerySet, Sum
from django.utils import timezone

from staffroom.registry.models import Batch
from staffroom.registry.models.batch import WAITING, Standing
from staffroom.registry.settings import MEGABYTE, RegistrySettings

DRAINED_LOOKED_AT = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """The queue. ``size`` is in bytes as they are kept; ``since`` is when the oldest batch came.

    Batches are not parsed when they are taken in: ``students_about`` is what so many bytes held in the
    batches drained last; None where none was. ``moved_at`` is when a batch was last written, or came first.
    """

    batches: int
    size: int
    students_about: int | None
    since: datetime | None
    moved_at: datetime | None

    def stands_still(self, settings: RegistrySettings) -> bool:
        """Whether batches wait and nobody drains them."""
        limit = timezone.now() - timedelta(minutes=settings.stuck_minutes)
        return self.moved_at is not None and self.moved_at < limit

    def is_full(self, settings: RegistrySettings) -> bool:
        """Whether it has reached the high-water mark, past which senders are told to come back later."""
        return self.batches >= settings.queue_batches or self.size >= settings.queue_mb * MEGABYTE


def what_waits() -> Waiting:
    waiting = Batch.objects.filter(standing__in=WAITING)
    found = waiting.aggregate(
        batches=Count("id"), size=Sum("size"), first=Min("id"), since=Min("submitted_at")
    )
    if not found["batches"]:
        return Waiting(0, 0, 0, None, None)
    before = Batch.objects.filter(id__lt=found["first"]).order_by("-id")
    about = _students_in(found["size"], before)
    last = Batch.objects.filter(id__in=[found["first"], *before.values_list("id", flat=True)[:1]])
    moved_at = last.aggregate(at=Max("updated_at"))["at"]
    return Waiting(found["batches"], found["size"], about, found["since"], moved_at)


def _students_in(size: int, before: QuerySet[Batch]) -> int | None:
    """About so many students are in so many bytes, if the batches drained last are a measure."""
    drained = before.filter(standing=Standing.DONE, submitted__gt=0)
    last = [(one.size, one.submitted or 0) for one in drained[:DRAINED_LOOKED_AT]]
    their_size = sum(size for size, _ in last)
    return round(size * sum(count for _, count in last) / their_size) if their_size else None
