"""Workers as real processes, on SQLite and on PostgreSQL, with real children."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.instances import TestInstance, environment
from tests.jobs.conftest import Soon

WORKER = Path(__file__).with_name("worker_process.py")
COUNTS = {"read": 3, "kept": 2, "repeated": 1, "skipped": 0}


@contextmanager
def worker(instance: TestInstance, mode: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, str(WORKER), str(instance.root), mode, *words],
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def queued(instance: TestInstance, task: str = "nightly") -> str:
    (fact,) = instance.run("jobs", "queue", task, "--json").facts
    return str(fact["id"])


def noted(instance: TestInstance, what: str) -> list[str]:
    """The runs whose children have begun, or ended."""
    path = instance.root / what
    return [line.split()[0] for line in path.read_text().splitlines()] if path.exists() else []


def only_run(instance: TestInstance) -> dict[str, Any]:
    (run,) = instance.runs()
    return run


def test_a_run_is_done_with_its_counts_and_its_log(either: TestInstance) -> None:
    run = queued(either)
    with worker(either, "succeed", "--until-idle") as process:
        assert process.wait(30) == 0
    told = only_run(either)
    assert (told["state"], told["counts"], told["problem"]) == ("done", COUNTS, "")
    log = [json.loads(line) for line in (either.root / f"logs/runs/{run}.log").read_text().splitlines()]
    assert {line["run"] for line in log} == {run}
    assert [next(key for key in ("started", "step", "result", "ended") if key in line) for line in log] == [
        "started",
        "step",
        "step",
        "result",
        "ended",
    ]


def test_a_run_with_skipped_rows_is_done_with_skips(instance: TestInstance) -> None:
    queued(instance)
    with worker(instance, "skip", "--until-idle") as process:
        process.wait(30)
    told = only_run(instance)
    assert (told["state"], told["counts"]["skipped"]) == ("done_with_skips", 1)


def test_a_run_that_fails_says_the_class_of_its_error(instance: TestInstance) -> None:
    queued(instance)
    with worker(instance, "fail", "--until-idle") as process:
        process.wait(30)
    told = only_run(instance)
    assert (told["state"], told["problem"]) == ("failed", "StoreFull")


def test_a_run_that_dies_says_by_which_signal(instance: TestInstance) -> None:
    queued(instance)
    with worker(instance, "die", "--until-idle") as process:
        process.wait(30)
    told = only_run(instance)
    assert (told["state"], told["problem"]) == ("failed", "SIGABRT")


def test_two_workers_run_each_run_once_and_one_at_a_time_in_a_lane(either: TestInstance) -> None:
    runs = [queued(either, task) for task in ("nightly", "events ingest", "metrics compute")]
    with (
        worker(either, "brief", "--until-idle") as one,
        worker(either, "brief", "--until-idle") as other,
    ):
        one.wait(60)
        other.wait(60)
    with worker(either, "brief", "--until-idle") as last:
        last.wait(60)
    assert noted(either, "begun") == runs
    assert noted(either, "ended") == runs
    assert [run["state"] for run in either.runs()] == ["done", "done", "done"]


def test_a_killed_worker_takes_its_child_along_and_its_run_is_queued_again(
    either: TestInstance, soon: Soon
) -> None:
    either.add_settings("[jobs]\nlease_seconds = 2\n")
    run = queued(either)
    with worker(either, "wait") as first:
        soon(lambda: noted(either, "begun") == [run])
        first.send_signal(signal.SIGKILL)
        first.wait(10)
    soon(lambda: noted(either, "ended") == [run])
    with worker(either, "succeed") as second:
        soon(lambda: noted(either, "ended") == [run, run])
        soon(lambda: only_run(either)["state"] == "done")
        second.send_signal(signal.SIGTERM)
        assert second.wait(10) == 0


def test_a_run_that_was_lost_too_often_is_given_up(instance: TestInstance, soon: Soon) -> None:
    instance.add_settings("[jobs]\nlease_seconds = 1\ntries = 2\n")
    run = queued(instance)
    for times in (1, 2):
        with worker(instance, "wait") as process:
            soon(lambda times=times: noted(instance, "begun") == [run] * times)  # type: ignore[misc]
            process.send_signal(signal.SIGKILL)
    with worker(instance, "succeed"):
        soon(lambda: only_run(instance)["state"] == "lost")
    assert only_run(instance)["problem"] == "WorkerLost"
    assert noted(instance, "begun") == [run, run]


def test_stop_interrupts_the_child_and_the_run_is_stopped(instance: TestInstance, soon: Soon) -> None:
    run = queued(instance)
    with worker(instance, "wait"):
        soon(lambda: noted(instance, "begun") == [run])
        assert instance.run("jobs", "stop", run).code == 0
        soon(lambda: only_run(instance)["state"] == "stopped")
    assert noted(instance, "ended") == [run]


def test_stop_counts_even_where_the_worker_ignores_interrupts(instance: TestInstance, soon: Soon) -> None:
    """As in ``staffroom worker &`` of a shell script, whose children inherit that they ignore them."""
    run = queued(instance)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        background = worker(instance, "wait")
        with background:
            signal.signal(signal.SIGINT, before)
            soon(lambda: noted(instance, "begun") == [run])
            instance.run("jobs", "stop", run)
            soon(lambda: only_run(instance)["state"] == "stopped")
    finally:
        signal.signal(signal.SIGINT, before)


def test_stop_ends_a_run_that_waits_at_once(instance: TestInstance) -> None:
    run = queued(instance)
    assert instance.run("jobs", "stop", run).code == 0
    assert only_run(instance)["state"] == "stopped"
    again = instance.run("jobs", "stop", run)
    assert again.code == 1
    assert again.err == [f"staffroom: run {run}: cannot be stopped: it is stopped."]


def test_a_worker_that_is_told_to_leave_puts_its_run_back(instance: TestInstance, soon: Soon) -> None:
    run = queued(instance)
    with worker(instance, "wait") as process:
        soon(lambda: noted(instance, "begun") == [run])
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert noted(instance, "ended") == [run]
    assert only_run(instance)["state"] == "queued"


def test_a_child_that_will_not_end_is_killed(instance: TestInstance, soon: Soon) -> None:
    instance.add_settings("[jobs]\nstop_seconds = 1\n")
    run = queued(instance)
    with worker(instance, "wait"):
        soon(lambda: noted(instance, "begun") == [run])
        child = int((instance.root / "begun").read_text().split()[1])
        os.kill(child, signal.SIGSTOP)  # it gets the interrupt only when it goes on, which it does not
        instance.run("jobs", "stop", run)
        soon(lambda: only_run(instance)["state"] == "stopped")
    assert noted(instance, "ended") == []


def test_the_same_wish_twice_is_one_run(instance: TestInstance) -> None:
    assert queued(instance) == queued(instance)
    assert len(instance.runs()) == 1
