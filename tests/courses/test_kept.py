"""What a version's pages share is kept until a newer version is asked for, and within bounds."""

from __future__ import annotations

import time
import weakref
from dataclasses import dataclass

import pytest

from staffroom.courses import kept as module
from staffroom.courses.kept import Version, kept
from staffroom.events.keys import CourseKey

BIO, MATH = CourseKey("course-v1:Lake+BIO+2026"), CourseKey("course-v1:Lake+MATH+2026")


@dataclass(frozen=True)
class Course:
    key: CourseKey
    number: int = 1

    @property
    def version(self) -> Version:
        return "store", self.number


class Rows(list[str]):
    """Rows that a test can see go: unlike others, they can be referred to weakly."""


class Made:
    """Counts how often results were made, by course and option."""

    def __init__(self, *, results: int = 10) -> None:
        self.calls: list[tuple[CourseKey, int, int]] = []
        self.of = kept(results=results)(self._make)

    def _make(self, course: Course, rows: int = 1) -> tuple[int, ...] | None:
        self.calls.append((course.key, course.number, rows))
        return tuple(range(rows)) if rows else None


def test_a_result_is_made_once_for_each_course_and_option() -> None:
    made = Made()
    for _ in range(2):
        assert [made.of(Course(BIO)), made.of(Course(BIO), 2), made.of(Course(MATH))] == [(0,), (0, 1), (0,)]
    assert made.calls == [(BIO, 1, 1), (BIO, 1, 2), (MATH, 1, 1)]


def test_nothing_is_a_result_as_well() -> None:
    made = Made()
    assert [made.of(Course(BIO), 0), made.of(Course(BIO), 0)] == [None, None]
    assert made.calls == [(BIO, 1, 0)]


def test_a_newer_version_drops_what_older_ones_had() -> None:
    made = Made()
    for number in (1, 2, 1, 1, 2):
        made.of(Course(BIO, number))
    assert made.calls == [(BIO, 1, 1), (BIO, 2, 1), (BIO, 1, 1), (BIO, 1, 1)]


def test_the_result_used_longest_ago_goes_first() -> None:
    made = Made(results=2)
    for rows in (1, 2, 1, 3, 1, 2):
        made.of(Course(BIO), rows)
    assert [rows for *_, rows in made.calls] == [1, 2, 3, 2]


def test_large_results_take_the_place_of_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST", 10)
    made = Made()
    for rows in (4, 5, 6, 11, 11, 5):
        made.of(Course(BIO), rows)
    assert [rows for *_, rows in made.calls] == [4, 5, 6, 11, 11, 5]
    made.of(Course(BIO), 5)
    assert len(made.calls) == 6


def test_what_nobody_asks_for_goes_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IDLE_SECONDS", 0.2)
    alive: list[weakref.ref[Rows]] = []

    def rows(course: Course) -> Rows:
        made = Rows([course.key])
        alive.append(weakref.ref(made))
        return made

    read = kept(results=10)(rows)
    until = time.monotonic() + 0.5
    while time.monotonic() < until:  # asked again and again, it stays
        read(Course(BIO))
    assert (len(alive), alive[0]() is None) == (1, False)
    patience = time.monotonic() + 20
    while alive[0]() is not None and time.monotonic() < patience:
        time.sleep(0.02)
    assert alive[0]() is None
    read(Course(BIO))
    assert len(alive) == 2
