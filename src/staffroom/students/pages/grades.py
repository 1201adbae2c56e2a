"""A student's sections with their grades."""

from __future__ import annotations

from collections import defaultdict

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students.grades_given import LOW_BELOW, low_grades_of, sections_of
from staffroom.students.models import Section as TaughtSection
from staffroom.students.models import TeachesSection
from staffroom.students.pages.area import OpenStudent, open_student
from staffroom.students.pages.profile_frame import profile_page
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

COLUMNS = (
    Column("year", msg("Year"), Kind.TEXT, msg("As the student information system writes it.")),
    Column("course", msg("Course"), Kind.TEXT),
    Column("section", msg("Section"), Kind.TEXT),
    Column("term", msg("Term"), Kind.TEXT),
    Column("schedule", msg("Schedule"), Kind.TEXT),
    Column("room", msg("Room"), Kind.TEXT),
    Column("teachers", msg("Teacher"), Kind.TEXT),
    Column("grade", msg("Grade"), Kind.RATIO, msg("Below 69 it is a D or an F.")),
    Column("letter", msg("Letter"), Kind.TEXT),
    Column("is_low", msg("Below 69"), Kind.FLAG),
)
LOW = plural(
    "In {count} section of the latest year the grade is below 69.",
    "In {count} sections of the latest year the grade is below 69.",
)


def grades(request: SignedInRequest, student: int) -> Page:
    """A student's sections with course, teachers, term and grade."""
    opened = open_student(request, student)
    return profile_page(opened, "student-grades", {"sections": lambda: _sections(opened)})


def _sections(opened: OpenStudent) -> Section:
    attended = list(sections_of(opened.student))
    teachers = _teachers([one.section for one in attended])
    rows = [
        {
            "year": str(one.section.year),
            "course": one.section.course.title or one.section.course.number,
            "section": one.section.number,
            "term": one.section.term,
            "schedule": one.section.schedule or None,
            "room": one.section.room or None,
            "teachers": "; ".join(teachers[one.section_id]) or None,
            "grade": float(one.grade_numeric) if one.grade_numeric is not None else None,
            "letter": one.grade_letter or None,
            "is_low": None if one.grade_numeric is None else one.grade_numeric < LOW_BELOW,
        }
        for one in attended
    ]
    return Section(
        slug="sections",
        title=msg("Sections"),
        question=msg("What does this student take, with whom, and how do they do?"),
        answer=say_count(LOW, low_grades_of(opened.student)),
        table=Table(columns=COLUMNS, rows=rows, groups=("year",)),
        empty=Empty(Cause.NOTHING_IMPORTED, say(msg("No section of this student has been imported."))),
    )


def _teachers(sections: list[TaughtSection]) -> dict[int, list[str]]:
    """The names of who teaches each section."""
    found: dict[int, list[str]] = defaultdict(list)
    taught = TeachesSection.objects.current().filter(section__in=sections).select_related("educator")
    for one in taught.order_by("educator__full_name"):
        found[one.section_id].append(one.educator.full_name or one.educator.login)
    return found
