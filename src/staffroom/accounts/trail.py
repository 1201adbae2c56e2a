"""The audit trail: which learners a person was shown, written before they are shown.

``record`` raises where the row cannot be written, and the caller lets that stop the answer: nothing is
shown that is not in the trail.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from staffroom.accounts.models import Person, View

Learner = tuple[str, str]
"""(source, learner_id)."""


def record(person: Person, what: str, *, course_id: str, learners: Iterable[Learner]) -> None:
    """One row for one view, list or export that names ``learners``; none where it names nobody."""
    named = sorted(set(learners))
    if not named:
        return
    View.objects.create(
        person_id=person.pk,
        at=timezone.now(),
        what=what,
        course_id=course_id,
        learner_count=len(named),
        learners=packed(named),
    )


def record_client(client: str, what: str, *, learners: Iterable[Learner]) -> None:
    """One row for an answer to a program that is nobody's token: a service client of the registry."""
    named = sorted(set(learners))
    if named:
        View.objects.create(
            person_id=0,
            client=client,
            at=timezone.now(),
            what=what,
            learner_count=len(named),
            learners=packed(named),
        )


def record_lines(person: Person, what: str) -> None:
    """One row for a view of delivered lines: they may name learners, and nobody can say which."""
    View.objects.create(
        person_id=person.pk, at=timezone.now(), what=what, learner_count=0, learners=packed([])
    )


def record_act(person: Person, what: str) -> None:
    """One row for what somebody did that widens or narrows what is seen, naming no learner."""
    View.objects.create(
        person_id=person.pk, at=timezone.now(), what=what, learner_count=0, learners=packed([])
    )


def packed(learners: list[Learner]) -> bytes:
    """Sorted learners as compressed JSON ``{source: [learner_id, …]}``."""
    by_source: dict[str, list[str]] = {}
    for source, learner_id in learners:
        by_source.setdefault(source, []).append(learner_id)
    return zlib.compress(json.dumps(by_source, ensure_ascii=False, separators=(",", ":")).encode())


def unpacked(data: bytes | memoryview) -> list[Learner]:
    """The learners of a row of the trail."""
    by_source: dict[str, list[str]] = json.loads(zlib.decompress(bytes(data)))
    return [(source, learner_id) for source, ids in by_source.items() for learner_id in ids]


def drop_old(*, kept_days: int, now: datetime | None = None) -> int:
    """Delete rows older than ``kept_days``; returns how many went."""
    before = (now or timezone.now()) - timedelta(days=kept_days)
    dropped, _ = View.objects.filter(at__lt=before).delete()
    return dropped
