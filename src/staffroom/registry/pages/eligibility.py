"""Eligibility: how many students each assessment's rules admit, and who they are."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.db.models import Count

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.registry.eligibility import assessments
from staffroom.registry.models import Eligibility
from staffroom.registry.pages.frame import NOTED, Desk, enter, registry_page
from staffroom.registry.pages.students import MOST, student_address
from staffroom.registry.settings import assessment_settings
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.paging import Paging
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.tables import Row, Table
from staffroom.web.words import say, say_count

COUNTED_SECONDS = 60
"""Millions of rows are counted at most so often."""

ASSESSMENT = Column("assessment", msg("Assessment"), Kind.TEXT)
COUNTS = (
    ASSESSMENT,
    Column("state", msg("State"), Kind.TEXT),
    Column("students", msg("Students"), Kind.COUNT, msg("Eligible now; counted once a minute.")),
    Column("enable", msg("Enabled where"), Kind.TEXT, msg("All of these have to hold.")),
    Column("disable", msg("Disabled where"), Kind.TEXT, msg("Where all of these hold, nobody is eligible.")),
)
STUDENTS = (
    Column("ssid", msg("Student id"), Kind.LEARNER),
    Column("state", msg("State"), Kind.TEXT),
    ASSESSMENT,
)
RULED = plural("{count} assessment has rules.", "{count} assessments have rules.")
SHOWN = plural("{count} student is shown.", "{count} students are shown.")


def eligibility(request: SignedInRequest) -> Page:
    """Who may take what, by the rules of the settings."""
    desk = enter(request)
    return registry_page(
        "eligibility",
        {"assessments": lambda: _counts(desk), "students": lambda: _students(desk)},
        lead=say(msg("The rules stand in staffroom.toml, as blocks of [[eligibility]].")),
    )


def _counts(desk: Desk) -> Section:
    rules = {
        block.assessment: {"enable": "; ".join(block.enable), "disable": "; ".join(block.disable)}
        for block in assessment_settings(desk.request.instance)
    }
    rows = [{**row, **rules.get(row["assessment"], {})} for row in _counted(sorted(desk.states))]
    rows += [
        {"assessment": name, "state": None, "students": 0, **said}
        for name, said in rules.items()
        if name not in {row["assessment"] for row in rows}
    ]
    return Section(
        slug="assessments",
        title=msg("Assessments"),
        question=msg("How many students may take each assessment?"),
        answer=say_count(RULED, len(assessments(desk.request.instance))),
        table=Table(columns=COUNTS, rows=rows, links={"assessment": _chosen}, bars=frozenset({"students"})),
        empty=Empty(Cause.FILTER_TOO_NARROW, say(msg("No assessment has rules yet."))),
    )


def _counted(states: list[str]) -> list[dict[str, Any]]:
    key = f"eligibility-{'-'.join(states)}"
    rows: list[dict[str, Any]] | None = cache.get(key)
    if rows is None:
        found = Eligibility.objects.filter(state__in=states).values("assessment", "state")
        counted = found.annotate(students=Count("id")).order_by("assessment", "state")
        rows = [dict(row) for row in counted]
        cache.set(key, rows, COUNTED_SECONDS)
    return rows


def _chosen(row: Row) -> str:
    from urllib.parse import urlencode

    return f"?{urlencode({'assessment': row['assessment']})}#students"


def _students(desk: Desk) -> Section:
    found = Eligibility.objects.filter(state__in=desk.states).order_by("state", "ssid")
    chosen = desk.asked("assessment")
    found = found.filter(assessment=chosen) if chosen else found.none()
    paging = Paging.of(desk.request).with_total(found[:MOST].count())
    rows = list(found[:MOST][paging.window].values("ssid", "state", "assessment"))
    desk.note("eligibility/students", [(row["state"], row["ssid"]) for row in rows])
    return Section(
        slug="students",
        title=msg("Eligible students"),
        question=msg("Who may take it?"),
        answer=say_count(SHOWN, paging.total),
        table=Table(
            columns=STUDENTS, rows=rows, caption=say(NOTED), links={"ssid": student_address}, paging=paging
        ),
        empty=Empty(Cause.FILTER_TOO_NARROW, say(msg("Choose an assessment above."))),
    )
