"""What the pages of one student share: the head with who they are, and the tabs with their numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse

from staffroom.metrics.declaration import msg
from staffroom.students import access
from staffroom.students.access import WORDS
from staffroom.students.access_settings import access_settings
from staffroom.students.attendance import absences_by_student
from staffroom.students.behavior import incidents_by_student
from staffroom.students.days import midnight
from staffroom.students.grades_given import has_sections, low_grades_of
from staffroom.students.labels import SEES_WHO_HAS_ACCESS
from staffroom.students.models import Student
from staffroom.students.models.people import StudentQuerySet
from staffroom.students.notes import notes_about
from staffroom.students.pages.area import OpenStudent
from staffroom.students.profiles import Profile, Words, profile_of
from staffroom.students.services import active, services_of
from staffroom.students.settings import students_settings
from staffroom.web.formats import count
from staffroom.web.pages import Crumb, Page, Tab
from staffroom.web.sections import Section
from staffroom.web.words import say

Figure = Callable[[OpenStudent], int | None]


@dataclass(frozen=True, slots=True)
class ProfileTab:
    """A page of a student; ``figure`` is the one number that stands with it, of the last weeks."""

    title: str
    figure: Figure = lambda _: None
    opens: Callable[[OpenStudent], bool] = lambda _: True


def words_of(opened: OpenStudent) -> Words:
    instance = opened.visit.request.instance
    return Words(students_settings(instance), access_settings(instance))


def only(student: Student) -> StudentQuerySet:
    """One student, for reads that take many."""
    return Student.objects.filter(pk=student.pk)


def _notes(opened: OpenStudent) -> int:
    since = midnight(opened.visit.days.recent, opened.visit.request.instance)
    return notes_about(only(opened.student)).filter(recorded_at__gte=since).count()


def _absences(opened: OpenStudent) -> int:
    days = opened.visit.days
    return sum(absences_by_student(only(opened.student), since=days.recent, until=days.today).values())


def _incidents(opened: OpenStudent) -> int:
    days, instance = opened.visit.days, opened.visit.request.instance
    tomorrow = midnight(days.today + timedelta(days=1), instance)
    counted = incidents_by_student(
        only(opened.student), since=midnight(days.recent, instance), before=tomorrow
    )
    return sum(counted.values())


def _services(opened: OpenStudent) -> int:
    return active(services_of(only(opened.student)), opened.visit.days.today).count()


TABS: Mapping[str, ProfileTab] = {
    "student": ProfileTab(msg("Overview")),
    "student-notes": ProfileTab(msg("Notes"), _notes),
    "student-attendance": ProfileTab(msg("Attendance"), _absences),
    "student-behavior": ProfileTab(msg("Behavior"), _incidents),
    "student-grades": ProfileTab(
        msg("Grades"),
        lambda opened: low_grades_of(opened.student),
        lambda opened: has_sections(opened.student),
    ),
    "student-assessments": ProfileTab(msg("Assessments")),
    "student-services": ProfileTab(msg("Services"), _services),
}
"""By the name of their route, in the order in which they stand."""


def profile_page(
    opened: OpenStudent,
    name: str,
    sections: Mapping[str, Callable[[], Section]],
    *,
    title: str = "",
    template: str = "students/profile.html",
    context: Mapping[str, object] | None = None,
) -> Page:
    """The page ``name`` of ``TABS``, or one below it that has a ``title`` of its own; texts are finished.

    Each answer is in the audit trail, CSV and JSON included, before it is made.
    """
    student, visit = opened.student, opened.visit
    crumbs = [Crumb(say(msg("My students")), reverse("students:mine"))]
    if title:
        crumbs.append(Crumb(student.name, _address("student", student)))
    visit.record(f"students/{name}", [student])
    return Page(
        title=title or student.name,
        sections=sections,
        crumbs=tuple(crumbs),
        tabs=tuple(
            _tab(opened, key, tab, current=key == name) for key, tab in TABS.items() if tab.opens(opened)
        ),
        file_name=f"student-{student.pk}-{name.removeprefix('student-')}",
        context={
            "profile": _head(opened),
            "why": say(WORDS[opened.reason]),
            "may_ask_who_sees": access.has_label(visit.viewer, SEES_WHO_HAS_ACCESS, rules=visit.rules),
            **(context or {}),
        },
        template=template,
    )


def _head(opened: OpenStudent) -> Profile | None:
    """Who the student is, where somebody reads it."""
    if opened.visit.face != "html":
        return None
    return profile_of(opened.student, words_of(opened), today=opened.visit.days.today)


def _tab(opened: OpenStudent, name: str, tab: ProfileTab, *, current: bool) -> Tab:
    figure = tab.figure(opened) if opened.visit.face == "html" else None
    shown = count(figure) if figure is not None else ""
    return Tab(say(tab.title), _address(name, opened.student), current, shown)


def _address(name: str, student: Student) -> str:
    return reverse(f"students:{name}", args=[student.pk])
