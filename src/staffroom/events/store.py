"""Reading the event store: which files hold the events, and the view ``events`` over them for DuckDB."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from staffroom.config import Instance
from staffroom.engines.duck import quoted
from staffroom.events.catalogue import Catalogue, Store, StoredTable
from staffroom.events.schema import EVENT_COLUMNS
from staffroom.events.zone import zone_facts

EVENTS = "events/"
"""The name of a day's table is this and the day in ISO form."""


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
    connection: duckdb.DuckDBPyConnection,
    store: Store,
    catalogue: Catalogue,
    *,
    since: date | None = None,
    until: date | None = None,
) -> None:
    """Create the view ``events`` of the catalogue's events: the columns of EVENT_COLUMNS and ``happened_us``.

    ``happened_at`` is a TIMESTAMP in UTC, ``happened_us`` the same instant as microseconds since 1970. This
    is the one place where the event table is written in DuckDB's dialect.
    """
    files = event_files(store, catalogue, since=since, until=until)
    connection.execute(f"CREATE OR REPLACE VIEW events AS {_select(files)}")


def _select(files: list[Path]) -> str:
    if not files:
        columns = ", ".join(f"CAST(NULL AS {_SQL_TYPES[str(c.type)]}) AS {c.name}" for c in EVENT_COLUMNS)
        return f"SELECT {columns}, CAST(NULL AS BIGINT) AS happened_us WHERE false"
    columns = ", ".join(
        f"make_timestamp(epoch_us({column.name})) AS {column.name}"
        if column.name == "happened_at"
        else column.name
        for column in EVENT_COLUMNS
    )
    paths = ", ".join(quoted(str(path)) for path in files)
    return f"SELECT {columns}, epoch_us(happened_at) AS happened_us FROM read_parquet([{paths}])"  # noqa: S608


_SQL_TYPES = {
    "fixed_size_binary[16]": "BLOB",
    "string": "VARCHAR",
    "date32[day]": "DATE",
    "timestamp[us, tz=UTC]": "TIMESTAMP",
    "int32": "INTEGER",
    "double": "DOUBLE",
}


def _days(catalogue: Catalogue) -> Iterator[tuple[date, StoredTable]]:
    for name, table in catalogue.tables.items():
        if name.startswith(EVENTS):
            yield date.fromisoformat(name.removeprefix(EVENTS)), table


def store_facts(catalogue: Catalogue, instance: Instance) -> dict[str, Any]:
    """What holds for the whole store; its name is given once, so that a ledger knows it from another store."""
    return {
        "store": catalogue.facts.get("store") or uuid.uuid4().hex,
        **zone_facts(instance.institution),
    }
