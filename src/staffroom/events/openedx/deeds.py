"""What was done, for each event type that a metric has a use for; all other types are kept without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from staffroom.events.openedx.navigation import NAVIGATION, navigation_particulars
from staffroom.events.openedx.particulars import NOTHING, Particulars
from staffroom.events.openedx.videos import VIDEOS, video_particulars

ENROLMENTS = {
    "edx.course.enrollment.activated": "enrol",
    "edx.course.enrollment.deactivated": "unenrol",
    "edx.course.enrollment.mode_changed": "change_mode",
}
"""Event types about a learner's place in a course: payload, not context, names course and learner."""

LONGEST_PROBLEM_ID = 255

_FORUM = "edx.forum."
_WRITTEN = ".created"


def particulars(event_type: str, emitted_by: str | None, payload: dict[str, Any]) -> Particulars:
    """What an event of that type says; an empty payload where it has none that can be decoded."""
    read = _READERS.get(event_type)
    if read is not None:
        return read(event_type, emitted_by, payload)
    if event_type.startswith(_FORUM) and event_type.endswith(_WRITTEN):
        return _post(emitted_by, payload)
    return NOTHING


def _attempt(event_type: str, emitted_by: str | None, payload: dict[str, Any]) -> Particulars:
    """Only the server judges an answer; the browser's event of the same type says that it was sent."""
    if emitted_by != "server":
        return NOTHING
    problem, outcome = payload.get("problem_id"), payload.get("success")
    return Particulars(
        action="attempt",
        object_id=(problem[:LONGEST_PROBLEM_ID] or None) if type(problem) is str else None,
        outcome=outcome.lower() if type(outcome) is str else None,
    )


def _post(emitted_by: str | None, payload: dict[str, Any]) -> Particulars:
    topic = payload.get("commentable_id")
    return Particulars(
        action="post" if emitted_by == "server" else None,
        object_id=(topic or None) if type(topic) is str else None,
    )


def _enrolment(event_type: str, emitted_by: str | None, payload: dict[str, Any]) -> Particulars:
    mode = payload.get("mode")
    return Particulars(action=ENROLMENTS[event_type], mode=mode if type(mode) is str else None)


def _video(event_type: str, emitted_by: str | None, payload: dict[str, Any]) -> Particulars:
    return video_particulars(event_type, payload)


def _navigation(event_type: str, emitted_by: str | None, payload: dict[str, Any]) -> Particulars:
    return navigation_particulars(event_type, payload)


def _close(event_type: str, emitted_by: str | None, payload: dict[str, Any]) -> Particulars:
    return Particulars(action="close_page")


_READERS: dict[str, Callable[[str, str | None, dict[str, Any]], Particulars]] = {
    "problem_check": _attempt,
    "page_close": _close,
    **dict.fromkeys(VIDEOS, _video),
    **dict.fromkeys(NAVIGATION, _navigation),
    **dict.fromkeys(ENROLMENTS, _enrolment),
}
