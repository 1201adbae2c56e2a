"""A batch is one durable record before its sender is told so; what arrives together is committed together.

The threads of a process hand their batches to one thread, which commits whatever waits in one transaction: a
forced write to the disk takes as long for eight batches as for one.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import DatabaseError, close_old_connections, connections, transaction
from django.db.models import Count, Sum
from django.utils import timezone

from staffroom.registry.bell import Bell
from staffroom.registry.bodies import Taken
from staffroom.registry.errors import KeyReused, QueueFull
from staffroom.registry.models import Batch, Kind
from staffroom.registry.models.batch import WAITING, new_key
from staffroom.registry.settings import MEGABYTE, RegistrySettings
from staffroom.tally import counted

DATABASE = "registry"
LOOK_SECONDS = 1.0
"""So long the length of the queue is believed; what this process adds is reckoned meanwhile."""
LOOK_AGAIN_SECONDS = 0.1
"""Before a sender is turned away, it is asked again, but not more often than this."""
LONGEST_GROUP = 64


@dataclass(eq=False, slots=True)
class Letter:
    """One batch on its way to the disk; ``key`` is its public name once it is there."""

    client_id: int
    state: str
    kind: Kind
    taken: Taken
    idempotency_key: str | None = None
    key: str = ""
    repeated: bool = False
    """True where the same batch had been acknowledged before."""
    problem: Exception | None = None
    settled: threading.Event = field(default_factory=threading.Event)


def acknowledge(letter: Letter) -> Letter:
    """Returns once the batch is on the disk. Raises KeyReused; DatabaseError where it cannot be written."""
    if connections[DATABASE].in_atomic_block:  # nobody else could write while our caller holds the database
        _commit([letter])
    else:
        _post_office().hand_in(letter)
        letter.settled.wait()
    if letter.problem is not None:
        raise letter.problem
    return letter


def check_room(settings: RegistrySettings) -> None:
    """Raises QueueFull where so much waits that the sender has to come back later."""
    for patience in (LOOK_SECONDS, LOOK_AGAIN_SECONDS):
        batches, size = _queue.length(patience)
        if batches < settings.queue_batches and size < settings.queue_mb * MEGABYTE:
            return
    raise QueueFull(
        "the queue",
        "is full.",
        happened="Nothing was taken.",
        next_step=f"Send it again after {counted(settings.retry_after_seconds, 'second')}.",
    )


class _PostOffice:
    """The one thread of this process that commits batches, and asks for their drain."""

    def __init__(self) -> None:
        self._letters: list[Letter] = []
        self._arrived = threading.Condition()
        self._bell = Bell()
        threading.Thread(target=self._work, name="registry", daemon=True).start()

    def hand_in(self, letter: Letter) -> None:
        with self._arrived:
            self._letters.append(letter)
            self._arrived.notify()

    def _work(self) -> None:
        while True:
            group = self._next_group()
            close_old_connections()
            if group:
                self._settle(group)
            with contextlib.suppress(DatabaseError):
                self._bell.ring_if_due()

    def _next_group(self) -> list[Letter]:
        """The letters that have come; none where it is time to ring."""
        with self._arrived:
            while not self._letters and self._arrived.wait(self._bell.due_seconds()):
                pass
            group, self._letters = self._letters[:LONGEST_GROUP], self._letters[LONGEST_GROUP:]
            return group

    def _settle(self, group: list[Letter]) -> None:
        try:
            _commit(group)
            self._bell.arrived()
        except Exception as problem:  # whatever it is, those who wait have to hear of it
            for letter in group:
                letter.problem = problem
        for letter in group:
            letter.settled.set()


_offices: dict[int, _PostOffice] = {}
_opening = threading.Lock()


def _post_office() -> _PostOffice:
    """This process's own: a thread does not survive a fork."""
    with _opening:
        return _offices.setdefault(os.getpid(), _offices.get(os.getpid()) or _PostOffice())


def _commit(group: Sequence[Letter]) -> None:
    """Write the letters in one transaction; one whose key came before gets the answer of then."""
    with transaction.atomic(using=DATABASE):
        for letter in group:
            _write(letter)
    fresh = [letter for letter in group if letter.problem is None and not letter.repeated]
    _queue.add(len(fresh), sum(len(letter.taken.data) for letter in fresh))


INSERT = """
INSERT INTO registry_batch (key, client_id, state, kind, standing, idempotency_key, digest, size,
    submitted_at, updated_at,
    next_row, created, updated, unchanged, removed, held, superseded, rejected, notes_kept)
VALUES (%s, %s, %s, %s, 'queued', %s, %s, %s, %s, %s, 0, 0, 0, 0, 0, 0, 0, 0, 0)
ON CONFLICT (client_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
RETURNING id
"""


def _write(letter: Letter) -> None:
    connection = connections[DATABASE]
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    key, data, digest = new_key(), letter.taken.data, letter.taken.digest
    row = (key, letter.client_id, letter.state, letter.kind.value, letter.idempotency_key)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, (*row, digest, len(data), now, now))
        inserted = cursor.fetchone()
        if inserted is None:
            _answer_again(letter)
            return
        cursor.execute("INSERT INTO registry_body (batch_id, data) VALUES (%s, %s)", (inserted[0], data))
    letter.key = key


def _answer_again(letter: Letter) -> None:
    before = Batch.objects.get(client_id=letter.client_id, idempotency_key=letter.idempotency_key)
    same = (bytes(before.digest), before.state, before.kind)
    if same != (letter.taken.digest, letter.state, letter.kind):
        letter.problem = KeyReused(
            "Idempotency-Key",
            "was used before, with another body.",
            happened="Nothing was taken.",
            next_step="Send a new key with a new body.",
        )
        return
    letter.key, letter.repeated = before.key, True


class _Queue:
    """How much waits to be drained, as it was seen a moment ago."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen_at = 0.0
        self._batches = self._size = 0

    def length(self, patience: float) -> tuple[int, int]:
        """(batches, bytes) that wait; looked at again where the last look is older than ``patience``."""
        with self._lock:
            if time.monotonic() - self._seen_at > patience:
                found = Batch.objects.filter(standing__in=WAITING).aggregate(n=Count("id"), size=Sum("size"))
                self._batches, self._size = found["n"], found["size"] or 0
                self._seen_at = time.monotonic()
            return self._batches, self._size

    def add(self, batches: int, size: int) -> None:
        with self._lock:
            self._batches, self._size = self._batches + batches, self._size + size


_queue = _Queue()
