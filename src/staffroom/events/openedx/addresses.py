"""What a URL says: the course, the kind of page, and the section, subsection and unit it shows.

Known are the classic courseware (``/courses/<course>/courseware/<section>/<subsection>/<unit number>``), the
learning front end (``/learning/course/<course>/<subsection>/<unit>``, also ``/learn/course/…``) and single
blocks (``/xblock/<usage key>``). A URL that is none of these says nothing; none is an error.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from staffroom.events.keys import CourseKey, course_of_block, parse_course_key
from staffroom.events.openedx.navigation import position

_REMEMBERED = 32_768


class Address(NamedTuple):
    """``page_kind`` is one of PAGE_KINDS; the references are the event table's columns of the same name."""

    page_kind: str | None = None
    section_ref: str | None = None
    subsection_ref: str | None = None
    unit_ref: str | None = None
    unit_position: int | None = None
    course_id: CourseKey | None = None


NOWHERE = Address()

_COURSES = "/courses/"
_BLOCK = "/xblock/"
_BLOCK_KEY = re.compile(r"[^/+]+[/+][^/+]+[/+][^/?#]+")
_COURSE_KEY = re.compile(r"(?!v[0-9]+/[^/]+)[^/+]+[/+][^/+]+[/+][^/?#]+")
_FRONT_END = re.compile(r"/learn(?:ing)?/course/([^/?#]+)")
_PAGES = {
    "course": "home",
    "info": "home",
    "home": "home",
    "wiki": "wiki",
    "progress": "progress",
    "bookmarks": "bookmarks",
}
_COURSE_PARTS = (*_PAGES, "courseware", "discussion")


@lru_cache(maxsize=_REMEMBERED)
def address(url: str) -> Address:
    """What ``url``, whole or a path alone, says."""
    front_end = _FRONT_END.search(url)
    if front_end is not None:
        return _front_end_page(front_end[1], _parts(url[front_end.end() :]))
    place = _block_page(url) if _BLOCK in url else _course_page(url)
    return place._replace(course_id=_course(url))


@lru_cache(maxsize=_REMEMBERED)
def address_left(url: str) -> Address:
    """What the URL of a page says that a learner moved away from: nothing of the unit moved to."""
    return address(url)._replace(unit_ref=None, unit_position=None)


def _course(url: str) -> CourseKey | None:
    """The course of a URL that holds a block or ``/courses/``; a percent-encoded key is none there."""
    _, is_block, rest = url.partition(_BLOCK)
    if is_block and (block := _BLOCK_KEY.match(rest)):
        return course_of_block(block[0])
    _, _, rest = url.partition(_COURSES)
    key = _COURSE_KEY.match(rest)
    return parse_course_key(key[0]) if key else None


def _block_page(url: str) -> Address:
    """A block shown by itself: the front end shows units so. Requests to a block's handlers show nothing."""
    head, _, rest = url.partition(_BLOCK)
    parts = _parts("/" + rest)
    if len(parts) != 1 or _COURSES in head + "/":
        return NOWHERE
    if "type@vertical" in parts[0]:
        return Address("unit", unit_ref=parts[0])
    if "type@sequential" in parts[0]:
        return Address("unit", subsection_ref=parts[0])
    return NOWHERE


def _front_end_page(encoded_key: str, parts: list[str]) -> Address:
    course = parse_course_key(unquote(encoded_key))
    if not parts:
        return Address("home", course_id=course)
    if parts[0] in _PAGES:
        return Address(_PAGES[parts[0]], course_id=course)
    if "@sequential" not in parts[0]:
        return Address(course_id=course)
    unit = parts[1] if len(parts) > 1 and "@vertical" in parts[1] else None
    return Address("unit", subsection_ref=parts[0], unit_ref=unit, course_id=course)


def _course_page(url: str) -> Address:
    parts = _after_course(url)
    if not parts:
        return NOWHERE
    if parts[0] == "courseware":
        return _courseware(parts[1:])
    if parts[0] == "discussion":
        return _forum(parts[1:])
    return Address(_PAGES[parts[0]])


def _courseware(parts: list[str]) -> Address:
    if not parts:
        return NOWHERE  # it leads on to the unit last seen, which is a request of its own
    subsection = parts[1] if len(parts) > 1 else None
    return Address("unit", parts[0], subsection, unit_position=position(parts[2]) if len(parts) > 2 else None)


def _forum(parts: list[str]) -> Address:
    if parts[:1] != ["forum"]:
        return NOWHERE
    if len(parts) == 1 or parts[1] == "users":
        return Address("forum")
    return Address("thread") if len(parts) > 3 and parts[2] == "threads" else NOWHERE


def _after_course(url: str) -> list[str]:
    """The parts of a course's page after the course key, which is one part, or three in the legacy form."""
    _, found, rest = url.partition(_COURSES)
    parts = _parts("/" + rest) if found else []
    for length in (1, 3):
        if len(parts) > length and parts[length] in _COURSE_PARTS:
            return parts[length:]
    return []


def _parts(path: str) -> list[str]:
    """The decoded parts of a path without empty ones; query and fragment are cut."""
    path = path.partition("?")[0].partition("#")[0]
    return [unquote(part) for part in path.split("/") if part]


@lru_cache(maxsize=_REMEMBERED)
def referer_kind(url: str) -> str | None:
    """``dashboard`` or ``login`` where the referring page is that of any LMS; None for all others."""
    path = url.partition("?")[0].partition("#")[0].rstrip("/")
    if path.endswith("/dashboard"):
        return "dashboard"
    return "login" if "/login" in path else None
