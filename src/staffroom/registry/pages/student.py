"""One student: the record as it was sent, and what its rules make them eligible for."""

from __future__ import annotations

from django.http import Http404

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.registry import students as register
from staffroom.registry.models import Student
from staffroom.registry.pages.frame import Desk, enter, registry_page
from staffroom.web import formats
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

FIELD = Column("field", msg("Field"), Kind.TEXT, msg("As loaders name it."))
VALUE = Column("value", msg("Value"), Kind.TEXT)
ASSESSMENT = Column("assessment", msg("Assessment"), Kind.TEXT)
ELIGIBLE = plural("Eligible for {count} assessment.", "Eligible for {count} assessments.")


def student(request: SignedInRequest, state: str, ssid: str) -> Page:
    """One registered student."""
    desk = enter(request, state)
    found = register.find_student(state, ssid)
    if found is None:
        raise Http404
    return registry_page(
        "students",
        {"record": lambda: _record(desk, found), "eligibility": lambda: _eligibility(desk, found)},
        title=ssid,
        lead=say(msg("Registered in {state}."), state=state),
    )


def _record(desk: Desk, student: Student) -> Section:
    desk.note("student/record", [(student.state, student.ssid)])
    facts = register.facts_of(student)
    return Section(
        slug="record",
        title=msg("Record"),
        question=msg("What is known of the student?"),
        answer=say(msg("Last written {at}."), at=formats.instant(student.changed_at)),
        table=Table(
            columns=(FIELD, VALUE), rows=[{"field": name, "value": value} for name, value in facts.items()]
        ),
    )


def _eligibility(desk: Desk, student: Student) -> Section:
    desk.note("student/eligibility", [(student.state, student.ssid)])
    names = register.eligible_for(student.state, student.ssid)
    return Section(
        slug="eligibility",
        title=msg("Eligibility"),
        question=msg("Which assessments may the student take?"),
        answer=say_count(ELIGIBLE, len(names)),
        table=Table(columns=(ASSESSMENT,), rows=[{"assessment": name} for name in names]),
        empty=Empty(Cause.FILTER_TOO_NARROW, say(msg("No assessment's rules fit this student."))),
    )
