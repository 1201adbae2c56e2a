"""The worker: claims runs, starts each as a child process, watches it, and looks at the schedule meanwhile.

Whatever happens to the worker, the run's row and its lease tell the next one what to do.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import FrameType

from django.db import DatabaseError, close_old_connections

from staffroom.command import Exit
from staffroom.config import Instance
from staffroom.jobs import runs, schedule
from staffroom.jobs.child import Child
from staffroom.jobs.due import Schedule
from staffroom.jobs.models import Run, State
from staffroom.jobs.notices import tell_operators
from staffroom.jobs.settings import JobsSettings, schedules
from staffroom.jobs.tasks import words

LOOK_SECONDS = 1.0
TELL_SECONDS = 60.0
COUNTED = ("read", "kept", "repeated", "skipped")


@dataclass
class Watched:
    """The run that this worker has taken, and its child."""

    run: Run
    child: Child
    told_to_end_at: float | None = None
    is_killed: bool = False
    is_lost: bool = False
    """True once another worker may have it: then nothing is written any more."""
    exit_code: int | None = None


@dataclass
class Worker:
    """One run at a time; start several for more. ``say`` is told what it does, in words without data.

    ``command`` gives the words that start a run; None for the verb that the run names.
    """

    instance: Instance
    say: Callable[[str], None]
    command: Callable[[Run], list[str]] | None = None
    name: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}")

    def __post_init__(self) -> None:
        self.settings = self.instance.section("jobs", JobsSettings)
        self.schedules: tuple[Schedule, ...] = schedules(self.instance)
        self.watched: Watched | None = None
        self.is_leaving = False
        self.is_idle = False
        self._looked_at: dict[str, datetime] = {}
        self._tells_after = 0.0

    def work(self, *, until_idle: bool = False) -> None:
        """Go on until told to leave; with ``until_idle``, until nothing waits."""
        self.say(f"Worker {self.name} is ready.")
        while not (self.is_leaving and self.watched is None):
            try:
                self._look()
            except DatabaseError as error:
                self.say(f"The database cannot be used ({type(error).__name__}); trying again.")
                close_old_connections()
                time.sleep(LOOK_SECONDS)
            if self.is_idle and until_idle:
                break
        self.say("Worker has left.")

    def leave(self, number: int = signal.SIGTERM, frame: FrameType | None = None) -> None:  # noqa: ARG002 - a handler of signals too
        """Take no more runs; interrupt the one that runs, and put it back. A second time: kill it."""
        if self.is_leaving and self.watched is not None:
            self.watched.child.kill()
        self.is_leaving = True

    def _look(self) -> None:
        if not self.is_leaving:
            self._tick()
            for run in runs.expire(tries=self.settings.tries):
                self.say(f"Run {run} was lost with its worker.")
            if self.watched is None:
                self._tell()
                self._claim()
        if self.watched is not None:
            self._watch(self.watched)
        elif self.is_idle and not self.is_leaving:
            time.sleep(LOOK_SECONDS)

    def _tick(self) -> None:
        """Look at each schedule once a minute."""
        now = datetime.now(UTC).replace(second=0, microsecond=0)
        for one in self.schedules:
            if self._looked_at.get(one.task) != now:
                if schedule.tick(one, now) is not None:
                    self.say(f"{one.task} is due.")
                self._looked_at[one.task] = now

    def _tell(self) -> None:
        """Between runs: what operators have to know, with a pause where their mail server is away."""
        if time.monotonic() < self._tells_after:
            return
        if tell_operators(self.instance):
            self.say("The operators were told by mail.")
        self._tells_after = time.monotonic() + TELL_SECONDS

    def _claim(self) -> None:
        run = runs.claim(self.name, lease_seconds=self.settings.lease_seconds)
        self.is_idle = run is None
        if run is not None:
            self.say(f"{run.name} {run.id} begins.")
            self.watched = Watched(run, self._start(run))

    def _start(self, run: Run) -> Child:
        command = self.command or self._verb
        return Child(command(run), log=self.instance.logs / run.log, run=str(run.id))

    def _verb(self, run: Run) -> list[str]:
        program = (sys.executable, "-m", "staffroom.cli")
        how = ("--json", f"--instance={self.instance.root}", f"--run={run.id}")
        return [*program, *words(run.name, run.arguments), *how]

    def _watch(self, watched: Watched) -> None:
        if watched.exit_code is None:
            watched.exit_code = watched.child.listen(LOOK_SECONDS)
        if watched.exit_code is not None:
            self._end(watched)
            return
        state = None if watched.is_lost else self._keep(watched)
        if state is None and not watched.is_lost:
            self.say(f"Run {watched.run.id} is no longer ours.")
            watched.is_lost = True
        if watched.is_lost or self.is_leaving or state == State.STOPPING:
            self._make_it_end(watched)

    def _keep(self, watched: Watched) -> State | None:
        lease, steps = self.settings.lease_seconds, watched.child.heard.steps
        return runs.keep(watched.run.id, self.name, lease_seconds=lease, progress=steps)

    def _make_it_end(self, watched: Watched) -> None:
        if watched.told_to_end_at is None:
            watched.told_to_end_at = time.monotonic()
            watched.child.interrupt()
        elif time.monotonic() - watched.told_to_end_at > self.settings.stop_seconds and not watched.is_killed:
            watched.is_killed = True
            watched.child.kill()

    def _end(self, watched: Watched) -> None:
        assert watched.exit_code is not None
        was_told = watched.told_to_end_at is not None
        outcome = outcome_of(watched.exit_code, watched.child, was_told=was_told)
        run, steps = watched.run.id, watched.child.heard.steps
        if watched.is_lost:
            words_for_it = "left to others"
        elif self.is_leaving and outcome.state == State.STOPPED and runs.release(run, self.name):
            words_for_it = "put back"
        else:
            runs.finish(run, self.name, outcome, progress=steps)
            words_for_it = outcome.state.label.lower()
        self.watched = None
        self._tells_after = 0.0
        self.say(f"{watched.run.name} {run}: {words_for_it}.")


def outcome_of(exit_code: int, child: Child, *, was_told: bool) -> runs.Outcome:
    """What an exit code and the child's last words mean; one that ``was_told`` to end is stopped."""
    result, error = child.heard.result, child.heard.error
    counts: dict[str, int] = {
        key: result[key] for key in ("read", "kept", "repeated", "skipped") if key in result
    }
    facts = {key: value for key, value in result.items() if key not in counts and key != "result"}
    if exit_code in (Exit.DONE, Exit.ROWS_SKIPPED):
        state = State.DONE if exit_code == Exit.DONE else State.DONE_WITH_SKIPS
        return runs.Outcome(state, exit_code, counts, facts)
    if was_told:
        return runs.Outcome(State.STOPPED, exit_code, counts, facts)
    problem = str(error.get("error", "")) or _died(exit_code)
    return runs.Outcome(State.FAILED, exit_code, counts, facts, problem, str(error.get("place", "")))


def _died(exit_code: int) -> str:
    if exit_code >= 0:
        return f"ExitCode{exit_code}"
    try:
        return signal.Signals(-exit_code).name
    except ValueError:
        return f"Signal{-exit_code}"
