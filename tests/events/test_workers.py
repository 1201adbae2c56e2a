"""A crew of processes: answers in order, errors told, nobody left hanging."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time

import pytest

from staffroom.errors import DeliveryError, TransientError
from staffroom.events.workers import Advance, Crew


def double(number: int, advance: Advance) -> int:
    advance(1)
    time.sleep(0.05 if number == 1 else 0)
    return number * 2


def fail(number: int, advance: Advance) -> int:
    if number == 2:
        raise DeliveryError("file", "is odd.", happened="Nothing.", next_step="Mend it.")
    return number


def die(number: int, advance: Advance) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.parametrize("size", [0, 2])
def test_answers_come_in_the_order_of_the_tasks(size: int) -> None:
    advanced: list[int] = []
    with Crew() as crew:
        crew.start(size, double)
        assert crew.run(double, [1, 2, 3, 4], advanced.append) == [2, 4, 6, 8]
        assert crew.run(double, [], advanced.append) == []
        assert crew.run(double, [5], advanced.append) == [10]
    assert advanced == [1] * 5


@pytest.mark.parametrize("size", [0, 2])
def test_the_first_error_is_raised_with_its_facts(size: int) -> None:
    with pytest.raises(DeliveryError, match=r"^file: is odd\. Nothing\. Mend it\.$"), Crew() as crew:
        crew.start(size)
        crew.run(fail, [1, 2, 3], lambda _: None)


def test_ctrl_c_while_workers_start_is_for_the_run_alone(capfd: pytest.CaptureFixture[str]) -> None:
    with Crew() as crew:
        crew.start(2)
        for child in multiprocessing.active_children():
            assert child.pid is not None
            os.kill(child.pid, signal.SIGINT)
        assert crew.run(double, [1, 2, 3], lambda _: None) == [2, 4, 6]
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert capfd.readouterr().err == ""


def test_a_killed_worker_ends_the_run() -> None:
    with pytest.raises(TransientError, match="a worker process: was killed"), Crew() as crew:
        crew.start(2)
        crew.run(die, [1, 2, 3], lambda _: None)
