"""The key of a course: parsed once, compared whole, one segment of a URL."""

from __future__ import annotations

import re
from typing import NewType
from urllib.parse import quote, unquote

CourseKey = NewType("CourseKey", str)
"""A course's key as text. Open edX keys are verbatim; other systems' are ``blackboard:<server>/<id>``."""

_PART = r"[^\s/+?#@:]+"
_OPAQUE = re.compile(
    rf"course-v1:{_PART}\+{_PART}\+{_PART}(?:@[^\s/+?#]+)?|ccx-v1:{_PART}\+{_PART}\+{_PART}\+ccx@\d+|library-v1:{_PART}\+{_PART}"
)
_LEGACY = re.compile(rf"{_PART}/{_PART}/{_PART}")
_OTHER = re.compile(r"(?:blackboard|moodle|canvas|caliper|xapi):[^\s/]+/[^\s/]+")


def parse_course_key(text: str) -> CourseKey | None:
    """``text``, stripped, as a course key; None where it is not one."""
    text = text.strip()
    if any(pattern.fullmatch(text) for pattern in (_OPAQUE, _LEGACY, _OTHER)):
        return CourseKey(text)
    return None


def to_segment(course: CourseKey) -> str:
    """The key as one percent-encoded segment of a URL path."""
    return quote(course, safe="")


def from_segment(segment: str) -> CourseKey | None:
    """The key that ``to_segment`` made; None where the segment holds none."""
    return parse_course_key(unquote(segment))
