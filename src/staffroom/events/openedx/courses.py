"""Which course an event belongs to: its context says, else the URL that its emitter knows."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from staffroom.events.keys import CourseKey, parse_course_key
from staffroom.events.openedx.addresses import NOWHERE, address

_REMEMBERED = 4096


CourseOf = tuple[CourseKey | None, str | None]
"""A course, and where its key was found: context, address or payload."""

NO_COURSE: CourseOf = (None, None)


def course_of_event(context: dict[str, Any] | None, emitter_url: object) -> CourseOf:
    """The course of any event but an enrolment.

    A course id in the context that is no course key means no course: the URL is not asked then, as it may be
    another course's. ``emitter_url`` is the requested path of a server event, the page of a browser event,
    None for all others. An event without any context has no course.
    """
    if context is None:
        return NO_COURSE
    stated = context.get("course_id")
    if type(stated) is str and stated and (key := _key(stated)):
        return key, "context"
    if stated and (type(stated) is not str or stated.strip()):
        return NO_COURSE
    found = address(emitter_url) if type(emitter_url) is str else NOWHERE
    return (found.course_id, "address") if found.course_id else NO_COURSE


def course_of_payload(payload: dict[str, Any]) -> CourseOf:
    """The course that an enrolment event names itself; its context may name another."""
    stated = payload.get("course_id")
    key = _key(stated) if type(stated) is str else None
    return (key, "payload") if key else NO_COURSE


_key = lru_cache(maxsize=_REMEMBERED)(parse_course_key)
