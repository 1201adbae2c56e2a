"""Names of learners are read once for a few minutes, and remembered no longer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from staffroom.courses import learners
from staffroom.courses.courses import OpenCourse
from staffroom.courses.learners import named
from staffroom.metrics.store import Published, Rows, open_published
from tests.cast import LAKE
from tests.courses.stores import publish

ANA = {"source": "openedx", "learner_id": "7"}


@dataclass
class Watched:
    """A published version that notes which tables were read of it."""

    published: Published
    tables: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.published, name)

    def read(self, table: str, **question: Any) -> Rows:
        self.tables.append(table)
        return self.published.read(table, **question)


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    learners._held.clear()
    yield
    learners._held.clear()


def people_called(root: Path, name: str) -> None:
    publish(root, {"people": [{**ANA, "username": "ana", "name": name}]})


def names(root: Path) -> tuple[list[str | None], list[str]]:
    """Ana's name as the newest version has it, and the tables that were read for it."""
    watched = Watched(open_published(root))
    course = OpenCourse(LAKE, LAKE, "staff", watched)  # type: ignore[arg-type]  # it answers as one does
    return [row["name"] for row in named(course, [ANA])], watched.tables


def test_names_are_read_once_for_all_pages_of_a_version(tmp_path: Path) -> None:
    people_called(tmp_path, "Ana Alba")
    assert [names(tmp_path) for _ in range(2)] == [(["Ana Alba"], ["people"]), (["Ana Alba"], [])]


def test_a_newer_versions_names_take_the_place_of_all_others(tmp_path: Path) -> None:
    people_called(tmp_path, "Ana Alba")
    names(tmp_path)
    publish(tmp_path, {"people": []})
    assert names(tmp_path) == ([None], ["people"])
    assert "Ana Alba" not in repr(learners._held)


def test_names_are_forgotten_by_the_clock_though_nobody_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learners, "NAMES_KEPT_SECONDS", 0.05)
    people_called(tmp_path, "Ana Alba")
    names(tmp_path)
    until = time.monotonic() + 10
    while learners._held:
        assert time.monotonic() < until
        time.sleep(0.01)
    assert names(tmp_path) == (["Ana Alba"], ["people"])
