"""The key of a course: parsed once, compared whole, one segment of a URL."""

from __future__ import annotations

import re
from typing import NewType
from urllib.parse import quote, unquote

CourseKey = NewType("CourseKey", str)
"""A course's key as text. Open edX keys are verbatim; other systems' are ``blackboard:<server>/<id>``."""

_ID = r"[\w\-~.:]+"
_VERSION = rf"(?:\+branch@{_ID})?(?:\+version@[0-9a-f]{{24}})?"
_RUN = rf"{_ID}\+{_ID}\+{_ID}"
_OPAQUE = re.compile(
    rf"course-v1:{_RUN}{_VERSION}|ccx-v1:{_RUN}{_VERSION}\+ccx@\d+|library-v1:{_ID}\+{_ID}{_VERSION}"
)
_LEGACY = re.compile(r"[\w\-~.:%]+/[\w\-~.:%]+/[\w\-~.:%]+")
_OTHER = re.compile(r"(?:blackboard|moodle|canvas|caliper|xapi):[^\s/]+/[^\s/]+")

_USAGE = re.compile(
    rf"(?P<prefix>|ccx-|lib-)block-v1:(?P<course>[^@]+?(?:\+ccx@\d+)?){_VERSION}\+type@{_ID}\+block@{_ID}"
)
_COURSE_PREFIX = {"": "course-v1:", "ccx-": "ccx-v1:", "lib-": "library-v1:"}


def parse_course_key(text: str) -> CourseKey | None:
    """``text``, stripped, as a course key; None where it is not one."""
    text = text.strip()
    if any(pattern.fullmatch(text) for pattern in (_OPAQUE, _LEGACY, _OTHER)):
        return CourseKey(text)
    return None


def course_of_block(usage_key: str) -> CourseKey | None:
    """The course of an Open edX block, from its usage key; None for legacy keys, which lack the run."""
    match = _USAGE.fullmatch(usage_key)
    if match is None:
        return None
    return parse_course_key(_COURSE_PREFIX[match["prefix"]] + match["course"])


def to_segment(course: CourseKey) -> str:
    """The key as one percent-encoded segment of a URL path."""
    return quote(course, safe="")


def from_segment(segment: str) -> CourseKey | None:
    """The key that ``to_segment`` made; None where the segment holds none."""
    return parse_course_key(unquote(segment))
