"""Joining, paying for, leaving and rejoining a course, as the lines they leave in the log."""

from __future__ import annotations

import random
from collections.abc import Iterator

from staffroom.demo.habits import Enrolment, History
from staffroom.demo.pen import LMS, Line, Pen, device

ACTIVATED, DEACTIVATED, MODE_CHANGED = "activated", "deactivated", "mode_changed"


def change_lines(seed: int, enrolment: Enrolment) -> list[Line]:
    """All changes of one enrolment, in order of time."""
    account, course = enrolment.account, enrolment.course
    chance = random.Random(f"{seed} change {account.user_id} {course.key}")  # noqa: S311 - a demo, not a secret
    lines: list[Line] = []
    for at, change, mode in changes(enrolment.history):
        helper = enrolment.enrolled_by if change == ACTIVATED and at == enrolment.history.joined_at else None
        on = device(chance, phone=False, language=course.language)
        pen = Pen(helper or account, course, on, at + chance.randrange(1_000_000))
        pen.server(
            f"edx.course.enrollment.{change}",
            f'{{"course_id": "{course.key}", "user_id": {account.user_id}, "mode": "{mode}"}}',
            f"{LMS}/courses/{course.key}/about",
            path=f"/courses/{course.key}/instructor/api/students_update_enrollment"
            if helper
            else "/change_enrollment",
        )
        lines += pen.lines
    return lines


def changes(history: History) -> Iterator[tuple[int, str, str]]:
    """When (microseconds since 1970), which change, and the mode after it."""
    yield history.joined_at, ACTIVATED, "audit"
    if history.verified_at is not None:
        yield history.verified_at, MODE_CHANGED, "verified"
    if history.left_at is not None:
        yield history.left_at, DEACTIVATED, history.mode
    if history.returned_at is not None:
        yield history.returned_at, ACTIVATED, history.mode
