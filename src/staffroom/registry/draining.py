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
from itertools import groupby

import orjson
from django.db import OperationalError, connections, transaction
from django.db.models import F, Min
from django.utils import timezone

from staffroom.config import Instance
from staffroom.errors import TransientError
from staffroom.locks import held
from staffroom.registry.bodies import inflated
from staffroom.registry.eligibility import Assessment, assessments
from staffroom.registry.errors import NotUnderstood
from staffroom.registry.judging import Judged, judged_removals, judged_upserts
from staffroom.registry.models import Batch, Body, Held, Kind, Note, Removal, Standing
from staffroom.registry.models.batch import COUNTS, WAITING
from staffroom.registry.parsing import rows_of
from staffroom.registry.places import Places, known_places
from staffroom.registry.rows import Judge, RowError
from staffroom.registry.settings import RegistrySettings, registry_settings
from staffroom.registry.writing import DATABASE, Entry, hold, register, remove
from staffroom.tally import Counts, Progress

PART = 2000
"""So many rows are written in one transaction."""
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
    """A drain under way, with what it has read of the settings."""

    settings: RegistrySettings
    places: Places
    assessments: tuple[Assessment, ...]
    judges: dict[str, Judge] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    batches: int = 0

    @classmethod
    def of(cls, instance: Instance) -> Drain:
        settings = registry_settings(instance)
        return cls(settings, known_places(instance, settings), assessments(instance))

    def judge(self, state: str) -> Judge:
        return self.judges.setdefault(state, Judge(state))

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
        under_way = Drain.of(instance)
        _release(under_way)
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
                counts = _drain_batch(batch, under_way)
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


def _drain_batch(batch: Batch, under_way: Drain) -> dict[str, int]:
    """Write what is left of a batch; returns what became of those rows."""
    try:
        judged = _judged(batch, under_way)
    except NotUnderstood as error:
        _fail(batch, str(error))
        return {}
    total = dict.fromkeys(COUNTS, 0)
    for start in range(batch.next_row, max(len(judged), batch.next_row + 1), PART):
        part = judged[start : start + PART]
        with transaction.atomic(using=DATABASE):
            counts, notes = _write_part(batch, part, under_way)
            _keep(batch, notes, under_way.settings.errors_kept)
            _advance(batch, counts, at=start + len(part), of=len(judged))
        for name, count in counts.items():
            total[name] += count
    return total


def _judged(batch: Batch, under_way: Drain) -> list[Judged]:
    rows = rows_of(inflated(bytes(Body.objects.values_list("data", flat=True).get(batch_id=batch.id))))
    if batch.kind == Kind.REMOVE:
        return judged_removals(rows, batch.state)
    return judged_upserts(rows, under_way.judge(batch.state), under_way.places)


def _write_part(batch: Batch, part: list[Judged], under_way: Drain) -> tuple[dict[str, int], list[RowError]]:
    """What became of the rows of a part, and what there is to say of them."""
    notes = [error for row in part for error in row.errors]
    held = [row.entry for row in part if row.entry and row.is_held]
    counts = dict.fromkeys(COUNTS, 0)
    counts["held"] = len(held)
    counts["superseded"] = sum(row.is_superseded for row in part)
    if batch.kind == Kind.REMOVE:
        asked = {row.remove: row.number for row in part if row.remove}
        gone, late = remove(batch.state, list(asked), batch=batch.id)
        lacking = asked.keys() - gone - late
        notes += [_not_there(asked[ssid], ssid) for ssid in lacking]
        counts["removed"] = len(gone)
        counts["superseded"] += len(late)
    else:
        hold(batch.state, held, batch=batch.id)
        taken = [row.entry for row in part if row.entry and not row.is_held]
        became = register(batch.state, taken, batch=batch.id, assessments=under_way.assessments)
        counts["created"], counts["updated"] = len(became.created), len(became.updated)
        counts["unchanged"] = len(became.unchanged)
        counts["superseded"] += len(became.superseded)
    counts["rejected"] = len(part) - sum(counts.values())
    return counts, sorted(notes, key=lambda note: note.row)


def _not_there(number: int, ssid: str) -> RowError:
    return RowError(number, ssid, "ssid", "not_registered", "There is no such student.")


def _keep(batch: Batch, errors: list[RowError], most: int) -> None:
    kept = errors[: max(0, most - batch.notes_kept)]
    batch.notes_kept += len(kept)
    Note.objects.bulk_create(
        Note(
            batch_id=batch.id,
            row=error.row,
            ssid=error.ssid,
            field=error.field,
            code=error.code,
            message=error.message[:300],
        )
        for error in kept
    )


def _advance(batch: Batch, counts: dict[str, int], *, at: int, of: int) -> None:
    """Note how far the batch is, in the transaction that wrote the part."""
    standing = Standing.DONE if at >= of else Standing.DRAINING
    Batch.objects.filter(id=batch.id).update(
        standing=standing,
        submitted=of,
        next_row=at,
        updated_at=timezone.now(),
        notes_kept=batch.notes_kept,
        **{name: F(name) + count for name, count in counts.items() if count},
    )


def _fail(batch: Batch, problem: str) -> None:
    with transaction.atomic(using=DATABASE):
        _keep(batch, [RowError(0, "", "", "not_json", problem)], most=batch.notes_kept + 1)
        Batch.objects.filter(id=batch.id).update(
            standing=Standing.FAILED, submitted=0, updated_at=timezone.now(), notes_kept=batch.notes_kept
        )


def _release(under_way: Drain) -> None:
    """Register those set aside whose school is known by now, each under the number of its batch."""
    if under_way.places.checked and under_way.places.policy == "hold":
        known = [one for one in Held.objects.order_by("batch") if _is_known(one, under_way.places)]
    else:
        known = list(Held.objects.order_by("batch"))
    for (number, state), group in groupby(known, key=lambda one: (one.batch, one.state)):
        entries = [_entry(one, under_way.places) for one in group]
        with transaction.atomic(using=DATABASE):
            became = register(state, entries, batch=number, assessments=under_way.assessments)
            Batch.objects.filter(id=number).update(
                held=F("held") - len(entries),
                created=F("created") + len(became.created),
                updated=F("updated") + len(became.updated),
                unchanged=F("unchanged") + len(became.unchanged),
                superseded=F("superseded") + len(became.superseded),
            )


def _is_known(one: Held, places: Places) -> bool:
    return places.fault(_entry(one, places).record) is None


def _entry(one: Held, places: Places) -> Entry:
    record = orjson.loads(one.record)
    if places.checked:
        places.fill_in(record)
    return Entry.of(record)


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
