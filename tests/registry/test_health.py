"""What ``/health`` tells of the registry's queue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client as Browser
from django.utils import timezone

from staffroom.config import Instance
from staffroom.registry import draining
from staffroom.registry.models import Batch
from staffroom.registry.parts import Rules
from staffroom.site import health
from tests.registry.conftest import Configure, Drain, Sender
from tests.registry.pupils import student

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])


def asked() -> tuple[int, str, dict[str, Any] | None]:
    """The code, the status, and what is told of the registry."""
    answer = Browser().get("/health")
    return answer.status_code, answer.json()["status"], answer.json().get("registry")


def test_an_instance_without_a_registry_tells_nothing_of_one(configure: Configure) -> None:
    configure(enabled=False)
    assert asked() == (200, "ok", None)


def test_it_tells_what_waits_and_for_how_long(
    configure: Configure, sender: Sender, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle = {"ok": True, "waiting_batches": 0, "waiting_students_about": 0, "oldest_seconds": 0}
    idle |= {"full": False, "stuck": False}
    assert asked() == (200, "ok", idle)
    sender.send([student(f"1{number:03}") for number in range(50)])
    monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC) + timedelta(seconds=90))
    assert asked() == (
        200,
        "ok",
        idle | {"waiting_batches": 1, "waiting_students_about": None, "oldest_seconds": 90},
    )
    monkeypatch.undo()
    drain()
    for first in (2, 3):
        sender.send([student(f"{first}{number:03}") for number in range(50)])
    _, _, told = asked()
    assert told is not None
    assert (told["waiting_batches"], told["oldest_seconds"]) == (2, 0)
    assert 95 <= told["waiting_students_about"] <= 105  # as many bytes as 50 students had, twice


def test_past_the_high_water_mark_it_is_degraded_until_it_is_drained(
    configure: Configure, sender: Sender, drain: Drain
) -> None:
    configure(queue_batches=2)
    answers = [sender.send([student(f"{number}")]).status_code for number in range(2)]
    assert answers == [202, 202]
    code, status, told = asked()
    assert told is not None
    assert (code, status, told["full"]) == (200, "degraded", True)
    drain()
    assert asked()[:2] == (200, "ok")


def test_a_queue_that_nobody_drains_is_a_failure_full_or_not(
    sender: Sender, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender.send([student("1001")])
    drain()
    sender.send([student("1002")])
    for minutes, expected in ((29, (200, "ok")), (31, (503, "failing"))):
        monkeypatch.setattr(timezone, "now", lambda late=minutes: datetime.now(UTC) + timedelta(minutes=late))
        assert asked()[:2] == expected
    monkeypatch.undo()
    drain()
    assert asked()[:2] == (200, "ok")


def test_a_long_queue_that_is_being_drained_is_no_failure(registry: Instance, sender: Sender) -> None:
    """However old its oldest batch is."""
    for number in range(2):
        sender.send([student(f"100{number}")])
    long_ago = timezone.now() - timedelta(hours=3)
    Batch.objects.update(submitted_at=long_ago, updated_at=long_ago)
    assert asked()[0] == 503
    assert draining.drain_next(draining.Drain(Rules.of(registry)))
    code, status, told = asked()
    assert told is not None
    assert (code, status, told["oldest_seconds"] // 3600) == (200, "ok", 3)


def test_a_queue_that_cannot_be_read_is_a_failure(
    configure: Configure, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure()

    def refuse() -> None:
        raise OperationalError("no such table: registry_batch")

    monkeypatch.setattr(health, "what_waits", refuse)
    assert asked() == (503, "failing", {"ok": False, "error": "OperationalError"})
