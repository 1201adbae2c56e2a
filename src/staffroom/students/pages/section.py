"""One section: its students with their grade in it, and the way to the other sections, by term."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students import access, models
from staffroom.students.models import AttendsSection
from staffroom.students.models.people import StudentQuerySet
from staffroom.students.newest import ByStudent
from staffroom.students.pages.area import Visit, area_page, for_educators, open_way
from staffroom.students.pages.my_sections import section_table
from staffroom.students.pages.roster import WHOLE_CLASS, Roster, roster_section
from staffroom.students.roster_columns import Basis, Read, RosterColumn
from staffroom.students.sections import SectionLine, section_lines
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.sections import Section
from staffroom.web.words import say, say_count

USUAL = (
    "section_grade",
    "section_letter",
    "grade",
    "program",
    "sped_level",
    "plan_504",
    "language_status",
    "absences",
    "tardies",
    "incidents",
    "star_reading",
    "star_math",
)
NOBODY = msg("Nobody attends this section whom you may see.")
OTHERS_ANSWER = plural("{count} more section is open to you.", "{count} more sections are open to you.")


@for_educators
def section(visit: Visit, number: int) -> Page:
    """The students of one section whom the educator may see, with their grade in it."""
    sections = access.sections_for(visit.viewer, rules=visit.rules)
    shown = get_object_or_404(sections.select_related("course__school"), pk=number)
    others = section_lines(_navigator(visit, shown), visit.students)
    return area_page(
        visit,
        open_way(visit, "sections", "school"),
        {
            "students": lambda: _students(visit, shown),
            **({"sections": lambda: _others(others)} if others else {}),
        },
        title=f"{shown.course.title or shown.course.number} {shown.number}",
        lead=" · ".join(filter(None, (shown.course.school.name, shown.term, shown.schedule, shown.room))),
    )


def _students(visit: Visit, shown: models.Section) -> Section:
    attending = AttendsSection.objects.current().filter(section=shown)
    roster = Roster(
        what=f"students/sections/{shown.pk}",
        title=msg("Students"),
        question=msg("How are the students of this section?"),
        answer=plural("{count} student is in this section.", "{count} students are in this section."),
        nobody=Empty(Cause.NO_PERMISSION, say(NOBODY)),
        usual=USUAL,
        with_notes=True,
        size=WHOLE_CLASS,
        own=_grade_columns(shown),
    )
    return roster_section(visit, roster, visit.students.filter(pk__in=attending.values("student")))


def _grade_columns(shown: models.Section) -> tuple[RosterColumn, ...]:
    read = _grades_in(shown)
    return (
        RosterColumn(
            Column("section_grade", msg("Grade in section"), Kind.RATIO, msg("As a number.")),
            lambda facts: facts.get("section_grade"),
            read=read,
        ),
        RosterColumn(
            Column("section_letter", msg("Letter"), Kind.TEXT, msg("The grade in the section as a letter.")),
            lambda facts: facts.get("section_letter"),
            read=read,
        ),
    )


def _grades_in(shown: models.Section) -> Read:
    def read(students: StudentQuerySet, basis: Basis) -> ByStudent:  # noqa: ARG001 - as every read is called
        attending = AttendsSection.objects.current().filter(
            section=shown, student__in=students.order_by().values("pk")
        )
        rows = attending.values_list("student", "grade_numeric", "grade_letter")
        return {student: _grade(number, letter) for student, number, letter in rows}

    return read


def _grade(number: Any, letter: str) -> dict[str, Any]:
    return {"section_grade": None if number is None else float(number), "section_letter": letter or None}


def _navigator(visit: Visit, shown: models.Section) -> QuerySet[models.Section]:
    """Of the same year what the educator teaches besides, and the other sections of this course."""
    own = access.sections_taught(visit.viewer, visit.educator, rules=visit.rules).values("pk")
    opened = access.sections_for(visit.viewer, rules=visit.rules).exclude(pk=shown.pk)
    return opened.filter(Q(pk__in=own) | Q(course=shown.course_id), year=shown.year)


def _others(lines: Sequence[SectionLine]) -> Section:
    return Section(
        slug="sections",
        title=msg("Other sections"),
        question=msg("Which other sections of this year may I open?"),
        answer=say_count(OTHERS_ANSWER, len(lines)),
        table=section_table(lines),
    )
