"""The district for those who see all of it: its schools, enrolment by grade, homerooms.

Nothing is hidden in small groups here: whoever opens these pages may open every student behind a number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import update_wrapper
from typing import Concatenate, ParamSpec, TypeVar

from django.http import Http404
from django.urls import reverse

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students.grades import grade_order
from staffroom.students.homerooms import by_grade, homeroom_lines
from staffroom.students.models import Homeroom, School
from staffroom.students.pages.area import Visit, area_page, for_educators
from staffroom.students.pages.schools import schools_section
from staffroom.students.schools import SchoolLine, grades_of, school_lines
from staffroom.web.empty import Cause, Empty
from staffroom.web.listing import listed
from staffroom.web.pages import Page, Tab
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.tables import Row, Table
from staffroom.web.words import say, say_count

PAGES = {
    "district": msg("Schools"),
    "district-enrollment": msg("Enrollment"),
    "district-homerooms": msg("Homerooms"),
    "district-exports": msg("Exports"),
}
"""The district's pages, by the name of their route."""

HOMEROOMS = (
    Column("grade", msg("Grade"), Kind.TEXT),
    Column("homeroom", msg("Homeroom"), Kind.TEXT),
    Column("school", msg("School"), Kind.TEXT),
    Column("teacher", msg("Teacher"), Kind.TEXT),
    Column("students", msg("Students"), Kind.COUNT, msg("Active ones of this grade.")),
)
ENROLLED = plural("{count} student is enrolled.", "{count} students are enrolled.")
HOMEROOMS_ANSWER = plural("{count} homeroom has active students.", "{count} homerooms have active students.")
NO_STUDENTS = msg("No active student was imported yet.")
TOTAL = "total"

Parts = ParamSpec("Parts")
Answer = TypeVar("Answer")


def for_districtwide(
    view: Callable[Concatenate[Visit, Parts], Answer],
) -> Callable[Concatenate[SignedInRequest, Parts], Answer]:
    """A page of those who see the whole district; closed to everybody else as if it were not there (404)."""

    def guarded(visit: Visit, /, *args: Parts.args, **parts: Parts.kwargs) -> Answer:
        if not visit.sees_district:
            raise Http404
        return view(visit, *args, **parts)

    update_wrapper(guarded, view)
    return for_educators(guarded)


def district_page(visit: Visit, name: str, sections: Mapping[str, Callable[[], Section]]) -> Page:
    """The page ``name`` of ``PAGES``, with the ways to the others."""
    tabs = [Tab(say(title), reverse(f"students:{one}"), one == name) for one, title in PAGES.items()]
    return area_page(
        visit,
        "district",
        sections,
        title="" if name == "district" else say(PAGES[name]),
        template="students/district.html",
        context={"tabs": tabs},
    )


@for_districtwide
def district(visit: Visit) -> Page:
    """The schools of the district that have active students."""
    return district_page(visit, "district", {"schools": lambda: schools_section(visit)})


@for_districtwide
def enrollment(visit: Visit) -> Page:
    """How many students each school has in each grade."""
    return district_page(visit, "district-enrollment", {"enrollment": lambda: _enrollment(visit)})


@for_districtwide
def homerooms(visit: Visit) -> Page:
    """The homerooms of the district by grade."""
    return district_page(visit, "district-homerooms", {"homerooms": lambda: _homerooms(visit)})


def _enrollment(visit: Visit) -> Section:
    lines = school_lines(School.objects.all(), visit.students)
    grades = sorted(grades_of(lines), key=grade_order)
    columns = (
        Column("school", msg("School"), Kind.TEXT),
        *(Column(_grade_name(grade), grade or msg("not stated"), Kind.COUNT) for grade in grades),
        Column(TOTAL, msg("All grades"), Kind.COUNT),
    )
    sums = {_grade_name(grade): sum(line.students.get(grade, 0) for line in lines) for grade in grades}
    total = sum(line.total for line in lines)
    return Section(
        slug="enrollment",
        title=msg("Enrollment"),
        question=msg("How many students are in each grade of each school?"),
        answer=say_count(ENROLLED, total),
        table=Table(
            columns=columns,
            rows=[_enrolled(line, grades) for line in lines],
            links={"school": lambda row: reverse("students:school", args=[row["slug"]])},
            heat=frozenset(sums),
            foot={"school": say(msg("All schools")), **sums, TOTAL: total},
        ),
        empty=Empty(Cause.NOTHING_IMPORTED, say(NO_STUDENTS)),
    )


def _enrolled(line: SchoolLine, grades: list[str]) -> dict[str, object]:
    """A grade that the school does not have is unknown, which is not zero."""
    counts = {_grade_name(grade): line.students.get(grade) for grade in grades}
    return {"slug": line.school.slug, "school": line.school.name, **counts, TOTAL: line.total}


def _grade_name(grade: str) -> str:
    return f"grade_{grade}"


def _card(row: Row) -> str | None:
    return reverse("students:educator", args=[row["teacher_id"]]) if row["teacher_id"] else None


def _homerooms(visit: Visit) -> Section:
    lines = homeroom_lines(Homeroom.objects.all())
    table = listed(
        visit.request,
        HOMEROOMS,
        [
            {
                "id": line.id,
                "grade": grade or None,
                "homeroom": line.name,
                "school": line.school,
                "teacher": line.teacher or None,
                "teacher_id": line.teacher_id,
                "students": line.by_grade[grade],
            }
            for grade, line in by_grade(lines)
        ],
        sort="",
        searched=("grade", "homeroom", "school", "teacher"),
        links={"homeroom": lambda row: reverse("students:homeroom", args=[row["id"]]), "teacher": _card},
        orders={"grade": grade_order},
    )
    narrowed = Empty(
        Cause.FILTER_TOO_NARROW, say(msg("No homeroom has this in its name, school or teacher."))
    )
    return Section(
        slug="homerooms",
        title=msg("Homerooms by grade"),
        question=msg("Which homerooms does each grade have?"),
        answer=say_count(HOMEROOMS_ANSWER, len(lines)),
        table=table,
        empty=narrowed if lines else Empty(Cause.NOTHING_IMPORTED, say(NO_STUDENTS)),
    )
