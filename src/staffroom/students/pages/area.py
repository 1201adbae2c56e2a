"""What the pages about students share: the doors, the ways between them, and word to the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, update_wrapper
from typing import Concatenate, ParamSpec, TypeVar, Unpack

from django.http import Http404
from django.urls import reverse

from staffroom.accounts import trail
from staffroom.metrics.declaration import msg
from staffroom.students import access
from staffroom.students.access import Reason, Rules, rules_now
from staffroom.students.days import Days, days_now
from staffroom.students.models import Educator, School, Student
from staffroom.students.models.people import StudentQuerySet
from staffroom.students.trail import named
from staffroom.students.viewing import viewer_of
from staffroom.web.pages import Page, Tab
from staffroom.web.request import SignedInRequest, face_of
from staffroom.web.sections import Section
from staffroom.web.tabs import Around, page_among
from staffroom.web.words import say

Parts = ParamSpec("Parts")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Visit:
    """One request of an educator, or of a project lead who sees as one."""

    request: SignedInRequest
    viewer: object
    """Whom ``access`` is asked for."""
    educator: Educator
    """Whose pages are shown."""
    rules: Rules

    @property
    def face(self) -> str:
        """html, csv, json or svg."""
        return face_of(self.request)

    @cached_property
    def days(self) -> Days:
        return days_now(self.request.instance)

    @cached_property
    def students(self) -> StudentQuerySet:
        """The active students whom the viewer may see."""
        return access.students_for(self.viewer, rules=self.rules).active()

    @cached_property
    def sees_district(self) -> bool:
        """Whether everybody is open, and the district's pages with them."""
        return access.sees_district(self.viewer, rules=self.rules)

    @cached_property
    def own_school(self) -> str | None:
        """The slug of the educator's own school, where its pages are open."""
        schools = access.schools_for(self.viewer, rules=self.rules).filter(educators=self.educator)
        return schools.values_list("slug", flat=True).first()

    @cached_property
    def own_homeroom(self) -> int | None:
        """The educator's own homeroom, where its page is open and it is none of a high school."""
        rooms = access.homerooms_for(self.viewer, rules=self.rules).filter(educator=self.educator)
        return rooms.exclude(school__kind=School.Kind.HIGH).values_list("pk", flat=True).first()

    @cached_property
    def teaches(self) -> bool:
        """Whether the educator is assigned to a section that is open."""
        return access.sections_taught(self.viewer, self.educator, rules=self.rules).exists()

    def record(self, what: str, students: Iterable[Student]) -> None:
        """Note in the audit trail whom this answer names, before it is made. Raises where that fails.

        ``what`` is the page and its section, such as ``students/mine``; the face is added.
        """
        self.record_ids(what, (student.local_id for student in students))

    def record_ids(self, what: str, local_ids: Iterable[str]) -> None:
        """The same, of students by their local ids."""
        trail.record(self.request.user, f"{what}.{self.face}", course_id="", learners=named(local_ids))


@dataclass(frozen=True)
class OpenStudent:
    """A student whom the visit may see, and why."""

    visit: Visit
    student: Student
    reason: Reason


@dataclass(frozen=True, slots=True)
class Way:
    """A page that educators go to; ``opens`` says whether a visit is shown the way there.

    ``parts`` are those of the route that differ from visit to visit; they are asked for where it opens.
    """

    title: str
    opens: Callable[[Visit], bool]
    parts: Callable[[Visit], dict[str, object]] = lambda _: {}


WAYS: Mapping[str, Way] = {
    "home": Way(msg("Home"), lambda _: True),
    "district": Way(msg("District"), lambda visit: visit.sees_district),
    "school": Way(
        msg("School overview"),
        lambda visit: not visit.sees_district and visit.own_school is not None,
        lambda visit: {"slug": visit.own_school},
    ),
    "sections": Way(msg("My sections"), lambda visit: visit.teaches),
    "homeroom": Way(
        msg("Homeroom"),
        lambda visit: visit.own_homeroom is not None,
        lambda visit: {"homeroom": visit.own_homeroom},
    ),
    "mine": Way(msg("My students"), lambda _: True),
    "my-notes": Way(msg("My notes"), lambda _: True),
}
"""By the name of their route, in the order in which they stand."""


def open_way(visit: Visit, *wanted: str) -> str:
    """The first of these ways that opens to the visit, else the district's, else that to their students."""
    return next(name for name in (*wanted, "district", "mine") if WAYS[name].opens(visit))


def visit_of(request: SignedInRequest) -> Visit | None:
    """The visit of an educator; None where the person is none."""
    rules = rules_now(request.instance)
    viewer = access.standing(viewer_of(request), rules=rules)
    educator = access.educator_of(viewer, rules=rules)
    return Visit(request, viewer, educator, rules) if educator else None


def enter(request: SignedInRequest) -> Visit:
    """The door for educators; closed to everybody else as if the page were not there (404)."""
    visit = visit_of(request)
    if visit is None:
        raise Http404
    return visit


def open_student(request: SignedInRequest, student: int) -> OpenStudent:
    """The only door to one student's pages: 404 for a student who is not there or not to be seen.

    Those who left are opened too, where access allows.
    """
    visit = enter(request)
    found = Student.objects.select_related("school", "homeroom__educator").filter(pk=student).first()
    reason = access.why_visible(visit.viewer, found, rules=visit.rules) if found else None
    if found is None or reason is None:
        raise Http404
    return OpenStudent(visit, found, reason)


def for_educators(
    view: Callable[Concatenate[Visit, Parts], Answer],
) -> Callable[Concatenate[SignedInRequest, Parts], Answer]:
    """A page of educators: the view is given the visit in place of the request."""

    def guarded(request: SignedInRequest, /, *args: Parts.args, **parts: Parts.kwargs) -> Answer:
        return view(enter(request), *args, **parts)

    update_wrapper(guarded, view)
    return guarded


def area_page(
    visit: Visit,
    name: str,
    sections: Mapping[str, Callable[[], Section]],
    *,
    title: str = "",
    **around: Unpack[Around],
) -> Page:
    """The page ``name`` of ``WAYS``, or one below it that has a ``title`` of its own; texts are finished."""
    return page_among(_ways(visit, name), name, sections, file_name=f"students-{name}", title=title, **around)


def _ways(visit: Visit, current: str) -> dict[str, Tab]:
    return {
        name: Tab(say(way.title), reverse(f"students:{name}", kwargs=way.parts(visit)))
        for name, way in WAYS.items()
        if name == current or way.opens(visit)
    }
