"""What happens to a run's row, change by change."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.utils import timezone

from staffroom.errors import UnknownName
from staffroom.jobs import runs
from staffroom.jobs.models import Run, State
from tests.instances import TestInstance, environment

RACE = Path(__file__).with_name("race.py")
DONE = runs.Outcome(State.DONE, 0, {"read": 1, "kept": 1, "repeated": 0, "skipped": 0})


def claimed(name: str = "nightly", worker: str = "w1") -> Run:
    runs.queue(name, started_by="schedule")
    run = runs.claim(worker, lease_seconds=60)
    assert run is not None
    return run


def silent(run: Run) -> None:
    """Its worker has said nothing for longer than its lease."""
    Run.objects.filter(id=run.id).update(lease_until=timezone.now() - timedelta(seconds=1))


def state(run: Run) -> str:
    run.refresh_from_db()
    return run.state


@pytest.mark.django_db
def test_what_cannot_be_queued_is_named_with_what_can() -> None:
    with pytest.raises(UnknownName) as raised:
        runs.queue("accounts create", started_by="1")
    assert str(raised.value) == (
        "run 'accounts create': is not something that can be queued. "
        "Known: 'nightly', 'events ingest', 'metrics compute', 'loader run', 'loader check', "
        "'registry drain', 'students import', 'students approve'."
    )
    with pytest.raises(UnknownName):
        runs.queue("nightly", arguments={"instance=/etc --x": "y"}, started_by="1")
    assert Run.objects.count() == 0


@pytest.mark.django_db
def test_the_run_that_waited_longest_comes_first() -> None:
    first = runs.queue("metrics compute", arguments={"course": "a"}, started_by="1")
    runs.queue("metrics compute", arguments={"course": "b"}, started_by="1")
    run = runs.claim("w1", lease_seconds=60)
    assert run is not None
    assert (run.id, run.state, run.worker, run.tries, run.log) == (
        first.id,
        "running",
        "w1",
        1,
        f"runs/{first.id}.log",
    )


@pytest.mark.django_db
def test_a_lane_holds_one_run_at_a_time() -> None:
    run = claimed("nightly")
    runs.queue("events ingest", started_by="1")
    assert runs.claim("w2", lease_seconds=60) is None
    assert runs.finish(run.id, "w1", DONE)
    assert runs.claim("w2", lease_seconds=60) is not None


@pytest.mark.django_db
def test_only_its_worker_keeps_and_ends_a_run() -> None:
    run = claimed()
    assert runs.keep(run.id, "w2", lease_seconds=60) is None
    assert not runs.finish(run.id, "w2", DONE)
    assert runs.keep(run.id, "w1", lease_seconds=60, progress=[{"step": "Read"}]) is State.RUNNING
    assert runs.finish(run.id, "w1", DONE)
    assert not runs.finish(run.id, "w1", runs.Outcome(State.FAILED, 1))
    assert (state(run), run.exit_code, run.counts, run.progress) == (
        "done",
        0,
        DONE.counts,
        [{"step": "Read"}],
    )


@pytest.mark.django_db
def test_a_lost_run_is_queued_again_and_its_old_worker_can_do_nothing() -> None:
    run = claimed()
    assert runs.expire(tries=3) == []
    silent(run)
    assert runs.expire(tries=3) == [run.id]
    assert (state(run), run.worker, run.tries) == ("queued", "", 1)
    again = runs.claim("w2", lease_seconds=60)
    assert again is not None and (again.id, again.tries) == (run.id, 2)
    assert runs.keep(run.id, "w1", lease_seconds=60) is None
    assert not runs.finish(run.id, "w1", DONE)
    silent(run)
    assert runs.expire(tries=2) == [run.id]
    assert (state(run), run.problem) == ("lost", "WorkerLost")


@pytest.mark.django_db
def test_a_run_that_was_to_stop_when_it_was_lost_is_stopped() -> None:
    run = claimed()
    assert runs.request_stop(run.id)
    assert runs.keep(run.id, "w1", lease_seconds=60) is State.STOPPING
    silent(run)
    runs.expire(tries=3)
    assert state(run) == "stopped"


@pytest.mark.django_db
def test_a_run_that_is_put_back_counts_no_try() -> None:
    run = claimed()
    assert runs.release(run.id, "w1")
    assert (state(run), run.tries, run.started_at) == ("queued", 0, None)


@pytest.mark.django_db
def test_the_last_nightly_run_is_the_one_that_ended_last_and_was_not_stopped() -> None:
    assert runs.last_nightly() is None
    assert not runs.last_nightly_failed()
    good = claimed()
    runs.finish(good.id, "w1", DONE)
    assert runs.last_nightly() == good
    bad = claimed()
    runs.finish(bad.id, "w1", runs.Outcome(State.FAILED, 1, problem="StoreFull"))
    assert (runs.last_nightly(), runs.last_nightly_failed()) == (bad, True)
    stopped = claimed()
    runs.finish(stopped.id, "w1", runs.Outcome(State.STOPPED, 1))
    other = claimed("metrics compute")
    runs.finish(other.id, "w1", DONE)
    claimed()
    assert (runs.last_nightly(), runs.last_nightly_failed()) == (bad, True)


@pytest.mark.django_db
def test_old_runs_go_and_the_last_nightly_run_stays() -> None:
    for name in ("nightly", "metrics compute"):
        runs.finish(claimed(name).id, "w1", DONE)
    Run.objects.update(finished_at=timezone.now() - timedelta(days=500))
    assert runs.drop_old(kept_days=400) == 1
    assert [run.name for run in Run.objects.all()] == ["nightly"]


def test_of_many_workers_that_claim_at_once_one_gets_the_run(either: TestInstance) -> None:
    """Eight processes claim at the same moment; a second run of the same lane waits."""
    ids = {
        either.run("jobs", "queue", task, "--json").facts[0]["id"] for task in ("nightly", "metrics compute")
    }
    begun = datetime.now(UTC) + timedelta(seconds=4)
    racers = [
        subprocess.Popen(
            [sys.executable, str(RACE), str(either.root), "claim", begun.isoformat()],
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        for _ in range(8)
    ]
    told = [racer.communicate(timeout=60)[0].strip() for racer in racers]
    (run,) = [one for one in told if one != "nothing"]
    assert run in ids
    assert [UUID(str(row["id"])) for row in either.runs() if row["state"] == "running"] == [UUID(run)]
