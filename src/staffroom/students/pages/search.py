"""Search: students by parts of names and ids, for whoever may see them. Each search is in the audit trail."""

from __future__ import annotations

from typing import Any

from staffroom.accounts import trail
from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students.finding import find_students
from staffroom.students.models import Student
from staffroom.students.pages.area import Visit, area_page, for_educators, open_way
from staffroom.students.paths import student_link
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.paging import Paging, page_of
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

WORDS = "q"
SLUG = "students"
COLUMNS = (
    Column("name", msg("Name"), Kind.TEXT),
    Column("local_id", msg("Id"), Kind.TEXT),
    Column("grade", msg("Grade"), Kind.TEXT),
    Column("school", msg("School"), Kind.TEXT),
    Column("homeroom", msg("Homeroom"), Kind.TEXT),
    Column("teacher", msg("Teacher"), Kind.TEXT, msg("The educator of the homeroom.")),
)
FOUND = plural("{count} student of yours matches.", "{count} students of yours match.")
NOBODY = msg(
    "Nobody whom you may see has all of this in name and id. Parts are enough, accents do not matter."
)
NOTHING_ASKED = msg("Type parts of a name, in any order, or an id.")


@for_educators
def search(visit: Visit) -> Page:
    """The students whose names and ids hold what is asked."""
    return area_page(
        visit,
        open_way(visit, "mine"),
        {SLUG: lambda: found_section(visit)},
        title=say(msg("Search")),
        context={"words": visit.request.GET.get(WORDS, "")},
    )


def found_section(visit: Visit) -> Section:
    """The students that ``?q=`` finds, the best first."""
    asked = visit.request.GET.get(WORDS, "").strip()
    found = find_students(visit.students, asked)
    paging = Paging.of(visit.request, parameter=page_of(SLUG)).with_total(len(found))
    shown = _shown(found[paging.window])
    visit.record("students/search", shown)
    if asked and not shown:
        trail.record_act(visit.request.user, f"students/search.{visit.face}")
    return Section(
        slug=SLUG,
        title=msg("Students"),
        question=msg("Which of my students are meant?"),
        answer=say_count(FOUND, len(found)),
        table=Table(
            columns=COLUMNS,
            rows=[_row(student) for student in shown],
            links={"name": student_link},
            paging=paging,
        ),
        empty=Empty(Cause.FILTER_TOO_NARROW, say(NOBODY if asked else NOTHING_ASKED)),
    )


def _shown(numbers: list[int]) -> list[Student]:
    """The students with these numbers, in this order."""
    rows = Student.objects.filter(pk__in=numbers).select_related("school", "homeroom__educator")
    by_number = {student.pk: student for student in rows}
    return [by_number[number] for number in numbers if number in by_number]


def _row(student: Student) -> dict[str, Any]:
    homeroom = student.homeroom
    return {
        "id": student.pk,
        "name": student.roster_name,
        "local_id": student.local_id,
        "grade": student.grade or None,
        "school": student.school.name,
        "homeroom": homeroom.name if homeroom else None,
        "teacher": homeroom.educator.full_name if homeroom and homeroom.educator else None,
    }
