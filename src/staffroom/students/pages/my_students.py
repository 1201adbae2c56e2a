"""My students: everybody whom an educator may see, in one list that can be searched and sorted."""

from __future__ import annotations

from typing import Any

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students.models import Student
from staffroom.students.pages.area import Visit, area_page, for_educators
from staffroom.students.paths import student_link
from staffroom.web.empty import Cause, Empty
from staffroom.web.listing import listed
from staffroom.web.pages import Page
from staffroom.web.sections import Section
from staffroom.web.words import say, say_count

COLUMNS = (
    Column("name", msg("Name"), Kind.TEXT),
    Column("grade", msg("Grade"), Kind.TEXT),
    Column("school", msg("School"), Kind.TEXT),
    Column("homeroom", msg("Homeroom"), Kind.TEXT),
    Column("teacher", msg("Teacher"), Kind.TEXT, msg("The educator of the homeroom.")),
    Column("program", msg("Program"), Kind.TEXT, msg("The programme that the student is assigned to.")),
)
ALL = plural("{count} student is open to you.", "{count} students are open to you.")
FOUND = plural("{count} student matches.", "{count} students match.")


@for_educators
def my_students(visit: Visit) -> Page:
    """Every student whom the educator may see, with school, grade and homeroom."""
    return area_page(visit, "mine", {"students": lambda: _section(visit)})


def _section(visit: Visit) -> Section:
    students = list(visit.students.select_related("school", "homeroom__educator"))
    table = listed(
        visit.request,
        COLUMNS,
        [_row(student) for student in students],
        sort="name",
        searched=("name", "grade", "school", "homeroom", "teacher"),
        links={"name": student_link},
    )
    shown = {row["id"] for row in table.rows}
    visit.record("students/mine", [student for student in students if student.pk in shown])
    searching = bool(visit.request.GET.get("q"))
    return Section(
        slug="students",
        title=msg("My students"),
        question=msg("Whom am I responsible for?"),
        answer=say_count(FOUND if searching else ALL, table.total),
        table=table,
        empty=Empty(Cause.FILTER_TOO_NARROW if students else Cause.NO_PERMISSION, _detail(bool(students))),
    )


def _detail(narrowed: bool) -> str:
    if narrowed:
        return say(msg("No student of yours has all of these words in name, grade, school or homeroom."))
    return say(msg("The students of your homeroom and sections appear here; a project lead can open more."))


def _row(student: Student) -> dict[str, Any]:
    homeroom = student.homeroom
    return {
        "id": student.pk,
        "name": student.roster_name,
        "grade": student.grade or None,
        "school": student.school.name,
        "homeroom": homeroom.name if homeroom else None,
        "teacher": homeroom.educator.full_name if homeroom and homeroom.educator else None,
        "program": student.program or None,
    }
