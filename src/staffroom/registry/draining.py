"""What was acknowledged is written to the register: batch after batch, each row exactly once.

A batch is written in parts, each with the batch's own count of how far it is, so that a drain may be killed
at any moment and the next one goes on where the last part ended, and no other writer waits long. On
PostgreSQL a batch is one transaction that holds its row: other drains pass over it and take the next.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field

from django.db import OperationalError, connections, transaction
from django.db.models import Min

from staffroom.config import Instance
from staffroom.errors import TransientError
from staffroom.locks import held
from staffroom.registry.held import release
from staffroom.registry.models import Batch, Removal
from staffroom.registry.models.batch import COUNTS, WAITING
from staffroom.registry.parts import Rules, write_batch
from staffroom.registry.writing import DATABASE
from staffroom.tally import Counts, Progress

TRIES = 5
COLLECTED_EVERY = 200
"""After so many batches, what Django has left in circles is collected."""
CACHE_KB = 160_000
"""The indexes of a whole state have five times as many."""
LOCK_FILE = "registry.lock"
LOOK_SECONDS = 0.5


class DrainBusy(TransientError):
    """Another drain of this instance is under way, and SQLite has one writer."""


@dataclass
class Drain:
    """A drain under way, and what became of the rows so far."""

    rules: Rules
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    batches: int = 0

    def tally(self) -> Counts:
        kept = self.counts["created"] + self.counts["updated"] + self.counts["removed"]
        repeated = self.counts["unchanged"] + self.counts["superseded"]
        skipped = self.counts["rejected"] + self.counts["held"]
        return Counts(kept + repeated + skipped, kept, repeated, skipped)


def drain(
    instance: Instance,
    progress: Progress,
    *,
    follow: bool = False,
    stopped: Callable[[], bool] = lambda: False,
) -> Drain:
    """Write all that waits; with ``follow``, go on until ``stopped``. Raises DrainBusy, SettingsError."""
    with _alone(instance), _quickly(), progress.step("students", unit="students") as step:
        under_way = Drain(Rules.of(instance))
        release(under_way.rules)
        while not stopped():
            before = sum(under_way.counts.values())
            if drain_next(under_way):
                step.advance(sum(under_way.counts.values()) - before)
            elif follow:
                time.sleep(LOOK_SECONDS)
            else:
                break
        _forget_removals()
    return under_way


def drain_next(under_way: Drain) -> bool:
    """Write the batch that has waited longest; False where none waits."""
    for left in reversed(range(TRIES)):
        try:
            with _holding():
                batch = _next()
                if batch is None:
                    return False
                counts = write_batch(batch, under_way.rules)
        except OperationalError:  # locked for too long, or two drains in each other's way
            if not left:
                raise
            continue
        under_way.batches += 1
        if under_way.batches % COLLECTED_EVERY == 0:
            gc.collect()
        for name, count in counts.items():
            under_way.counts[name] += count
        return True
    return False


def _holding() -> transaction.Atomic | nullcontext[None]:
    return nullcontext() if _is_sqlite() else transaction.atomic(using=DATABASE)


def _next() -> Batch | None:
    waiting = Batch.objects.filter(standing__in=WAITING).order_by("id")
    return waiting.first() if _is_sqlite() else waiting.select_for_update(skip_locked=True).first()


def _forget_removals() -> None:
    """Removals are remembered only while a batch that came before them waits."""
    first = Batch.objects.filter(standing__in=WAITING).aggregate(first=Min("id"))["first"]
    old = Removal.objects.all() if first is None else Removal.objects.filter(batch__lt=first)
    old.delete()


def _alone(instance: Instance) -> AbstractContextManager[None]:
    """One drain at a time where the database has one writer."""
    if not _is_sqlite():
        return nullcontext()
    path = instance.root / LOCK_FILE
    return held(
        path,
        lambda holder: DrainBusy(
            str(path), f"another drain is under way ({holder}).", happened="It takes up what waits."
        ),
    )


@contextmanager
def _quickly() -> Iterator[None]:
    """Rows hold no cycles, and looking for some takes a third of the time. What a drain writes need not be on
    the disk at each commit: after a power cut the batch would wait again, for both are one transaction."""
    connection = connections[DATABASE]
    eased = _is_sqlite() and not connection.in_atomic_block
    gc.disable()
    try:
        if eased:
            connection.cursor().execute("PRAGMA synchronous=NORMAL")
            connection.cursor().execute(f"PRAGMA cache_size=-{CACHE_KB}")
        yield
    finally:
        gc.enable()
        if eased:
            connection.cursor().execute("PRAGMA synchronous=FULL")


def _is_sqlite() -> bool:
    return connections[DATABASE].vendor == "sqlite"
