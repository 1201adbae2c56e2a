"""Deliveries: the ledger of what the sources have left, file by file, and what became of its rows."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse

from staffroom.config import Instance
from staffroom.events.ingest import ledger_path
from staffroom.intake.ledger import Delivery, Ledger
from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.operations.pages.frame import for_administrators, operations_page
from staffroom.operations.pages.words import say_delivery_state, say_kind
from staffroom.web import formats
from staffroom.web.arrangement import Arrangement
from staffroom.web.chart_marks import amount_axis, bars, grouped_axis
from staffroom.web.charts import Chart
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.paging import Paging
from staffroom.web.request import SignedInRequest, is_read_by_people
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

COLUMNS = (
    Column("name", msg("File"), Kind.TEXT),
    Column("state", msg("State"), Kind.TEXT),
    Column("read", msg("Read"), Kind.COUNT),
    Column("kept", msg("Kept"), Kind.COUNT, msg("Rows that were new.")),
    Column("repeated", msg("Repeated"), Kind.COUNT, msg("Good rows that were there already.")),
    Column("skipped", msg("Skipped"), Kind.COUNT, msg("Rows that were set aside; the number leads to them.")),
    Column("problem", msg("Problem"), Kind.TEXT),
    Column("taken_at", msg("Taken in"), Kind.INSTANT),
    Column("arrived_at", msg("Arrived"), Kind.INSTANT),
    Column("source", msg("Source"), Kind.TEXT),
    Column("kind", msg("Kind"), Kind.TEXT, msg("A tracking log, or an export of the LMS's tables.")),
    Column("size", msg("Size"), Kind.COUNT, unit=msg("bytes")),
    Column(
        "digest", msg("Digest"), Kind.BLOCK, msg("What a delivery is known by: renamed, it stays the same.")
    ),
)
CHARTED = 60
LONG_AGO = datetime.min.replace(tzinfo=UTC)

ANSWER = plural(
    "{count} delivery: {read} rows read, {kept} kept, {repeated} repeated, {skipped} skipped.",
    "{count} deliveries: {read} rows read, {kept} kept, {repeated} repeated, {skipped} skipped.",
)


def ledger_deliveries(instance: Instance) -> list[Delivery]:
    """All deliveries, the last taken first; none where nothing was ever taken in."""
    path = ledger_path(instance)
    return Ledger(path).deliveries() if path.exists() else []


@for_administrators
def deliveries(request: SignedInRequest) -> Page:
    return operations_page(
        "deliveries",
        {"deliveries": lambda: _section(request)},
        lead=say(msg("Every row that was read is kept, repeated or skipped; none is lost.")),
    )


def _section(request: SignedInRequest) -> Section:
    arrangement = Arrangement.read(
        request.GET, COLUMNS, default="-taken_at", searched=("name", "source", "state", "problem", "digest")
    )
    translated = is_read_by_people(request)
    found = arrangement.arranged(
        _row(one, translated=translated) for one in ledger_deliveries(request.instance)
    )
    paging = Paging.of(request).with_total(len(found))
    shown = found[paging.window]
    answered = _answer(found)
    return Section(
        slug="deliveries",
        title=msg("Deliveries"),
        question=msg("Which files have arrived, and what became of them?"),
        answer=answered,
        table=Table(
            columns=COLUMNS,
            rows=shown,
            links={
                "skipped": lambda row: reverse("rejects", args=[row["digest"]]) if row["skipped"] else None
            },
            paging=paging,
            arrangement=arrangement,
        ),
        chart=_chart(found, answered) if found else None,
        empty=Empty(Cause.FILTER_TOO_NARROW if arrangement.search else Cause.NOTHING_IMPORTED),
    )


def _chart(found: list[dict[str, Any]], description: str) -> Chart:
    """What became of the rows of the newest deliveries, by source and kind, in the order of their names."""
    newest = sorted(found, key=lambda row: (row["taken_at"] or LONG_AGO, row["name"]))[-CHARTED:]
    newest.sort(key=lambda row: (row["source"], row["kind"], row["name"]))
    parts = {name: say(column_title(name)) for name in ("kept", "repeated", "skipped")}
    values = [
        {"place": place, "part": title, "rows": row[name]}
        for place, row in enumerate(newest, 1)
        for name, title in parts.items()
    ]
    sums = [{"rows": row["read"]} for row in newest]
    return Chart(
        title=say(msg("Rows of each of the newest deliveries")),
        description=description,
        spec=bars(
            values,
            x=grouped_axis("place", [f"{row['source']}, {say_kind(row['kind'])}" for row in newest]),
            y=amount_axis("rows", say(msg("Rows")), sums),
            series="part",
        ),
    )


def column_title(name: str) -> str:
    return next(column.title for column in COLUMNS if column.name == name)


def _row(delivery: Delivery, *, translated: bool) -> dict[str, Any]:
    state = say_delivery_state(delivery.state) if translated else delivery.state
    instants = {name: _instant(getattr(delivery, name)) for name in ("arrived_at", "taken_at")}
    return {**asdict(delivery), **instants, "state": state}


def _answer(found: list[dict[str, Any]]) -> str:
    sums = {name: sum(row[name] for row in found) for name in ("read", "kept", "repeated", "skipped")}
    return say_count(ANSWER, len(found), **{name: formats.count(value) for name, value in sums.items()})


def _instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
