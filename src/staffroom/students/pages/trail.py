"""Who looked at which students, when and on which page; for project leads, of students whom they may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from staffroom.accounts.models import Person, View
from staffroom.accounts.trail import unpacked
from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students import access
from staffroom.students.models import Student
from staffroom.students.pages.frame import for_project_leads, lead_page
from staffroom.students.trail import local_ids_in
from staffroom.students.viewing import viewer_of
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.paging import Paging
from staffroom.web.request import SignedInRequest, is_read_by_people
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

PREFIX = "students/"
SHOWN_STUDENTS = 5
COLUMNS = (
    Column("at", msg("When"), Kind.INSTANT),
    Column("person", msg("Who"), Kind.TEXT),
    Column("what", msg("Page"), Kind.TEXT, msg("The page, its section and its form.")),
    Column("count", msg("Students"), Kind.COUNT, msg("How many students the answer named.")),
    Column("students", msg("Whom"), Kind.TEXT, msg("Those whom you may see; CSV and JSON hold all of them.")),
)
VIEWS = plural("{count} view of students is noted.", "{count} views of students are noted.")


@for_project_leads
def trail(request: SignedInRequest) -> Page:
    """Who looked at which students, the latest first."""
    return lead_page(
        "trail",
        {"views": lambda: _section(request)},
        lead=say(msg("Each view, list, search and export of students is here, before it was shown.")),
    )


def _section(request: SignedInRequest) -> Section:
    found = View.objects.filter(what__startswith=PREFIX).order_by("-at", "-id")
    paging = Paging.of(request).with_total(found.count())
    views = list(found[paging.window])
    named = {view.pk: local_ids_in(unpacked(view.learners)) for view in views}
    every = {local_id for ids in named.values() for local_id in ids}
    open_ones = access.students_for(viewer_of(request)).filter(local_id__in=every)
    students = {student.local_id: student for student in open_ones}
    people = dict(Person.objects.filter(pk__in={view.person_id for view in views}).values_list("pk", "name"))
    for_people = is_read_by_people(request)
    rows: list[dict[str, Any]] = [
        {
            "at": view.at,
            "person": people.get(view.person_id),
            "what": view.what,
            "count": view.learner_count,
            "students": _said(named[view.pk], students, for_people=for_people),
        }
        for view in views
    ]
    return Section(
        slug="views",
        title=msg("Trail"),
        question=msg("Who saw whom?"),
        answer=say_count(VIEWS, paging.total),
        table=Table(columns=COLUMNS, rows=rows, paging=paging),
        empty=Empty(Cause.NOTHING_KEPT),
    )


def _said(local_ids: list[str], students: Mapping[str, Student], *, for_people: bool) -> str | None:
    known = [students[local_id] for local_id in local_ids if local_id in students]
    if not for_people:
        return " ".join(student.local_id for student in known) or None
    shown = "; ".join(f"{student.roster_name} ({student.local_id})" for student in known[:SHOWN_STUDENTS])
    return f"{shown} …" if len(known) > SHOWN_STUDENTS else shown or None
