"""A run that goes on where it was typed: its row and its log are kept by its own process."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection
from django.utils import timezone

from staffroom.errors import PermanentError, StaffroomError
from staffroom.jobs import runs
from staffroom.jobs.log import Log
from staffroom.jobs.models import Run, State
from staffroom.jobs.models.run import COMMAND_LINE, UNDER_WAY
from staffroom.tally import Progress, Step

BEAT_SECONDS = 1.0


class InPlace:
    """The run that goes on here. Set ``outcome`` before the block ends; ``progress`` is told of its steps."""

    def __init__(self, run: Run, progress: Progress, log: Log | None) -> None:
        self.run = run
        self.outcome: runs.Outcome | None = None
        self.steps: runs.Steps = []
        self.log = log
        self.progress: Progress = _Noted(progress, self.steps, log)

    def write(self, facts: Mapping[str, Any]) -> None:
        """A line of the log, where there is one."""
        if self.log is not None:
            self.log.write(facts)


@contextmanager
def in_place(
    name: str,
    *,
    progress: Progress,
    lease_seconds: float,
    logs: Path,
    arguments: Mapping[str, Any] | None = None,
) -> Iterator[InPlace]:
    """Keep a row and a log (in ``logs``) of what the block does; how it ends is written whatever happens,
    short of SIGKILL.

    Rows that earlier runs of this name left behind when they were killed are marked as lost: the caller
    holds the lock that makes sure that none of them still goes on.
    """
    worker = f"{socket.gethostname()}:{os.getpid()}"
    run = Run(name=name, arguments=dict(arguments or {}), started_by=COMMAND_LINE, worker=worker, tries=1)
    here = InPlace(run, progress, _open_log(logs, run))
    beat = _Beat(here, worker, lease_seconds)
    try:  # from here on an interrupt finds whoever writes how the run ended, its row being there or not yet
        _begin(run, lease_seconds)
        here.write({"started": os.getpid()})
        beat.start()
        yield here
    except BaseException as error:
        here.outcome = _outcome_of(error)
        raise
    finally:
        beat.end()
        _end(here, worker)


def _end(here: InPlace, worker: str) -> None:
    """Write how it ended. Where even that cannot be written, as on a full disk, the lease tells it later."""
    outcome = here.outcome or runs.Outcome(State.DONE, 0)
    told = {key: value for key, value in (("problem", outcome.problem), ("place", outcome.place)) if value}
    here.write({**outcome.counts, **outcome.facts, **told, "ended": outcome.exit_code})
    if here.log is not None:
        here.log.close()
    with contextlib.suppress(DatabaseError):
        runs.finish(here.run.id, worker, outcome, progress=here.steps)


def _open_log(logs: Path, run: Run) -> Log | None:
    """The run's log; a disk without room must not keep the run from making some."""
    name = runs.log_name(run.id)
    try:
        (logs / name).parent.mkdir(parents=True, exist_ok=True)
        log = Log(logs / name, str(run.id))
    except OSError:
        return None
    run.log = name
    return log


def _begin(run: Run, lease_seconds: float) -> None:
    now = timezone.now()
    run.state, run.started_at, run.lease_until = State.RUNNING, now, now + timedelta(seconds=lease_seconds)
    try:
        left = Run.objects.filter(name=run.name, lane="", state__in=UNDER_WAY)
        left.update(state=State.LOST, finished_at=now, lease_until=None, problem="WorkerLost")
        run.save(force_insert=True)
    except DatabaseError as error:
        raise PermanentError(
            "the database",
            f"cannot be used ({type(error).__name__}).",
            happened="Nothing was started.",
            next_step="Run 'staffroom migrate', then 'staffroom check'.",
        ) from None


def _outcome_of(error: BaseException) -> runs.Outcome:
    if isinstance(error, KeyboardInterrupt | GeneratorExit):  # the latter: interrupted as the block began
        return runs.Outcome(State.STOPPED, 1)
    place = ""
    if isinstance(error, StaffroomError):
        place = error.place
    elif isinstance(error, OSError) and error.filename:
        place = str(error.filename)
    return runs.Outcome(State.FAILED, 1, problem=type(error).__name__, place=place)


class _Beat(threading.Thread):
    """Once a second: the steps are stored, the lease is renewed, and a wish to stop becomes an interrupt."""

    def __init__(self, here: InPlace, worker: str, lease_seconds: float) -> None:
        super().__init__(name="run", daemon=True)
        self._here, self._worker, self._lease_seconds = here, worker, lease_seconds
        self._over = threading.Event()

    def end(self) -> None:
        self._over.set()
        if self.is_alive():  # an interrupt may have come before it began
            self.join()

    def run(self) -> None:
        told = False
        try:
            while True:
                wish = self._keep(self._here.run.id)
                if wish and not told:
                    told = True
                    main = threading.main_thread().ident
                    assert main is not None
                    signal.pthread_kill(main, signal.SIGINT)
                if self._over.wait(BEAT_SECONDS):
                    return
        finally:
            connection.close()

    def _keep(self, run: UUID) -> bool:
        """Whether the run was asked to stop; a database that is busy is asked again with the next beat."""
        steps = [dict(step) for step in self._here.steps]
        try:
            state = runs.keep(run, self._worker, lease_seconds=self._lease_seconds, progress=steps)
        except DatabaseError:
            return False
        return state == State.STOPPING


class _Noted:
    """Progress that is passed on, and noted for the run's row and log."""

    def __init__(self, inner: Progress, steps: runs.Steps, log: Log | None) -> None:
        self._inner, self._steps, self._log = inner, steps, log

    @contextmanager
    def step(self, label: str, *, total: int | None = None, unit: str = "rows") -> Iterator[Step]:
        note = {"step": label, "done": 0, "total": total, "unit": unit}
        self._steps.append(note)
        with self._inner.step(label, total=total, unit=unit) as step:
            yield _NotedStep(step, note, self._log)
        if self._log is not None:
            self._log.write(note)


class _NotedStep:
    def __init__(self, inner: Step, note: dict[str, Any], log: Log | None) -> None:
        self._inner, self._note, self._log = inner, note, log

    def advance(self, amount: int = 1) -> None:
        self._note["done"] += amount
        self._inner.advance(amount)
        if self._log is not None and self._note["done"] != self._note["total"]:
            self._log.write_step(self._note)  # one a minute; its end is written when it has ended
