"""How the instance is: what ``staffroom check`` finds, and how fresh each table is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from staffroom.config import Instance
from staffroom.errors import StaffroomError
from staffroom.events.catalogue import Catalogue, Store
from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.operations.check import Finding, findings_of
from staffroom.operations.pages.frame import for_administrators, operations_page
from staffroom.web import formats
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

FINDING_COLUMNS = (
    Column("place", msg("Where"), Kind.TEXT),
    Column("problem", msg("What is the case"), Kind.TEXT),
    Column("mend", msg("How to mend it"), Kind.TEXT),
    Column("is_wrong", msg("Wrong"), Kind.FLAG),
)
TABLE_COLUMNS = (
    Column("table", msg("Table"), Kind.TEXT),
    Column("rows", msg("Rows"), Kind.COUNT),
    Column("bytes", msg("Size"), Kind.COUNT, unit=msg("bytes")),
    Column("through", msg("Through"), Kind.DAY, msg("The last day whose data it holds.")),
    Column("computed_at", msg("Computed"), Kind.INSTANT),
    Column(
        "problem", msg("Problem"), Kind.TEXT, msg("The class of the error that kept it from being renewed.")
    ),
)
WRONG = plural("{count} thing is wrong.", "{count} things are wrong.")
TO_KNOW = plural(
    "Nothing is wrong; {count} thing is good to know.", "Nothing is wrong; {count} things are good to know."
)
PUBLISHED = plural(
    "Version {number} is published, with {events} events of {count} day.",
    "Version {number} is published, with {events} events of {count} days.",
)


@for_administrators
def condition(request: SignedInRequest) -> Page:
    return operations_page(
        "condition",
        {
            "findings": lambda: _findings(request.instance),
            "tables": lambda: _tables(request.instance),
        },
        lead=say(msg("What “staffroom check” says, and what the store holds. Monitors ask /health.")),
    )


def _findings(instance: Instance) -> Section:
    found = findings_of(instance)
    return Section(
        slug="findings",
        title=msg("Findings"),
        question=msg("Is anything wrong, and how is it mended?"),
        answer=_verdict(found),
        table=Table(columns=FINDING_COLUMNS, rows=[finding.as_dict() for finding in found]),
        empty=Empty(Cause.NOTHING_WRONG),
    )


def _verdict(found: Sequence[Finding]) -> str:
    wrong = sum(finding.is_wrong for finding in found)
    if wrong:
        return say_count(WRONG, wrong)
    return say_count(TO_KNOW, len(found)) if found else ""


def _tables(instance: Instance) -> Section:
    try:
        catalogue = Store(instance.store).current()
    except StaffroomError:
        catalogue = Catalogue()  # what is wrong with it stands among the findings
    days = [table for name, table in catalogue.tables.items() if name.startswith("events/")]
    return Section(
        slug="tables",
        title=msg("Tables"),
        question=msg("What does the store hold, and how fresh is it?"),
        answer=say_count(
            PUBLISHED,
            len(days),
            number=catalogue.number,
            events=formats.count(sum(day.rows for day in days)),
        ),
        table=Table(columns=TABLE_COLUMNS, rows=_table_rows(catalogue)),
        empty=Empty(Cause.NOTHING_IMPORTED),
    )


def _table_rows(catalogue: Catalogue) -> list[dict[str, Any]]:
    """One row a table, the days of events left out."""
    return [
        {
            "table": name,
            "rows": table.rows,
            "bytes": sum(file.bytes for file in table.files),
            "through": date.fromisoformat(table.through) if table.through else None,
            "computed_at": datetime.fromisoformat(table.computed_at) if table.computed_at else None,
            "problem": table.problem,
        }
        for name, table in sorted(catalogue.tables.items())
        if not name.startswith("events/")
    ]
