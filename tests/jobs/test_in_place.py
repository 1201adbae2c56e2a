"""A run that goes on where it was typed: how its row ends, whenever an interrupt comes."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db.models.signals import post_save, pre_save

from staffroom.errors import StoreFull
from staffroom.jobs.in_place import in_place
from staffroom.jobs.models import Run, State
from staffroom.tally import Silent

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def interrupted(moment: Any) -> Iterator[None]:
    """Send this process the signal of Ctrl-C at ``moment`` of saving a run."""

    def interrupt(**_: object) -> None:
        signal.raise_signal(signal.SIGINT)

    moment.connect(interrupt, sender=Run)
    try:
        yield
    finally:
        moment.disconnect(interrupt, sender=Run)


def test_a_run_interrupted_as_soon_as_its_row_is_there_is_stopped(tmp_path: Path) -> None:
    night = in_place("nightly", progress=Silent(), lease_seconds=60, logs=tmp_path)
    with interrupted(post_save), pytest.raises(KeyboardInterrupt), night:
        pytest.fail("it went on")
    run = Run.objects.get()
    assert (run.state, run.exit_code, run.lease_until) == (State.STOPPED, 1, None)
    assert run.finished_at is not None


def test_a_run_interrupted_before_its_row_is_there_leaves_none(tmp_path: Path) -> None:
    night = in_place("nightly", progress=Silent(), lease_seconds=60, logs=tmp_path)
    with interrupted(pre_save), pytest.raises(KeyboardInterrupt), night:
        pytest.fail("it went on")
    assert not Run.objects.exists()


def test_a_run_interrupted_before_its_block_is_entered_is_stopped(tmp_path: Path) -> None:
    begun = in_place("nightly", progress=Silent(), lease_seconds=60, logs=tmp_path)
    begun.__enter__()
    assert Run.objects.get().state == State.RUNNING
    del begun  # as an interrupt between the two leaves it
    assert Run.objects.get().state == State.STOPPED


def test_its_log_says_when_it_began_and_what_ended_it(tmp_path: Path) -> None:
    with (
        pytest.raises(StoreFull),
        in_place("nightly", progress=Silent(), lease_seconds=60, logs=tmp_path) as here,
    ):
        raise StoreFull("store", "the disk has no room.")
    run = Run.objects.get()
    lines = [json.loads(line) for line in (tmp_path / run.log).read_text().splitlines()]
    told = [{key: value for key, value in line.items() if key not in ("at", "run")} for line in lines]
    assert told == [{"started": os.getpid()}, {"problem": "StoreFull", "place": "store", "ended": 1}]
    assert {line["run"] for line in lines} == {str(here.run.id)}


def test_a_log_that_cannot_be_written_keeps_no_run_from_its_work(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    with in_place("nightly", progress=Silent(), lease_seconds=60, logs=tmp_path / "logs"):
        pass
    run = Run.objects.get()
    assert (run.state, run.log) == (State.DONE, "")
