"""What the dashboards of a school share: the door, the filters in the address, and the list of students."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.shortcuts import get_object_or_404

from staffroom.metrics.declaration import Column, Kind, Plural, msg
from staffroom.students import access
from staffroom.students.dashboards import class_of, values_among
from staffroom.students.days import RECENT_DAYS
from staffroom.students.grades import grade_order
from staffroom.students.home_settings import home_settings
from staffroom.students.models import School, Student
from staffroom.students.models.people import StudentQuerySet
from staffroom.students.narrowing import Reader, narrowed
from staffroom.students.notes import latest_by_kind
from staffroom.students.notes_settings import notes_settings
from staffroom.students.pages.area import Visit, area_page, open_way
from staffroom.students.paths import student_link
from staffroom.students.settings import students_settings
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

WINDOWS = {"45": msg("Last 45 days"), "90": msg("Last 90 days"), "year": msg("School year")}
SCHOOL_PAGES = {
    "school": msg("Overview"),
    "absences": msg("Absences"),
    "tardies": msg("Tardies"),
    "discipline": msg("Discipline"),
}
"""The pages of a school, by the name of their route."""
STUDENTS = (
    Column("student", msg("Student"), Kind.TEXT),
    Column("grade", msg("Grade"), Kind.TEXT),
    Column("class", msg("Class"), Kind.TEXT, msg("Its teacher, or its homeroom.")),
    Column("count", msg("How often"), Kind.COUNT),
    Column("last_note", msg("Last note"), Kind.DAY, msg("Of any open kind.")),
    Column("is_recent", msg("Recent"), Kind.FLAG, msg("Whether it is of the last 45 days.")),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter: its parameter, its title (a msgid), and what it looks at."""

    name: str
    title: str
    of: Callable[[Student], str]


CHOICES = (
    Choice("grade", msg("Grade"), lambda student: student.grade),
    Choice("homeroom", msg("Homeroom"), lambda student: str(student.homeroom_id or "")),
    Choice("house", msg("House"), lambda student: student.house),
)
"""Counselors are no filter of an address: they are people's names."""


@dataclass(frozen=True)
class Dashboard:
    """One request for a dashboard of a school that its viewer may open."""

    visit: Visit
    school: School

    @property
    def asked(self) -> Mapping[str, str]:
        return self.visit.request.GET

    @property
    def window(self) -> str:
        asked = self.asked.get("window", "45")
        return asked if asked in WINDOWS else "45"

    @property
    def until(self) -> date:
        return self.visit.days.today

    @property
    def since(self) -> date:
        days = self.visit.days
        if self.window == "year":
            return days.school_year
        return max(days.school_year, days.today - timedelta(days=int(self.window)))

    @property
    def counts_excused(self) -> bool:
        return self.asked.get("excused") == "1"

    @cached_property
    def students(self) -> StudentQuerySet:
        """The students that are selected: of the school, narrowed by labels and by the filters."""
        found = self._everybody
        for choice in CHOICES:
            value = self.asked.get(choice.name, "")
            if value and not (choice.name == "homeroom" and not value.isdecimal()):
                found = found.filter(**{choice.name: value[:100]})
        return found

    @cached_property
    def _everybody(self) -> StudentQuerySet:
        visit, instance = self.visit, self.visit.request.instance
        reader = Reader(
            visit.viewer,
            visit.educator,
            visit.rules,
            home_settings(instance),
            students_settings(instance),
            visit.days.today,
        )
        return narrowed(visit.students.filter(school=self.school), reader)

    @property
    def filters(self) -> list[dict[str, Any]]:
        """For the form: each filter with its values and the chosen one."""
        students = list(self._everybody.select_related("homeroom"))
        rooms = {str(one.homeroom_id): one.homeroom.name for one in students if one.homeroom}
        shown = []
        for choice in CHOICES:
            values = values_among(students, choice.of)
            if choice.name == "grade":
                values.sort(key=grade_order)
            options = [
                (value, rooms.get(value, value) if choice.name == "homeroom" else value) for value in values
            ]
            if len(options) > 1:
                chosen = self.asked.get(choice.name, "")
                shown.append(
                    {"name": choice.name, "title": choice.title, "options": options, "chosen": chosen}
                )
        return shown


def open_dashboard(visit: Visit, slug: str) -> Dashboard:
    """The door: 404 for a school that is not there or not open."""
    schools = access.schools_for(visit.viewer, rules=visit.rules)
    return Dashboard(visit, get_object_or_404(schools, slug=slug))


def dashboard_page(
    opened: Dashboard, name: str, sections: Mapping[str, Callable[[], Section]], *, excused: bool = False
) -> Page:
    """The page ``name`` of SCHOOL_PAGES; ``excused`` offers to count excused ones too."""
    visit = opened.visit
    title = f"{opened.school.name}: {say(SCHOOL_PAGES[name])}"
    return area_page(
        visit,
        open_way(visit, "school"),
        sections,
        title=title,
        template="students/dashboard.html",
        context={
            "dashboard": opened if visit.face == "html" else None,
            "windows": WINDOWS,
            "school_pages": SCHOOL_PAGES,
            "school_page": name,
            "offers_excused": excused,
        },
    )


def students_section(opened: Dashboard, name: str, counts: Mapping[int, int], answer: Plural) -> Section:
    """The students with their counts, the most first, and when somebody last wrote about each."""
    known = Student.objects.filter(pk__in=counts).select_related("homeroom__educator")
    notes = _last_notes(opened, known)
    recent = opened.until - timedelta(days=RECENT_DAYS)
    students = sorted(known, key=lambda one: (-counts[one.pk], one.roster_name, one.pk))
    opened.visit.record(f"students/schools/{name}/students", students)
    rows = [
        {
            "id": one.pk,
            "student": one.roster_name,
            "grade": one.grade,
            "class": class_of(one) or None,
            "count": counts[one.pk],
            "last_note": notes.get(one.pk),
            "is_recent": None if one.pk not in notes else notes[one.pk] >= recent,
        }
        for one in students
    ]
    return Section(
        slug="students",
        title=msg("Students"),
        question=msg("Who is it, and has somebody written about them?"),
        answer=say_count(answer, len(rows)),
        table=Table(columns=STUDENTS, rows=rows, links={"student": student_link}, bars=frozenset({"count"})),
        empty=nothing(),
    )


def nothing() -> Empty:
    return Empty(Cause.FILTER_TOO_NARROW, say(msg("Nothing is recorded of the students that are selected.")))


def _last_notes(opened: Dashboard, students: StudentQuerySet) -> dict[int, date]:
    instance = opened.visit.request.instance
    kinds = notes_settings(instance).titles
    last: dict[int, date] = {}
    for (student, _), when in latest_by_kind(students, kinds, restricted=False).items():
        day = when.astimezone(instance.institution.zone).date()
        last[student] = max(day, last.get(student, day))
    return last


def newest(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Days as tables have them: the latest first."""
    return list(reversed(rows))
