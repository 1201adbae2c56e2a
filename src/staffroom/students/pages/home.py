"""The home page of educators: what is new about their students, and whom somebody should see to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students.concerns import low_grades, often_absent, teaches_high_school
from staffroom.students.days import midnight
from staffroom.students.feed import (
    BIRTHDAY,
    INCIDENT,
    NOTE,
    News,
    Reader,
    last_visit,
    names_of,
    narrowed,
    news_before,
)
from staffroom.students.home_settings import home_settings
from staffroom.students.notes_settings import notes_settings
from staffroom.students.pages.area import Visit, area_page, for_educators
from staffroom.students.paths import student_link
from staffroom.students.settings import students_settings
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.request import is_read_by_people
from staffroom.web.sections import Section
from staffroom.web.tables import Row, Table
from staffroom.web.words import say, say_count

NEWS_A_PAGE = 20
NEWS = (
    Column("at", msg("When"), Kind.INSTANT),
    Column("student", msg("Student"), Kind.TEXT),
    Column("what", msg("What"), Kind.TEXT),
    Column("text", msg("In words"), Kind.TEXT),
    Column("by", msg("By"), Kind.TEXT),
    Column("is_new", msg("New"), Kind.FLAG, msg("Since your last visit.")),
)
ABSENT = (
    Column("student", msg("Student"), Kind.TEXT),
    Column("grade", msg("Grade"), Kind.TEXT),
    Column("school", msg("School"), Kind.TEXT),
    Column("homeroom", msg("Homeroom"), Kind.TEXT),
    Column("absences", msg("Absences"), Kind.COUNT, unit=msg("days")),
)
LOW = (
    Column("student", msg("Student"), Kind.TEXT),
    Column("grade_level", msg("Grade"), Kind.TEXT),
    Column("course", msg("Course"), Kind.TEXT),
    Column("section", msg("Section"), Kind.TEXT),
    Column("grade", msg("Mark"), Kind.RATIO),
    Column("letter", msg("Letter"), Kind.TEXT),
)
TITLES = {BIRTHDAY: msg("Birthday"), INCIDENT: msg("Incident")}
IS_NEW = plural(
    "{count} thing is new since your last visit.", "{count} things are new since your last visit."
)
NOTHING_NEW = msg("Nothing is new since your last visit.")
FIRST_VISIT = msg("Welcome. From your next visit on, what is new is marked.")
MANY = plural(
    "{count} student was absent {least} times or more in {days} days, and nobody has written about it.",
    "{count} students were absent {least} times or more in {days} days, and nobody has written about it.",
)
LOW_ONES = plural(
    "{count} grade in your sections is below {below}, with no note about the student in {days} days.",
    "{count} grades in your sections are below {below}, with no note about the students in {days} days.",
)


@for_educators
def students_home(visit: Visit) -> Page:
    """What is new about an educator's students, and whom somebody should see to."""
    home = _Home(visit)
    sections = {"news": home.news, "often-absent": home.often_absent}
    if teaches_high_school(home.reader):
        sections["low-grades"] = home.low_grades
    return area_page(
        visit,
        "home",
        sections,
        template="students/home.html",
        context={"older": home.older, "from_the_top": "before" in visit.request.GET},
    )


