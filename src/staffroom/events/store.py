"""Reading the event store: which files hold the events, and the view ``events`` over them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from staffroom.config import Instance
from staffroom.engines.duck import Connection, DuckEngine
from staffroom.events.catalogue import Catalogue, Store, StoredTable
from staffroom.events.schema import EVENT_COLUMNS
from staffroom.events.zone import zone_facts

EVENTS = "events/"
"""The name of a day's table is this and the day in ISO form."""


_SQL_TYPES = {
    "fixed_size_binary[16]": "BLOB",
    "string": "VARCHAR",
    "date32[day]": "DATE",
    "timestamp[us, tz=UTC]": "TIMESTAMP",
    "int32": "INTEGER",
    "double": "DOUBLE",
}
EVENT_SQL_TYPES = {column.name: _SQL_TYPES[str(column.type)] for column in EVENT_COLUMNS} | {
    "happened_us": "BIGINT"
}
"""The columns of the view ``events`` with their SQL types."""


def day_table(day: str) -> str:
    return f"{EVENTS}{day}"


def event_days(
    catalogue: Catalogue, *, since: date | None = None, until: date | None = None
) -> dict[date, StoredTable]:
    """The days that hold events, in order, from ``since`` to ``until`` (both included)."""
    return {
        day: table
        for day, table in sorted(_days(catalogue))
        if (since is None or day >= since) and (until is None or day <= until)
    }


def event_files(
    store: Store, catalogue: Catalogue, *, since: date | None = None, until: date | None = None
) -> list[Path]:
    """The Parquet files of those days: for DuckDB, Spark, or anybody's own tools."""
    days = event_days(catalogue, since=since, until=until)
    return [store.root / file.path for table in days.values() for file in table.files]


def events_through(catalogue: Catalogue) -> date | None:
    """The last day that holds events."""
    return max((day for day, _ in _days(catalogue)), default=None)


def events_view(
    connection: Connection,
    store: Store,
    catalogue: Catalogue,
    *,
    since: date | None = None,
    until: date | None = None,
) -> None:
    """Create the view ``events`` of the catalogue's events: the columns of EVENT_COLUMNS and ``happened_us``.

    ``happened_at`` is a TIMESTAMP in UTC, ``happened_us`` the same instant as microseconds since 1970.
    """
    files = event_files(store, catalogue, since=since, until=until)
    DuckEngine(connection).table("events", files, EVENT_SQL_TYPES)


def _days(catalogue: Catalogue) -> Iterator[tuple[date, StoredTable]]:
    for name, table in catalogue.tables.items():
        if name.startswith(EVENTS):
            yield date.fromisoformat(name.removeprefix(EVENTS)), table


def store_facts(catalogue: Catalogue, instance: Instance) -> dict[str, Any]:
    """What holds for the whole store; its name is given once, so that a ledger knows it from others."""
    return {
        "store": catalogue.facts.get("store") or uuid.uuid4().hex,
        **zone_facts(instance.institution),
    }
