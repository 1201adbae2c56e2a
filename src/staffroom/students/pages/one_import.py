"""One import: what it counted, what it would change while it is held, and the rows that it set aside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import islice
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404

from staffroom.accounts import trail
from staffroom.events.rejects import as_text, read_rejects
from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students.access import sees_district
from staffroom.students.importing.approving import differences
from staffroom.students.importing.counters import ACTIONS
from staffroom.students.importing.tables import TABLES
from staffroom.students.importing.turn import rejects_name
from staffroom.students.models.imports import Import, State
from staffroom.students.pages.deciding import Decision, decision_on
from staffroom.students.pages.frame import for_project_leads, lead_page
from staffroom.students.viewing import viewer_of
from staffroom.web.empty import Cause, Empty
from staffroom.web.faces import respond
from staffroom.web.pages import Page
from staffroom.web.paging import Paging
from staffroom.web.request import SignedInRequest, is_read_by_people
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

SHOWN_BYTES = 400
DIFFERENCES = (
    Column("action", msg("What"), Kind.TEXT),
    Column("table", msg("Table"), Kind.TEXT),
    Column("key", msg("Record"), Kind.TEXT),
    Column("line", msg("Line"), Kind.COUNT, msg("Counted from 1, in the uncompressed file.")),
    Column("differences", msg("Stored, and in the file"), Kind.TEXT),
)
REJECTS = (
    Column("line", msg("Line"), Kind.COUNT, msg("Counted from 1, in the uncompressed file.")),
    Column("reason", msg("Reason"), Kind.TEXT, msg("Each is explained in the documentation on imports.")),
    Column("data", msg("What stood there"), Kind.TEXT),
)
WOULD_CHANGE = plural("{count} record would change.", "{count} records would change.")
SET_ASIDE = plural("{count} row was set aside.", "{count} rows were set aside.")
ROWS_ARE_CLOSED = msg("Its rows are shown to project leads who may see every student of the district.")
REFRESH_SECONDS = 3
"""A page whose import is being applied asks for itself again, without any script."""


@for_project_leads
def one_import(request: SignedInRequest, number: int) -> Page | HttpResponseBase:
    """What one import counted; a held one with all that it would change. Looking is in the audit trail."""
    found = get_object_or_404(Import, pk=number)
    trail.record_lines(request.user, f"students/imports/{number}")
    decision = decision_on(found)
    page = _page(request, found, decision)
    if not decision.is_under_way or not is_read_by_people(request):
        return page
    response = respond(request, page)
    response["Refresh"] = str(REFRESH_SECONDS)
    return response


def _page(request: SignedInRequest, found: Import, decision: Decision) -> Page:
    is_held = found.state == State.HELD
    sees_rows = sees_district(viewer_of(request))  # rows may be of any student
    told = (say(str(State(found.state).label)), found.file_name, found.problem, decision.said)
    return lead_page(
        "imports",
        {
            **({"differences": lambda: _differences(request, found)} if is_held and sees_rows else {}),
            **({"rejects": lambda: _rejects(request, found)} if sees_rows else {}),
        },
        title=say(msg("Import {number} of {source}"), number=found.pk, source=found.source),
        lead=" · ".join(filter(None, told)),
        notices=tuple(filter(None, (decision.notice, "" if sees_rows else say(ROWS_ARE_CLOSED)))),
        template="students/import.html",
        context={
            "import": found,
            "decision": decision,
            "sees_rows": sees_rows,
            "would_change": say_count(WOULD_CHANGE, _total(found)),
        },
    )


def _total(found: Import) -> int:
    return sum(found.counts.get(action, 0) for action in ACTIONS)


def _differences(request: SignedInRequest, found: Import) -> Section:
    total = _total(found)
    paging = Paging.of(request, parameter="differences-page").with_total(total)
    changes = differences(request.instance, found, after=paging.offset, limit=paging.size or total)
    return Section(
        slug="differences",
        title=msg("What it would change"),
        question=msg("What would be different, if it were approved?"),
        answer=say_count(WOULD_CHANGE, total),
        table=Table(
            columns=DIFFERENCES,
            rows=[_difference(change.as_facts(TABLES[change.table].content)) for change in changes],
            paging=paging,
        ),
        empty=Empty(Cause.NOTHING_KEPT, say(msg("It would change nothing."))),
    )


def _difference(facts: Mapping[str, Any]) -> dict[str, Any]:
    told = (
        f"{name}: {json.dumps(stored, ensure_ascii=False)} → {json.dumps(new, ensure_ascii=False)}"
        for name, (stored, new) in facts["differences"].items()
    )
    return {
        "action": facts["action"],
        "table": facts["table"],
        "key": " ".join(str(part) for part in facts["key"]),
        "line": facts["line"],
        "differences": "; ".join(told) or None,
    }


def _rejects(request: SignedInRequest, found: Import) -> Section:
    total = found.counts.get("skipped", 0)
    paging = Paging.of(request, parameter="rejects-page").with_total(total)
    rejects = read_rejects(request.instance.rejects, rejects_name(found.pk))
    longest = SHOWN_BYTES if is_read_by_people(request) else None
    return Section(
        slug="rejects",
        title=msg("Set aside"),
        question=msg("Which rows could not be used, and why?"),
        answer=say_count(SET_ASIDE, total),
        table=Table(
            columns=REJECTS,
            rows=[
                {"line": one.line, "reason": one.reason, "data": as_text(one.data[:longest])}
                for one in islice(rejects, paging.window.start, paging.window.stop)
            ],
            paging=paging,
        ),
        empty=Empty(Cause.NOTHING_KEPT, say(msg("None, or they are older than rejects are kept."))),
    )
