"""The home page of educators: what is new about their students, and whom somebody should see to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils import timezone

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students.concerns import low_grades, often_absent, teaches_high_school
from staffroom.students.days import midnight
from staffroom.students.feed import Feed, students_named
from staffroom.students.home_settings import home_settings
from staffroom.students.models import AttendsSection
from staffroom.students.narrowing import Reader, narrowed_to
from staffroom.students.pages.area import Visit, area_page, for_educators
from staffroom.students.pages.home_news import Newspaper
from staffroom.students.paths import student_link
from staffroom.students.settings import students_settings
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.paging import Paging, page_of
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

ROWS_A_BOX = 8
ABSENT = (
    Column("student", msg("Student"), Kind.TEXT),
    Column("grade", msg("Grade"), Kind.TEXT),
    Column("school", msg("School"), Kind.TEXT),
    Column("absences", msg("Absences"), Kind.COUNT),
)
LOW = (
    Column("student", msg("Student"), Kind.TEXT),
    Column("course", msg("Course"), Kind.TEXT),
    Column("section", msg("Section"), Kind.TEXT),
    Column("grade", msg("Mark"), Kind.RATIO),
    Column("letter", msg("Letter"), Kind.TEXT),
)
MANY = plural(
    "{count} student was absent {least} times or more in {days} days, and nobody has written about it.",
    "{count} students were absent {least} times or more in {days} days, and nobody has written about it.",
)
EXCUSED_LEFT_OUT, EXCUSED_COUNTED = msg("Excused absences do not count."), msg("Excused absences count too.")
GRADES_LEFT_OUT = msg("Grades {grades} are left out.")
LOW_ONES = plural(
    "{count} grade in your sections is below {below}, with no note about the student in {days} days.",
    "{count} grades in your sections are below {below}, with no note about the students in {days} days.",
)
NARROWED = msg("News and absences are of the students {whom}: a label narrows this page.")


@for_educators
def students_home(visit: Visit) -> Page:
    """What is new about an educator's students, and whom somebody should see to."""
    home = _Home(visit)
    sections = {"news": home.newspaper.section, "often-absent": home.often_absent}
    if teaches_high_school(home.reader):
        sections["low-grades"] = home.low_grades
    return area_page(
        visit,
        "home",
        sections,
        notices=tuple(say(NARROWED, whom=say(whom)) for whom in narrowed_to(home.reader)),
        template="students/home.html",
        context={"newspaper": home.newspaper},
    )


@dataclass(frozen=True)
class _Home:
    """One visit of the home page: what is read once for all of its sections."""

    visit: Visit

    @cached_property
    def reader(self) -> Reader:
        visit, instance = self.visit, self.visit.request.instance
        return Reader(
            visit.viewer,
            visit.educator,
            visit.rules,
            home_settings(instance),
            students_settings(instance),
            visit.days.today,
        )

    @cached_property
    def newspaper(self) -> Newspaper:
        institution = self.visit.request.instance.institution
        return Newspaper(self.visit, self.reader, Feed(self.reader.settings, institution, timezone.now()))

    def often_absent(self) -> Section:
        found = often_absent(
            self.visit.students, self.reader, self.visit.days, since=self._since(within_year=True)
        )
        paging = self._paging("often-absent", len(found))
        shown = found[paging.window]
        students = students_named({student for student, _ in shown})
        self.visit.record("students/home/often-absent", students.values())
        rows = [
            {
                "id": number,
                "student": students[number].roster_name,
                "grade": students[number].grade or None,
                "school": students[number].school.name,
                "absences": days,
            }
            for number, days in shown
        ]
        return Section(
            slug="often-absent",
            title=msg("Often absent"),
            question=msg("Who is absent often, and has nobody noted why?"),
            answer=self._absent_answer(len(found)),
            table=Table(columns=ABSENT, rows=rows, links={"student": student_link}, paging=paging),
            empty=Empty(Cause.NOTHING_WRONG, self._absent_answer(0)),
        )

    def low_grades(self) -> Section:
        settings = self.reader.settings
        found = low_grades(self.visit.students, self.reader, since=self._since())
        paging = self._paging("low-grades", len(found))
        shown = found[paging.window]
        self.visit.record("students/home/low-grades", {one.student_id: one.student for one in shown}.values())
        answer = say_count(LOW_ONES, len(found), below=settings.low_grade_below, days=settings.window_days)
        return Section(
            slug="low-grades",
            title=msg("Low grades"),
            question=msg("Who does not do well in my sections, and has nobody noted why?"),
            answer=answer,
            table=Table(
                columns=LOW,
                rows=_low_rows(shown),
                links={"student": student_link},
                groups=("student",),
                paging=paging,
            ),
            empty=Empty(Cause.NOTHING_WRONG, answer),
        )

    def _absent_answer(self, count: int) -> str:
        """The rule in words."""
        settings = self.reader.settings
        said = [
            say_count(MANY, count, least=settings.high_absences, days=settings.window_days),
            say(EXCUSED_COUNTED if settings.counts_excused else EXCUSED_LEFT_OUT),
        ]
        if settings.grades_left_out:
            said.append(say(GRADES_LEFT_OUT, grades=", ".join(settings.grades_left_out)))
        return " ".join(said)

    def _paging(self, slug: str, total: int) -> Paging:
        paging = Paging.of(self.visit.request, size=ROWS_A_BOX, parameter=page_of(slug))
        return paging.with_total(total)

    def _since(self, *, within_year: bool = False) -> datetime:
        """The first instant of the window, for absences never beyond the school year."""
        days = self.visit.days
        first = days.today - timedelta(days=self.reader.settings.window_days)
        return midnight(max(first, days.school_year) if within_year else first, self.visit.request.instance)


def _low_rows(found: Sequence[AttendsSection]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.student_id,
            "student": one.student.roster_name,
            "course": one.section.course.title or one.section.course.number,
            "section": one.section.number,
            "grade": float(one.grade_numeric) if one.grade_numeric is not None else None,
            "letter": one.grade_letter or None,
        }
        for one in found
    ]
