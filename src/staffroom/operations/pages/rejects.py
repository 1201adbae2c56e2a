"""The rows of a delivery that could not be used: line, reason and exact bytes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from staffroom.accounts import trail
from staffroom.events.rejects import as_text, read_rejects
from staffroom.intake.ledger import Delivery
from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.operations.pages.deliveries import ledger_deliveries
from staffroom.operations.pages.frame import for_administrators, operations_page
from staffroom.operations.pages.words import say_reason
from staffroom.tally import Reject
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.paging import Paging
from staffroom.web.request import SignedInRequest, is_read_by_people
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

SHOWN_BYTES = 400

COLUMNS = (
    Column("line", msg("Line"), Kind.COUNT, msg("Counted from 1, in the uncompressed file.")),
    Column("reason", msg("Reason"), Kind.TEXT),
    Column("bytes", msg("Length"), Kind.COUNT, unit=msg("bytes")),
    Column(
        "data",
        msg("What stood there"),
        Kind.TEXT,
        msg(
            "Bytes that are no text are written as \\x and two digits; long lines are cut on this page only."
        ),
    ),
)
ANSWER = plural("{count} line of {name} was set aside.", "{count} lines of {name} were set aside.")


@for_administrators
def rejects(request: SignedInRequest, digest: str) -> Page:
    """Lines as they were delivered may name learners, so that looking at them is in the audit trail."""
    delivery = _delivery(request, digest)
    trail.record_lines(request.user, f"operations/rejects/{digest}")
    return operations_page(
        "deliveries",
        {"rejects": lambda: _section(request, delivery)},
        title=say(msg("Set aside from {name}"), name=delivery.name),
        template="operations/rejects.html",
        context={"download": reverse("rejects-file", args=[digest])},
    )


@require_safe
@for_administrators
def rejects_file(request: SignedInRequest, digest: str) -> StreamingHttpResponse | HttpResponse:
    """The lines with their exact bytes, each ended by a newline, as a file to mend and deliver again."""
    delivery = _delivery(request, digest)
    trail.record_lines(request.user, f"operations/rejects/{digest}.log")
    lines = (reject.data + b"\n" for reject in read_rejects(request.instance.rejects, delivery.digest))
    response = StreamingHttpResponse(lines, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="rejects-{digest[:16]}.log"'
    return response


def _delivery(request: SignedInRequest, digest: str) -> Delivery:
    """The delivery that the ledger knows by this digest; what it does not know is not there (404)."""
    for delivery in ledger_deliveries(request.instance):
        if delivery.digest == digest:
            return delivery
    raise Http404


def _section(request: SignedInRequest, delivery: Delivery) -> Section:
    paging = Paging.of(request).with_total(delivery.skipped)
    translated = is_read_by_people(request)
    found = _page_of(read_rejects(request.instance.rejects, delivery.digest), paging)
    return Section(
        slug="rejects",
        title=msg("Set aside"),
        question=msg("Which lines could not be used, and why?"),
        answer=say_count(ANSWER, delivery.skipped, name=delivery.name),
        table=Table(
            columns=COLUMNS,
            rows=[_row(reject, translated=translated) for reject in found],
            paging=paging,
        ),
        empty=Empty(Cause.NOTHING_KEPT, say(msg("None, or they are older than rejects are kept."))),
    )


def _page_of(found: Iterator[Reject], paging: Paging) -> Iterator[Reject]:
    return itertools.islice(found, paging.window.start, paging.window.stop)


def _row(reject: Reject, *, translated: bool) -> dict[str, Any]:
    data = reject.data[:SHOWN_BYTES] if translated else reject.data
    more = "…" if len(data) < len(reject.data) else ""
    return {
        "line": reject.line,
        "reason": say_reason(reject.reason) if translated else reject.reason,
        "bytes": len(reject.data),
        "data": as_text(data) + more,
    }
