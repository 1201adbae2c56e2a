"""What the pages of a course share: the door, the way back, freshness, and why something is empty."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse

from staffroom.accounts import trail
from staffroom.courses.courses import OpenCourse, open_course
from staffroom.courses.learners import Learner
from staffroom.courses.paths import course_path
from staffroom.courses.spans import first_day, usual_first_day
from staffroom.events.keys import CourseKey
from staffroom.metrics.catalogue import metric
from staffroom.metrics.declaration import Column, msg
from staffroom.web.dates import DateRange
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Crumb, Page, Tab
from staffroom.web.request import SignedInRequest, face_of
from staffroom.web.sections import Section
from staffroom.web.words import say

TABS = {
    "home": msg("Overview"),
    "enrolment": msg("Enrolment"),
    "engagement": msg("Engagement"),
    "videos": msg("Videos"),
    "time": msg("Time on page"),
    "visits": msg("Visits"),
}
"""The pages of a course, by the name of their route."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a page of a course that its viewer may see."""

    request: SignedInRequest
    course: OpenCourse

    @property
    def face(self) -> str:
        """html, csv, json or svg."""
        return face_of(self.request)

    @property
    def is_raw(self) -> bool:
        """True for CSV and JSON, whose values are those of the tables; pages speak to people."""
        return self.face in ("csv", "json")

    def dates(self, table: str) -> DateRange:
        """The days that the address asks for, else the usual; presets end with the last of ``table``."""
        return DateRange.read(
            self.request.GET,
            since=first_day(self.course, table),
            until=self.course.freshness(table).through,
            usual=usual_first_day(self.course, table),
        )

    def record(self, section: str, learners: list[Learner]) -> None:
        """Note in the audit trail whom this answer names, before it is made. Raises where that fails."""
        trail.record(
            self.request.user,
            f"courses/{section}.{self.face}",
            course_id=self.course.key,
            learners=learners,
        )


def enter(request: SignedInRequest, course: CourseKey) -> Visit:
    """The only door to a course's pages: closed to outsiders as if the course were not there (404)."""
    opened = open_course(request.published, request.user, course)
    if opened is None:
        raise Http404
    return Visit(request, opened)


def course_page(
    visit: Visit,
    name: str,
    *,
    table: str,
    sections: Mapping[str, Callable[[], Section]],
    dates: DateRange | None = None,
    title: str = "",
    lead: str = "",
    crumbs: tuple[Crumb, ...] = (),
    context: Mapping[str, object] | None = None,
) -> Page:
    """The page ``name`` of the course; its freshness is that of ``table``."""
    course = visit.course
    return Page(
        title=title or (course.name if name == "home" else say(TABS[name])),
        kicker=course.key if name == "home" else course.name,
        lead=lead,
        sections=sections,
        crumbs=(*_way(course, name), *crumbs),
        tabs=_tabs(course, name, dates),
        dates=dates,
        freshness=course.freshness(table),
        file_name=f"{file_safe(course.key)}-{name}",
        template="courses/page.html",
        context={"course": course, **(context or {})},
    )


def file_safe(key: str) -> str:
    """A course key or block id as part of a file's name: ASCII letters, digits, dots and dashes."""
    return re.sub(r"[^A-Za-z0-9._]+", "-", key.removeprefix("course-v1:")).strip("-") or "course"


def declared(table: str, *names: str) -> tuple[Column, ...]:
    """Columns as the metric ``table`` declares them."""
    return tuple(metric(table).column(name) for name in names)


def why_empty(course: OpenCourse, table: str, *, narrowed: bool) -> Empty:
    """Why a section of ``table`` has no rows. ``narrowed``: dates or a search may have left them out."""
    fresh = course.freshness(table)
    if narrowed and fresh.computed_at is not None:
        return Empty(Cause.FILTER_TOO_NARROW)
    if fresh.problem:
        return Empty(Cause.SOURCE_FAILED)
    return Empty(Cause.NOTHING_IMPORTED)


def _way(course: OpenCourse, name: str) -> tuple[Crumb, ...]:
    courses = Crumb(say(msg("Courses")), reverse("home"))
    if name == "home":
        return (courses,)
    return courses, Crumb(course.name, course_path(course.key))


def _tabs(course: OpenCourse, current: str, dates: DateRange | None) -> tuple[Tab, ...]:
    query = f"?{dates.query}" if dates and dates.query else ""
    return tuple(
        Tab(say(title), f"{course_path(course.key, name)}{query}", name == current)
        for name, title in TABS.items()
    )
