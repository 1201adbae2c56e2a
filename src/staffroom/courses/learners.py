"""Rows about learners, with their names: numbers and names live in different tables."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from staffroom.courses.access import names_of_learners
from staffroom.courses.courses import OpenCourse
from staffroom.courses.kept import Version
from staffroom.events.keys import CourseKey
from staffroom.metrics.declaration import Column, Kind, msg
from staffroom.metrics.store import Where

Learner = tuple[str, str]
"""(source, learner_id)."""

IDS_A_QUERY = 5000

NAMES_KEPT_SECONDS = 300
"""So long at most a process remembers names: looking up a page's takes longer than all the rest of it."""

LEARNER_COLUMNS = (
    Column("name", msg("Name"), Kind.TEXT, msg("The learner's name as the LMS exported it.")),
    Column("username", msg("User name"), Kind.TEXT, msg("The name with which the learner signs in.")),
    Column("learner_id", msg("Id"), Kind.LEARNER, msg("The learner's id in the LMS.")),
)
"""What every list of learners begins with, and is searched in."""


def named(course: OpenCourse, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """``rows`` (with source and learner_id) in the order of learners, each with ``name`` and ``username``."""
    names = _names(course, {(row["source"], row["learner_id"]) for row in rows})
    nobody = (None, None)
    return [
        {**row, "name": name, "username": username}
        for row in sorted(rows, key=lambda row: (row["source"], row["learner_id"]))
        for name, username in (names.get((row["source"], row["learner_id"]), nobody),)
    ]


def learners_in(rows: Iterable[Mapping[str, Any]]) -> list[Learner]:
    """Whom ``rows`` name, for the audit trail."""
    return [(row["source"], row["learner_id"]) for row in rows]


def _names(course: OpenCourse, learners: set[Learner]) -> dict[Learner, tuple[str | None, str | None]]:
    """(name, user name) of ``learners`` at least; those of whom nothing is known are left out."""
    found = _found_names(course)
    ids = sorted({learner_id for _, learner_id in learners if learner_id not in found.asked})
    for start in range(0, len(ids), IDS_A_QUERY):
        asked = tuple(ids[start : start + IDS_A_QUERY])
        rows = course.published.read(
            "people",
            within=names_of_learners(),
            columns=("source", "learner_id", "name", "username"),
            where=(Where("learner_id", "in", asked),),
        ).rows
        found.names.update({(source, one): (name or None, user) for source, one, name, user in rows})
        found.asked.update(asked)
    return found.names


@dataclass(frozen=True, slots=True)
class _Found:
    """The names that a course's lists have needed so far, and the ids whose names were looked up."""

    names: dict[Learner, tuple[str | None, str | None]] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)


_held: dict[tuple[Version, CourseKey], _Found] = {}
_holding = threading.Lock()


def _found_names(course: OpenCourse) -> _Found:
    """What ``_names`` has read for this course and version in the last minutes, and fills further.

    The names of another version go at once and all by the clock: those of somebody erased do not wait in the
    memory of a process until it is asked for a list again.
    """
    with _holding:
        if any(version != course.version for version, _ in _held):
            _held.clear()
        if not _held:
            forget = threading.Timer(NAMES_KEPT_SECONDS, _held.clear)
            forget.daemon = True
            forget.start()
        return _held.setdefault((course.version, course.key), _Found())
