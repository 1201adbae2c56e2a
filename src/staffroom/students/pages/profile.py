"""One student: what those who support them see first."""

from __future__ import annotations

from staffroom.metrics.declaration import Column, Kind, msg
from staffroom.students.access import WORDS
from staffroom.students.pages.area import OpenStudent, area_page, open_student
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say

COLUMNS = (
    Column("fact", msg("What"), Kind.TEXT),
    Column("value", msg("Stated"), Kind.TEXT),
)


def profile(request: SignedInRequest, student: int) -> Page:
    """What is known of one student, and why the viewer may see it."""
    opened = open_student(request, student)
    return area_page(
        opened.visit,
        "mine",
        {"facts": lambda: _facts(opened)},
        title=opened.student.name,
        lead=say(WORDS[opened.reason]),
    )


def _facts(opened: OpenStudent) -> Section:
    student = opened.student
    opened.visit.record("students/profile/facts", [student])
    homeroom = student.homeroom.name if student.homeroom else None
    facts = (
        (msg("School"), student.school.name),
        (msg("Grade"), student.grade or None),
        (msg("Homeroom"), homeroom),
    )
    return Section(
        slug="facts",
        title=msg("At a glance"),
        question=msg("Who is this student?"),
        answer=say(msg("{name} goes to {school}."), name=student.name, school=student.school.name),
        table=Table(columns=COLUMNS, rows=[{"fact": say(name), "value": value} for name, value in facts]),
    )
