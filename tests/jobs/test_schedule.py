"""A due time becomes one run, whoever looks, and however late."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from staffroom.jobs.due import Schedule
from staffroom.jobs.models import Run, Tick
from staffroom.jobs.schedule import drop_old, tick
from tests.instances import TestInstance, environment

NIGHTLY = Schedule("nightly", "0 3 * * *", ZoneInfo("America/Santiago"))
"""03:00 in Santiago is 06:00 UTC in November."""

RACE = Path(__file__).with_name("race.py")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def look(at: str, schedule: Schedule = NIGHTLY) -> bool:
    """Whether looking at that time queued a run."""
    return tick(schedule, utc(at)) is not None


@pytest.mark.django_db
def test_the_first_look_only_marks_where_the_schedule_begins() -> None:
    assert not look("2026-11-20T10:00")
    assert not look("2026-11-21T05:59")
    assert look("2026-11-21T06:00")


@pytest.mark.django_db
def test_a_due_time_is_queued_once() -> None:
    look("2026-11-20T10:00")
    assert [look("2026-11-21T06:00"), look("2026-11-21T06:01"), look("2026-11-21T23:00")] == [
        True,
        False,
        False,
    ]
    run = Run.objects.get()
    assert (run.name, run.started_by, run.state) == ("nightly", "schedule", "queued")
    assert Tick.objects.get(run=run).due_at == utc("2026-11-21T06:00")


@pytest.mark.django_db
def test_of_missed_nights_the_newest_is_made_up_once() -> None:
    look("2026-11-20T10:00")
    assert look("2026-11-25T12:00")
    assert not look("2026-11-25T12:01")
    assert [mark.due_at for mark in Tick.objects.order_by("due_at")] == [
        utc("2026-11-20T06:00"),
        utc("2026-11-25T06:00"),
    ]


@pytest.mark.django_db
def test_a_clock_that_was_set_back_runs_nothing_twice() -> None:
    look("2026-11-20T10:00")
    assert look("2026-11-21T06:05")
    assert not look("2026-11-20T23:00")
    assert not look("2026-11-21T06:05")


@pytest.mark.django_db
def test_a_schedule_that_was_changed_begins_afresh() -> None:
    look("2026-11-20T10:00")
    later = Schedule("nightly", "0 5 * * *", NIGHTLY.zone)
    assert not look("2026-11-20T23:00", later)
    assert look("2026-11-21T08:00", later)


@pytest.mark.django_db
def test_a_night_that_still_waits_is_not_queued_twice() -> None:
    look("2026-11-20T10:00")
    assert look("2026-11-21T06:00")
    assert look("2026-11-22T06:00")
    assert Run.objects.count() == 1


@pytest.mark.django_db
def test_old_ticks_go_and_the_newest_stays() -> None:
    for day in (20, 21, 22):
        look(f"2026-11-{day}T10:00")
    assert drop_old(utc("2026-12-31T00:00")) == 2
    assert [mark.due_at for mark in Tick.objects.all()] == [utc("2026-11-22T06:00")]


def test_of_many_schedulers_that_look_at_once_one_queues_a_run(either: TestInstance) -> None:
    """Eight processes look at the same due time at the same moment."""
    either.add_settings('[schedule]\nnightly = "0 3 * * *"\n')
    begun = datetime.now(UTC) + timedelta(seconds=4)
    racers = [
        subprocess.Popen(
            [sys.executable, str(RACE), str(either.root), "tick", begun.isoformat()],
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        for _ in range(8)
    ]
    told = sorted(racer.communicate(timeout=60)[0].strip() for racer in racers)
    assert told == ["nothing"] * 7 + ["queued"]
    assert len(either.runs()) == 1
    assert len(either.rows("SELECT * FROM jobs_tick")) == 2
