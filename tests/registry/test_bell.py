"""Whatever arrives, a drain is asked for after it, and not more often than every few seconds."""

from __future__ import annotations

import pytest

from staffroom.jobs import runs
from staffroom.registry.bell import TASK, Bell


class Bells:
    """A bell with a clock of its own, and when it rang."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        self.rung_at: list[float] = []
        self.bell = Bell(clock=lambda: self.now)
        monkeypatch.setattr(runs, "queue", self._queue)

    def _queue(self, name: str, *, started_by: str) -> None:
        assert (name, started_by) == (TASK, "schedule")
        self.rung_at.append(self.now)

    def arrived(self, *at: float) -> None:
        for self.now in at:
            self.bell.arrived()
            self.bell.ring_if_due()


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> Bells:
    return Bells(monkeypatch)


def test_what_came_just_after_a_ring_is_rung_for_as_well(bells: Bells) -> None:
    bells.arrived(100, 101, 102)
    assert (bells.rung_at, bells.bell.due_seconds()) == ([100], 3)
    bells.now = 105
    bells.bell.ring_if_due()
    assert (bells.rung_at, bells.bell.due_seconds()) == ([100, 105], None)


def test_a_flood_rings_every_few_seconds(bells: Bells) -> None:
    bells.arrived(*(100 + tenth / 10 for tenth in range(120)))
    assert bells.rung_at == [100, 105, 110]


def test_nothing_is_asked_for_where_nothing_came(bells: Bells) -> None:
    bells.bell.ring_if_due()
    assert (bells.rung_at, bells.bell.due_seconds()) == ([], None)


def test_a_ring_that_failed_is_tried_again(bells: Bells, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str, *, started_by: str) -> None:
        raise RuntimeError

    with monkeypatch.context() as failing:
        failing.setattr(runs, "queue", broken)
        with pytest.raises(RuntimeError):
            bells.arrived(100)
    bells.now = 105
    bells.bell.ring_if_due()
    assert bells.rung_at == [105]
