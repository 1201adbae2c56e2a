"""The first page of a student: how it goes lately, number by number, and what was written last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students import history
from staffroom.students.notes import notes_about, seen
from staffroom.students.pages.area import OpenStudent, open_student
from staffroom.students.pages.note_table import note_table
from staffroom.students.pages.profile_frame import only, profile_page
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.tables import Row, Table
from staffroom.web.words import say, say_count

LATEST_NOTES = 5
SPARK_MONTHS = 12
COLUMNS = (
    Column("what", msg("What"), Kind.TEXT),
    Column("this_month", msg("This month"), Kind.COUNT),
    Column("school_year", msg("This school year"), Kind.COUNT),
    Column("year_before", msg("The year before"), Kind.COUNT, msg("In the whole school year before this.")),
    Column("months", msg("By month"), Kind.COUNT, msg("The last twelve months, the running one last.")),
)
ABSENT = plural(
    "{name} was absent on {count} day this school year.",
    "{name} was absent on {count} days this school year.",
)
WRITTEN = plural("{count} note was written about {name}.", "{count} notes were written about {name}.")


def profile(request: SignedInRequest, student: int) -> Page:
    """What is known of one student, and why the viewer may see it."""
    opened = open_student(request, student)
    return profile_page(
        opened,
        "student",
        {"lately": lambda: _lately(opened), "notes": lambda: _notes(opened)},
    )


def _lately(opened: OpenStudent) -> Section:
    student, today = opened.student, opened.visit.days.today
    zone = opened.visit.request.instance.institution.zone
    absent = [
        history.Month(row.month, row.unexcused + row.excused) for row in history.absences(student, today)
    ]
    counted = (
        ("attendance", msg("Absences"), absent),
        ("attendance", msg("Tardies"), history.tardies(student, today)),
        ("behavior", msg("Incidents"), history.incidents(student, today, zone)),
    )
    rows = [_row(opened, tab, say(title), months) for tab, title, months in counted]
    return Section(
        slug="lately",
        title=msg("Lately"),
        question=msg("How does it go this year, and how did it go before?"),
        answer=say_count(ABSENT, int(rows[0]["school_year"]), name=student.first_name or student.name),
        table=Table(columns=COLUMNS, rows=rows, links={"what": _tab_of}),
    )


def _row(opened: OpenStudent, tab: str, title: str, months: Sequence[history.Month]) -> dict[str, Any]:
    began = opened.visit.days.school_year.replace(day=1)
    before = began.replace(year=began.year - 1)
    return {
        "student": opened.student.pk,
        "tab": tab,
        "what": title,
        "this_month": months[-1].count,
        "school_year": sum(one.count for one in months if one.month >= began),
        "year_before": sum(one.count for one in months if before <= one.month < began),
        "months": tuple(one.count for one in months[-SPARK_MONTHS:]),
    }


def _tab_of(row: Row) -> str:
    return reverse(f"students:student-{row['tab']}", args=[row["student"]])


def _notes(opened: OpenStudent) -> Section:
    found = notes_about(only(opened.student))
    return Section(
        slug="notes",
        title=msg("Latest notes"),
        question=msg("What did those who support this student write last?"),
        answer=say_count(WRITTEN, found.count(), name=opened.student.first_name or opened.student.name),
        table=note_table(opened.visit, seen(found[:LATEST_NOTES])),
        empty=Empty(Cause.NOTHING_KEPT, say(msg("Nobody has written a note about this student yet."))),
    )
