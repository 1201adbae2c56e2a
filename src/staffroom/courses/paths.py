"""Courses and blocks in URLs: exact keys, with slashes, plus signs and any letters.

A link holds a key as one percent-encoded segment. Servers decode ``%2F`` before Django sees the path, so the
converters match the decoded key by its form: an opaque key has a colon and no slash, another system's a
colon and one slash, a legacy key no colon and two slashes. None can be taken for another.
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

from django.urls import get_script_prefix, reverse

from staffroom.events.keys import CourseKey, parse_course_key, to_segment

_STAND_IN = "course-v1:-+-+-"
_BLOCK_STAND_IN = "block-stand-in"


class CourseConverter:
    """The exact key of a course; what is no key, or has white space around it, is no page."""

    regex = r"[^/:]+-v1:[^/]+|[^/:]+(?<!-v1):[^/]+/[^/]+|[^/:]+/[^/:]+/[^/:]+"

    def to_python(self, value: str) -> CourseKey:
        key = parse_course_key(value)
        if key is None or key != value:
            raise ValueError
        return key

    def to_url(self, value: str) -> str:
        return value


class BlockConverter:
    """The id of a block, as long as it may be; legacy ids hold slashes."""

    regex = r"\S+?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


def course_path(course: CourseKey, page: str = "home", *, block: str | None = None) -> str:
    """The path of a course's page (or API resource, ``courses:api_…``), the key as one encoded segment."""
    name = page if ":" in page else f"courses:{page}"
    path = _route(name, block is not None, get_script_prefix()).replace(_STAND_IN, to_segment(course), 1)
    return path if block is None else path.replace(_BLOCK_STAND_IN, quote(block, safe=""), 1)


@lru_cache(maxsize=256)
def _route(name: str, of_block: bool, prefix: str) -> str:  # noqa: ARG001 - it begins with the prefix
    """The path of a route with stand-ins for course and block: a list has a hundred links of one route."""
    words = {"course": _STAND_IN, "block": _BLOCK_STAND_IN} if of_block else {"course": _STAND_IN}
    return reverse(name, kwargs=words)
