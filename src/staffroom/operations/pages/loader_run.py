"""One run of the loader: what became of its rows, and those set aside; who looks is in the audit trail."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from staffroom.accounts import trail
from staffroom.accounts.models import Person
from staffroom.errors import SettingsError
from staffroom.loader.report import set_aside
from staffroom.loader.rows import Aside
from staffroom.loader.settings import loader_settings
from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.operations import loading
from staffroom.operations.loading import Sent
from staffroom.operations.pages.frame import for_administrators, operations_page
from staffroom.operations.pages.loader import SENT_COLUMNS, fresh, sent_row
from staffroom.operations.pages.loader_words import answer_of, say_became, say_reason_of_loader
from staffroom.web import formats
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.paging import Paging
from staffroom.web.request import SignedInRequest, face_of, is_read_by_people
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

OUTCOME_COLUMNS = (
    Column("what", msg("What became of them"), Kind.TEXT),
    Column("rows", msg("Rows"), Kind.COUNT),
)
ASIDE_COLUMNS = (
    Column(
        "row", msg("Row"), Kind.COUNT, msg("The line of the file on which it begins; the header is row 1.")
    ),
    Column("student", msg("Student"), Kind.TEXT, msg("The id as the file has it, as far as it can be read.")),
    Column("reason", msg("Reason"), Kind.TEXT),
    Column("detail", msg("What was said"), Kind.TEXT),
)
OUTCOME_ANSWER = plural("The rows ended in {count} way.", "The rows ended in {count} ways.")
ASIDE_ANSWER = plural("{count} row was set aside.", "{count} rows were set aside.")
SOURCE = "loader"
"""What the students of a run are filed under in the audit trail."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A run and the page of its rows that were set aside; read once, for the trail and for the table."""

    sent: Sent
    paging: Paging
    rows: list[Aside]


@for_administrators
def loader_run(request: SignedInRequest, run: str) -> Page:
    """Rows name students: which of them were shown to whom is in the audit trail before they are shown."""
    sent = _sent(request, run)
    sections: dict[str, Callable[[], Section]] = {
        "sent": lambda: _facts(sent),
        "outcome": lambda: _outcome(request, sent),
        "aside": lambda: _aside(request, _shown(request, sent)),
    }
    return operations_page(
        "loader",
        sections,
        title=f"{sent.file}, {formats.instant(sent.began_at)}" if sent.began_at else sent.file,
        template="operations/loader_run.html",
        context={
            "report": reverse("loader-report", args=[run]) if sent.sending.report.exists() else "",
            "complete": sent.has_ended,
        },
    )


@require_safe
@for_administrators
def loader_report(request: SignedInRequest, run: str) -> FileResponse | HttpResponse:
    """The whole report as the run has written it."""
    sent = _sent(request, run)
    if not sent.sending.report.is_file():
        raise Http404
    named = itertools.chain(
        (row.id for row in set_aside(sent.sending.journal)),
        sent.facts.get("missing", ()),
        sent.facts.get("repeated", ()),
    )
    _note(request.user, f"operations/loader/{run}/report", named)
    return FileResponse(
        sent.sending.report.open("rb"),
        as_attachment=True,
        filename=f"loader-{run}.json",
        content_type="application/json",
    )


def _sent(request: SignedInRequest, run: str) -> Sent:
    """The run of this name; what is not a run of the loader is not there (404)."""
    try:
        instance = fresh(request)
        sent = loading.sent_run(instance, loader_settings(instance), run)
    except SettingsError:
        sent = None
    if sent is None:
        raise Http404
    return sent


def _shown(request: SignedInRequest, sent: Sent) -> Shown:
    total = int(sent.facts.get("set_aside", 0))
    paging = Paging.of(request).with_total(total)
    window = paging.window
    rows = list(itertools.islice(set_aside(sent.sending.journal), window.start, window.stop))
    if rows:
        face = face_of(request)
        _note(request.user, f"operations/loader/{sent.name}/aside.{face}", (row.id for row in rows))
    return Shown(sent, paging, rows)


def _note(person: Person, what: str, students: Iterator[str]) -> None:
    """Rows whose student cannot be read are noted too, without a name."""
    learners = [(SOURCE, student) for student in students if student]
    if learners:
        trail.record(person, what, course_id="", learners=learners)
    else:
        trail.record_lines(person, what)


def _facts(sent: Sent) -> Section:
    return Section(
        slug="sent",
        title=msg("How it went"),
        question=msg("Was all of it sent?"),
        answer=answer_of(sent),
        table=Table(columns=SENT_COLUMNS, rows=[sent_row(sent)]),
    )


def _outcome(request: SignedInRequest, sent: Sent) -> Section:
    translated = is_read_by_people(request)
    kinds: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("became", say_became),
        ("reasons", say_reason_of_loader),
    )
    rows = [
        {"what": say_it(word) if translated else word, "rows": count}
        for fact, say_it in kinds
        for word, count in _counted(sent.facts.get(fact)).items()
        if count
    ]
    return Section(
        slug="outcome",
        title=msg("Rows"),
        question=msg("What became of the rows?"),
        answer=say_count(OUTCOME_ANSWER, len(rows)),
        table=Table(columns=OUTCOME_COLUMNS, rows=rows, bars=frozenset({"rows"})),
        empty=Empty(Cause.NOTHING_KEPT, say(msg("The API did not tell, and no row was set aside so far."))),
    )


def _counted(fact: object) -> Mapping[str, Any]:
    return fact if isinstance(fact, Mapping) else {}


def _aside(request: SignedInRequest, shown: Shown) -> Section:
    translated = is_read_by_people(request)
    return Section(
        slug="aside",
        title=msg("Set aside"),
        question=msg("Which rows were not sent or not taken, and why?"),
        answer=say_count(ASIDE_ANSWER, shown.paging.total),
        table=Table(
            columns=ASIDE_COLUMNS,
            rows=[
                {
                    "row": row.line or None,
                    "student": row.id or None,
                    "reason": say_reason_of_loader(row.reason) if translated else row.reason,
                    "detail": row.detail,
                }
                for row in shown.rows
            ],
            paging=shown.paging,
        ),
        empty=Empty(Cause.NOTHING_KEPT, say(msg("No row was set aside."))),
    )
