"""Tracking-log lines for tests: a small course with a fixed cast."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

COURSE = "course-v1:Lake+BIO+2026"
OTHER_RUN = "course-v1:Lake+BIO+2026_T1"
LAST_WEEK = "course-v1:Lake+CHEM+2026"
"""A course of which only the last days are recorded."""
CAST = {"ana": 1, "ben": 2, "chen": 3, "dara": 4, "tess": 9}
"""Tess teaches; all others learn."""

MONDAY = datetime(2026, 9, 7, 8, tzinfo=UTC)


def line(
    who: str, at: datetime | float, event_type: str, payload: Any = None, *, course: str = COURSE, **more: Any
) -> bytes:
    """One line; ``at`` is an instant or seconds after Monday 08:00. Paths come from the server."""
    instant = at if isinstance(at, datetime) else MONDAY + timedelta(seconds=at)
    is_page = event_type.startswith("/")
    event: dict[str, Any] = {
        "username": who,
        "event_source": "server" if is_page else "browser",
        "event_type": event_type,
        "event": json.dumps(payload if payload is not None else {}),
        "page": None if is_page else f"https://lms.example/courses/{course}/courseware/s/q/",
        "referer": "",
        "time": instant.isoformat(timespec="microseconds"),
        "context": {"user_id": CAST[who], "course_id": course},
    }
    event.update(more)
    return json.dumps(event).encode() + b"\n"


def page(who: str, at: datetime | float, path: str, *, course: str = COURSE, **more: Any) -> bytes:
    """A page of the course, such as ``courseware/s/q/1``."""
    return line(who, at, f"/courses/{course}/{path}", course=course, **more)


def enrolment(who: str, at: datetime | float, change: str, mode: str, *, course: str = COURSE) -> bytes:
    payload = {"course_id": course, "user_id": CAST[who], "mode": mode}
    return line(
        who, at, f"edx.course.enrollment.{change}", payload, course=course, event_source="server", page=None
    )


def video(who: str, at: datetime | float, act: str, position: float, **more: Any) -> bytes:
    """``act`` is play, pause or stop; a seek goes from ``position`` to ``target``."""
    payload: dict[str, Any] = {"id": "film", "code": "html5", "duration": 100}
    if act == "seek":
        payload |= {"old_time": position, "new_time": more.pop("target")}
    else:
        payload["currentTime"] = position
    return line(who, at, f"{act}_video", payload, **more)


def answer(who: str, at: datetime | float, problem: str, success: str = "correct", **more: Any) -> bytes:
    """An answer that the server judged."""
    payload = {"problem_id": problem, "success": success}
    return line(who, at, "problem_check", payload, event_source="server", page=None, **more)


def small_log() -> list[bytes]:
    """Some fifty lines of four learners and a teacher over three weeks, with something for every metric."""
    lines: list[bytes] = []
    for number, who in enumerate(("ana", "ben", "chen", "dara", "tess")):
        for week in range(3):
            start = week * 7 * 86_400 + number * 1_800.5
            lines += [
                page(who, start, "courseware/s/q/1"),
                video(who, start + 20, "play", 0),
                video(who, start + 31.5, "seek" if number % 2 else "pause", 11.5, target=40),
                video(who, start + 40, "play", 11.5),
                video(who, start + 55, "stop", 26.5 + 28.5 * (number % 2)),
                line(who, start + 70, "seq_next", {"id": "q", "old": 1, "new": 2}),
                line(
                    who, start + 300, "problem_check", {"problem_id": "p"}, event_source="server", page=None
                ),
                line(who, start + 400 + 57_000 * (number % 2), "page_close"),
            ]
        lines.append(enrolment(who, number * 3_600, "activated", "audit"))
    lines += [
        enrolment("ana", 8 * 86_400, "mode_changed", "verified"),
        enrolment("ben", 9 * 86_400, "deactivated", "audit"),
        enrolment("ben", 9 * 86_400, "activated", "honor"),
        enrolment("chen", 10 * 86_400, "deactivated", "audit"),
        page("dara", 11 * 86_400, "courseware/s/q/1", course=OTHER_RUN),
        line("dara", 11 * 86_400 + 30, "page_close", course=OTHER_RUN),
    ]
    answers = (("ana", "acid"), ("ana", "base"), ("ben", "acid"))
    lines += [
        answer(who, 21 * 86_400 + number, problem, course=LAST_WEEK)
        for number, (who, problem) in enumerate(answers)
    ]
    return lines


def write_log(folder: Path, name: str, lines: Iterable[bytes]) -> Path:
    path = folder / name
    path.write_bytes(b"".join(lines))
    return path
