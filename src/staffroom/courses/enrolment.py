"""Who is enrolled in a course: by day and mode, and by learner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from staffroom.courses.courses import OpenCourse
from staffroom.courses.kept import kept
from staffroom.courses.spans import within_days
from staffroom.metrics.declaration import msg
from staffroom.web.dates import DateRange

TABLE = "enrolment_by_day"

MODES = {
    "honor": msg("Honor"),
    "audit": msg("Audit"),
    "verified": msg("Verified"),
    "professional": msg("Professional"),
    "no-id-professional": msg("Professional without id"),
    "credit": msg("Credit"),
    "masters": msg("Master's"),
    "": msg("Mode not stated"),
}
"""The enrolment modes of Open edX in the order of the page; others follow under their own names."""


@dataclass(frozen=True, slots=True)
class EnrolmentDay:
    """One day of a course: learners enrolled at its end by mode, and how many joined and left on it."""

    day: date
    enrolled: int
    joined: int
    left: int
    by_mode: dict[str, int]


def enrolment_days(course: OpenCourse, dates: DateRange) -> list[EnrolmentDay]:
    """The days of ``dates``, oldest first."""
    columns = ("day", "mode", "enrolled", "joined", "left")
    rows = course.read(TABLE, columns=columns, where=within_days("day", dates), order_by=("day", "mode")).rows
    days: dict[date, list[tuple[Any, ...]]] = {}
    for row in rows:
        days.setdefault(row[0], []).append(row)
    return [
        EnrolmentDay(
            day=day,
            enrolled=sum(row[2] for row in modes),
            joined=sum(row[3] for row in modes),
            left=sum(row[4] for row in modes),
            by_mode={row[1] or "": row[2] for row in modes},
        )
        for day, modes in days.items()
    ]


def modes_used(days: Sequence[EnrolmentDay]) -> list[str]:
    """The modes in which anybody was enrolled on these days, in the order of MODES."""
    used = {mode for day in days for mode, enrolled in day.by_mode.items() if enrolled}
    known = [mode for mode in MODES if mode in used]
    return known + sorted(used - MODES.keys())


def mode_title(mode: str) -> str:
    """A msgid, or the mode's own word where it is not one of Open edX."""
    return MODES.get(mode, mode)


def mode_column(mode: str) -> str:
    """The key of a mode's column in CSV and JSON."""
    return f"enrolled_{mode.replace('-', '_') or 'unknown'}"


@kept(results=20)
def enrolled_learners(course: OpenCourse) -> Sequence[Mapping[str, Any]]:
    """One row a learner who was ever enrolled, as ``enrolment_summary`` declares."""
    return course.read("enrolment_summary").dicts()