class _Home:
    """One visit of the home page: what is read once for all of its sections."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        instance = visit.request.instance
        self.reader = Reader(
            visit.viewer,
            visit.educator,
            visit.rules,
            home_settings(instance),
            students_settings(instance),
            visit.days.today,
        )

    @cached_property
    def _news(self) -> list[News]:
        asked = parse_datetime(self._visit.request.GET.get("before", "").replace(" ", "+")[:40] or "-")
        before = asked if asked is not None and timezone.is_aware(asked) else timezone.now()
        students = narrowed(self._visit.students, self.reader)
        instance = self._visit.request.instance
        return news_before(students, self.reader, instance, before=before, limit=NEWS_A_PAGE + 1)

    @property
    def older(self) -> str:
        """Where older news stand; empty where there are none."""
        if len(self._news) <= NEWS_A_PAGE:
            return ""
        return self._news[NEWS_A_PAGE - 1].at.isoformat()

    def news(self) -> Section:
        shown = self._news[:NEWS_A_PAGE]
        students = names_of(shown)
        self._visit.record("students/home/news", students.values())
        since = last_visit(self._visit.educator) if self._visit.face == "html" else None
        titles = notes_settings(self._visit.request.instance).titles
        for_people = is_read_by_people(self._visit.request)
        rows = [
            {
                "id": one.student_id,
                "note": one.id if one.kind == NOTE else None,
                "at": one.at,
                "student": students[one.student_id].name,
                "what": _what(one, titles) if for_people else f"{one.kind} {one.what}".strip(),
                "text": one.text or None,
                "by": one.by or None,
                "is_new": since is not None and one.at > since,
            }
            for one in shown
        ]
        return Section(
            slug="news",
            title=msg("News"),
            question=msg("What is new about my students?"),
            answer=_news_answer(since, sum(bool(row["is_new"]) for row in rows)),
            table=Table(columns=NEWS, rows=rows, links={"student": student_link, "what": _note_of}),
            empty=Empty(Cause.NOTHING_KEPT, say(msg("No note, birthday or incident is there to tell of."))),
        )

    def often_absent(self) -> Section:
        settings, since = self.reader.settings, self._since(within_year=True)
        found = often_absent(self._visit.students, self.reader, self._visit.days, since=since)
        self._visit.record("students/home/often-absent", [one.student for one in found])
        rows = [
            {
                "id": one.student.pk,
                "student": one.student.roster_name,
                "grade": one.student.grade,
                "school": one.student.school.name,
                "homeroom": one.student.homeroom.name if one.student.homeroom else None,
                "absences": one.days,
            }
            for one in found
        ]
        answer = say_count(MANY, len(rows), least=settings.high_absences, days=settings.window_days)
        return Section(
            slug="often-absent",
            title=msg("Often absent"),
            question=msg("Who is absent often, and has nobody noted why?"),
            answer=answer,
            table=Table(columns=ABSENT, rows=rows, links={"student": student_link}),
            empty=Empty(Cause.NOTHING_WRONG, answer),
        )

    def low_grades(self) -> Section:
        settings = self.reader.settings
        found = low_grades(self._visit.students, self.reader, since=self._since())
        self._visit.record("students/home/low-grades", [one.student for one in found])
        rows = [
            {
                "id": one.student_id,
                "student": one.student.roster_name,
                "grade_level": one.student.grade,
                "course": one.section.course.title or one.section.course.number,
                "section": one.section.number,
                "grade": float(one.grade_numeric) if one.grade_numeric is not None else None,
                "letter": one.grade_letter or None,
            }
            for one in found
        ]
        answer = say_count(LOW_ONES, len(rows), below=settings.low_grade_below, days=settings.window_days)
        return Section(
            slug="low-grades",
            title=msg("Low grades"),
            question=msg("Who does not do well in my sections, and has nobody noted why?"),
            answer=answer,
            table=Table(columns=LOW, rows=rows, links={"student": student_link}, groups=("student",)),
            empty=Empty(Cause.NOTHING_WRONG, answer),
        )

    def _since(self, *, within_year: bool = False) -> datetime:
        """The first instant of the window, for absences never beyond the school year."""
        days = self._visit.days
        first = days.today - timedelta(days=self.reader.settings.window_days)
        return midnight(max(first, days.school_year) if within_year else first, self._visit.request.instance)


def _what(one: News, titles: Mapping[str, str]) -> str:
    if one.kind == NOTE:
        return titles.get(one.what, one.what)
    return f"{say(TITLES[one.kind])}: {one.what}" if one.what else say(TITLES[one.kind])


def _news_answer(since: datetime | None, new: int) -> str:
    if since is None:
        return say(FIRST_VISIT)
    return say_count(IS_NEW, new) if new else say(NOTHING_NEW)


def _note_of(row: Row) -> str | None:
    return reverse("students:note", args=[row["id"], row["note"]]) if row["note"] else None
