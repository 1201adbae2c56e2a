"""Students: found by the beginning of their id or last name, or by their school."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.registry import students as register
from staffroom.registry.models import Student
from staffroom.registry.pages.frame import NOTED, Desk, enter, registry_page
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.paging import Paging
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.tables import Row, Table
from staffroom.web.words import say, say_count

MOST = 1000
"""So many students are listed at most, in CSV and JSON too: this is a search, not a way to take all away."""

COLUMNS = (
    Column("ssid", msg("Student id"), Kind.LEARNER),
    Column("state", msg("State"), Kind.TEXT),
    Column("last_name", msg("Last name"), Kind.TEXT),
    Column("first_name", msg("First name"), Kind.TEXT),
    Column("birth_date", msg("Born"), Kind.TEXT),
    Column("grade", msg("Grade"), Kind.TEXT),
    Column("institution", msg("School"), Kind.TEXT, msg("The school's identifier.")),
    Column("changed_at", msg("Changed"), Kind.INSTANT, msg("When the record was last written.")),
)
FOUND = plural("{count} student matches.", "{count} students match.")
FIRST = plural("The first student is shown.", "The first {count} students are shown; narrow the search.")


def students(request: SignedInRequest) -> Page:
    """Students of the registry."""
    desk = enter(request)
    return registry_page(
        "students",
        {"students": lambda: _section(desk)},
        lead=say(msg("Students registered here, of the states that are open to you.")),
        template="registry/students.html",
        context={"who": desk.asked("who"), "school": desk.asked("school")},
    )


def _section(desk: Desk) -> Section:
    found = register.search(desk.states, desk.asked("who"), school=desk.asked("school"))
    total = found[: MOST + 1].count()
    paging = Paging.of(desk.request).with_total(min(total, MOST))
    shown = list(found[:MOST][paging.window])
    desk.note("students/students", [(one.state, one.ssid) for one in shown])
    return Section(
        slug="students",
        title=msg("Students"),
        question=msg("Who is registered?"),
        answer=say_count(FIRST if total > MOST else FOUND, paging.total),
        table=Table(
            columns=COLUMNS,
            rows=[_row(one) for one in shown],
            caption=say(NOTED),
            links={"ssid": student_address},
            paging=paging,
        ),
        empty=None if shown else _empty(desk),
    )


def student_address(row: Row) -> str:
    return reverse("registry:student", args=[row["state"], row["ssid"]])


def _row(student: Student) -> dict[str, Any]:
    facts = register.facts_of(student)
    return {
        "ssid": student.ssid,
        "state": student.state,
        "last_name": facts["lastName"],
        "first_name": facts["firstName"],
        "birth_date": facts["birthDate"],
        "grade": facts["gradeLevelWhenAssessed"],
        "institution": student.institution,
        "changed_at": student.changed_at,
    }


def _empty(desk: Desk) -> Empty:
    if desk.asked("who") or desk.asked("school"):
        return Empty(
            Cause.FILTER_TOO_NARROW,
            say(msg("No id and no last name begins like this. Upper and lower case do not matter.")),
        )
    return Empty(Cause.NOTHING_IMPORTED, say(msg("No batch has been drained yet.")))
