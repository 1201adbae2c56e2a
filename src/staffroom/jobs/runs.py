"""What happens to a run: queued, claimed with a lease, kept alive, ended, lost and queued again.

Each change is one conditional UPDATE, so that of any number of workers one succeeds, on SQLite as on
PostgreSQL. A change by a worker that no longer holds the run changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from staffroom.jobs.models import Run, State
from staffroom.jobs.models.run import ENDED, FAILED, UNDER_WAY
from staffroom.jobs.tasks import TASKS, task, words

Steps = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. ``problem`` is an error's class, ``place`` where it happened."""

    state: State
    exit_code: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""
    place: str = ""


def log_name(run: UUID) -> str:
    """A run's log, relative to the instance's ``logs``."""
    return f"runs/{run}.log"


def queue(name: str, *, arguments: Mapping[str, Any] | None = None, started_by: str) -> Run:
    """Ask for a run; where the same one waits already, that one. Raises UnknownName."""
    arguments = dict(sorted((arguments or {}).items()))
    words(name, arguments)
    waiting = Run.objects.filter(name=name, state=State.QUEUED, arguments=arguments).first()
    if waiting is not None:
        return waiting
    return Run.objects.create(name=name, arguments=arguments, lane=task(name).lane, started_by=started_by)


def claim(worker: str, *, lease_seconds: float) -> Run | None:
    """The run that waited longest and whose lane is free, now ``worker``'s; None where there is none."""
    waiting = Run.objects.filter(state=State.QUEUED).exclude(lane__in=_taken_lanes())
    for candidate in waiting.order_by("queued_at", "id").values_list("id", flat=True):
        if _take(candidate, worker, lease_seconds):
            return Run.objects.get(id=candidate)
    return None


def _taken_lanes() -> set[str]:
    """The lanes of all that is under way, where it was typed too."""
    under_way = Run.objects.filter(state__in=UNDER_WAY).values_list("name", "lane")
    return {lane or TASKS[name].lane for name, lane in under_way if lane or name in TASKS}


def _take(run: UUID, worker: str, lease_seconds: float) -> bool:
    now = timezone.now()
    try:
        with transaction.atomic():
            taken = Run.objects.filter(id=run, state=State.QUEUED).update(
                state=State.RUNNING,
                worker=worker,
                started_at=now,
                lease_until=now + timedelta(seconds=lease_seconds),
                tries=F("tries") + 1,
                progress=[],
                log=log_name(run),
            )
    except IntegrityError:  # another worker took a run of the same lane at this moment
        return False
    return taken == 1


def keep(run: UUID, worker: str, *, lease_seconds: float, progress: Steps | None = None) -> State | None:
    """Renew the lease and store ``progress``; returns the state, None where the run is no longer ours."""
    values: dict[str, Any] = {"lease_until": timezone.now() + timedelta(seconds=lease_seconds)}
    if progress is not None:
        values["progress"] = progress
    ours = Run.objects.filter(id=run, worker=worker, state__in=UNDER_WAY)
    if not ours.update(**values):
        return None
    return State(Run.objects.values_list("state", flat=True).get(id=run))


def finish(run: UUID, worker: str, outcome: Outcome, *, progress: Steps | None = None) -> bool:
    """Write how the run ended; False where it is no longer ``worker``'s."""
    values: dict[str, Any] = {} if progress is None else {"progress": progress}
    changed = Run.objects.filter(id=run, worker=worker, state__in=UNDER_WAY).update(
        state=outcome.state,
        finished_at=timezone.now(),
        lease_until=None,
        exit_code=outcome.exit_code,
        counts=dict(outcome.counts),
        facts=dict(outcome.facts),
        problem=outcome.problem[:100],
        problem_place=outcome.place[:300],
        **values,
    )
    return changed == 1


def release(run: UUID, worker: str) -> bool:
    """Put a run back because its worker leaves: the next worker takes it up, and no try is counted."""
    changed = Run.objects.filter(id=run, worker=worker, state=State.RUNNING).update(
        state=State.QUEUED, worker="", lease_until=None, started_at=None, tries=F("tries") - 1
    )
    return changed == 1


def expire(*, tries: int) -> list[UUID]:
    """Queue runs again whose lease has ended; those without a lane or lost ``tries`` times stay lost."""
    now = timezone.now()
    silent = Run.objects.filter(state__in=UNDER_WAY, lease_until__lt=now)
    expired = []
    for run in silent:
        same = Run.objects.filter(id=run.id, worker=run.worker, state=run.state, lease_until__lt=now)
        if same.update(worker="", lease_until=None, **_after_loss(run, tries)):
            expired.append(run.id)
    return expired


def _after_loss(run: Run, tries: int) -> dict[str, Any]:
    now = timezone.now()
    if run.state == State.STOPPING:
        return {"state": State.STOPPED, "finished_at": now}
    if not run.lane or run.tries >= tries:
        return {"state": State.LOST, "finished_at": now, "problem": "WorkerLost"}
    return {"state": State.QUEUED, "started_at": None}


def request_stop(run: UUID) -> bool:
    """Ask a run to end: one that waits is stopped at once, one that runs is told by its worker."""
    if Run.objects.filter(id=run, state=State.QUEUED).update(state=State.STOPPED, finished_at=timezone.now()):
        return True
    return bool(Run.objects.filter(id=run, state=State.RUNNING).update(state=State.STOPPING))


def last_nightly() -> Run | None:
    """The nightly run that ended last, whatever its end, stopped ones apart; for freshness and banners."""
    ended = Run.objects.filter(name="nightly", state__in=ENDED).exclude(state=State.STOPPED)
    return ended.order_by("-finished_at").first()


def last_nightly_failed() -> bool:
    """Whether every page has to say that the last run failed; one small indexed query."""
    last = last_nightly()
    return last is not None and last.state in FAILED


def drop_old(*, kept_days: int) -> int:
    """Delete ended runs older than ``kept_days``, the last nightly run apart; returns how many went."""
    before = timezone.now() - timedelta(days=kept_days)
    last = last_nightly()
    old = Run.objects.filter(state__in=ENDED, finished_at__lt=before)
    if last is not None:
        old = old.exclude(id=last.id)
    return old.delete()[1].get("jobs.Run", 0)
