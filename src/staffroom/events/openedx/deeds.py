"""What was done, for each event type that a metric has a use for; all other types are kept without it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from staffroom.events.openedx.navigation import NAVIGATION
from staffroom.events.openedx.particulars import NOTHING, Particulars, Payload, Reader
from staffroom.events.openedx.videos import VIDEOS

ENROLMENTS = {
    "edx.course.enrollment.activated": "enrol",
    "edx.course.enrollment.deactivated": "unenrol",
    "edx.course.enrollment.mode_changed": "change_mode",
}
"""Event types about a learner's place in a course: payload, not context, names course and learner."""

LONGEST_PROBLEM_ID = 255

_FORUM = "edx.forum."
_WRITTEN = ".created"


def particulars(event_type: str, emitted_by: str | None, payload: Payload) -> Particulars:
    """What an event of that type says; an empty payload where it has none that can be decoded."""
    read = _READERS.get(event_type)
    if read is None:
        if event_type == "problem_check":
            read = _attempt if emitted_by == "server" else None
        elif event_type.startswith(_FORUM) and event_type.endswith(_WRITTEN):
            read = _post
    return read(payload) if read is not None else NOTHING


def _attempt(payload: Payload) -> Particulars:
    """The server judges an answer; the browser's event of the same type only says that it was sent."""
    problem, outcome = payload.get("problem_id"), payload.get("success")
    return Particulars(
        action="attempt",
        object_id=(problem[:LONGEST_PROBLEM_ID] or None) if type(problem) is str else None,
        outcome=outcome.lower() if type(outcome) is str else None,
    )


def _post(payload: Payload) -> Particulars:
    topic = payload.get("commentable_id")
    return Particulars(action="post", object_id=(topic or None) if type(topic) is str else None)


def _enrolment(action: str, payload: Payload) -> Particulars:
    mode = payload.get("mode")
    return Particulars(action=action, mode=mode if type(mode) is str else None)


def _close(payload: Payload) -> Particulars:  # noqa: ARG001 - what the page was is in the address
    return Particulars(action="close_page")


_READERS: Mapping[str, Reader] = {
    **VIDEOS,
    **NAVIGATION,
    **{event_type: partial(_enrolment, action) for event_type, action in ENROLMENTS.items()},
    "page_close": _close,
}
