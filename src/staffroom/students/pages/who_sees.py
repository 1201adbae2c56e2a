"""Who can see a student, and why; for holders of the label that opens this."""

from __future__ import annotations

from django.http import Http404

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students import access
from staffroom.students.labels import SEES_WHO_HAS_ACCESS
from staffroom.students.pages.area import OpenStudent, open_student
from staffroom.students.pages.profile_frame import profile_page
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest, is_read_by_people
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

COLUMNS = (
    Column("name", msg("Name"), Kind.TEXT),
    Column("school", msg("School"), Kind.TEXT),
    Column("reason", msg("Why"), Kind.TEXT),
)
ANSWER = plural("{count} educator may see this student.", "{count} educators may see this student.")


def who_sees(request: SignedInRequest, student: int) -> Page:
    """Who may see a student, each with the reason."""
    opened = open_student(request, student)
    if not may_ask(opened):
        raise Http404
    return profile_page(
        opened, "student", {"educators": lambda: _section(opened)}, title=say(msg("Who can see this student"))
    )


def may_ask(opened: OpenStudent) -> bool:
    return access.has_label(opened.visit.viewer, SEES_WHO_HAS_ACCESS, rules=opened.visit.rules)


def _section(opened: OpenStudent) -> Section:
    for_people = is_read_by_people(opened.visit.request)
    found = access.reasons_for_all(opened.student, rules=opened.visit.rules)
    rows = [
        {
            "name": educator.full_name or educator.login,
            "school": educator.school.name if educator.school else None,
            "reason": say(access.WORDS[reason]) if for_people else reason.value,
        }
        for educator, reason in found
    ]
    return Section(
        slug="educators",
        title=msg("Who can see this student"),
        question=msg("Which educators may see this student, and why?"),
        answer=say_count(ANSWER, len(rows)),
        table=Table(columns=COLUMNS, rows=rows),
    )
