"""A crew of worker processes that stage logs and merge days, a task at a time.

A worker that is killed ends the run with an error instead of hanging it; a run that is killed ends its
workers. Small runs have a crew of none: the tasks run here.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Self, TypeVar

from staffroom.errors import TransientError

Advance = Callable[[int], None]
"""Is told how much further a task has come."""

T = TypeVar("T")
R = TypeVar("R")


@dataclass
class _Worker:
    process: BaseProcess
    connection: Connection
    task: int | None = field(default=None)
    """The number of the task that it works on."""


class Crew:
    """Workers for tasks; until they are started, tasks run in this process."""

    def __init__(self) -> None:
        self._workers: list[_Worker] = []

    def start(self, size: int, *works: Callable[..., object]) -> None:
        """Start ``size`` workers if there are none yet; they load what ``works`` need at once."""
        if self._workers or not size:
            return
        context = get_context("spawn")
        modules = [work.__module__ for work in works]
        with _interrupts_wait():
            for _ in range(size):
                here, there = context.Pipe()
                process = context.Process(target=_work, args=(there, modules), daemon=True)
                process.start()
                there.close()
                self._workers.append(_Worker(process, here))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.connection.close()
            if kind is not None:
                worker.process.kill()
            worker.process.join()
        self._workers.clear()

    def run(self, work: Callable[[T, Advance], R], tasks: Sequence[T], advance: Advance) -> list[R]:
        """The answers of ``work`` to ``tasks``, in their order. The first error ends the run."""
        if not self._workers:
            return [work(task, advance) for task in tasks]
        waiting = list(range(len(tasks) - 1, -1, -1))
        answers: dict[int, R] = {}
        while len(answers) < len(tasks):
            for worker in self._workers:
                if worker.task is None and waiting:
                    worker.task = waiting.pop()
                    worker.connection.send((work, tasks[worker.task]))
            busy = {worker.connection: worker for worker in self._workers if worker.task is not None}
            for ready in wait(list(busy)):
                worker = busy[ready]  # type: ignore[index]  # wait() gives back what it was given
                self._hear(worker, answers, advance)
        return [answers[number] for number in range(len(tasks))]

    def _hear(self, worker: _Worker, answers: dict[int, Any], advance: Advance) -> None:
        try:
            word, value = worker.connection.recv()
        except (EOFError, OSError):
            raise TransientError(
                "a worker process",
                "was killed.",
                happened="Nothing of this batch was published.",
                next_step="Look for a lack of memory, then run it again.",
            ) from None
        if word == "advance":
            advance(value)
        elif word == "failed":
            raise value
        else:
            assert worker.task is not None
            answers[worker.task] = value
            worker.task = None


@contextmanager
def _interrupts_wait() -> Iterator[None]:
    """Ctrl-C is heard once the workers have started; they inherit that they do not hear it."""
    resource_tracker.ensure_running()  # its own start would let interrupts through
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(connection: Connection, modules: Sequence[str]) -> None:
    """The life of a worker: Ctrl-C is for the run, which ends its workers itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    sys.meta_path.insert(0, _Without("pandas", "numpy"))
    for module in modules:
        importlib.import_module(module)
    gc.freeze()
    gc.disable()  # nothing that parsing makes refers to itself: there is nothing to collect
    while True:
        try:
            work, task = connection.recv()
        except EOFError:
            os._exit(0)  # at an orderly end, libraries complain of what was never collected
        try:
            answer = ("done", work(task, lambda amount: connection.send(("advance", amount))))
        except Exception as error:
            answer = ("failed", error)
        connection.send(answer)


def _leave_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


class _Without:
    """Where they are installed, pyarrow and DuckDB import these: a second and 80 MB for nothing here."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def find_spec(self, name: str, *_: object) -> None:
        if name in self._names:
            raise ModuleNotFoundError(name)
