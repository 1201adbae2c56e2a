"""Given tables as CSV files that a person can check, put into a store as the real run finds them.

A cell that is empty is null; an empty text is written ``""``. Columns that a file does not have are null,
except those of events that follow from others: ``event_id``, ``source``, ``day`` and ``actor_id``.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from staffroom.events.catalogue import Catalogue, Store, StoredTable
from staffroom.events.schema import EVENT_SCHEMA
from staffroom.metrics.catalogue import is_metric, metric
from staffroom.metrics.given import given_tables, sql_columns
from staffroom.metrics.inputs import COURSE_TABLES
from staffroom.metrics.settings import MetricSettings

SOURCE = "openedx"
DATES = "dates"
"""``dates.csv`` holds the first and the last day of the calendar, in place of the calendar itself."""

EVENT_DEFAULTS = {
    "event_id": "from_hex(printf('%032x', row_number() OVER ()))",
    "source": f"'{SOURCE}'",
    "day": "CAST(happened_at AS DATE)",
    "actor_id": "learner_id",
}
EVENT_TYPES = {
    "event_id": "BLOB",
    "day": "DATE",
    "happened_at": "TIMESTAMP",
    "unit_position": "INTEGER",
    "unit_before": "INTEGER",
    "tab_count": "INTEGER",
    "position_seconds": "DOUBLE",
    "target_seconds": "DOUBLE",
    "duration_seconds": "DOUBLE",
}


def store_given(
    folder: Path, store: Store, settings: MetricSettings
) -> tuple[Catalogue, Mapping[str, dict[str, str]]]:
    """A catalogue of the tables in ``folder``, and the columns of those that a run writes itself."""
    tables: dict[str, StoredTable] = {}
    first_day, last_day = _dates(folder / f"{DATES}.csv")
    given = given_tables(settings, [SOURCE], first_day, last_day)
    for name, rows in given.items():
        tables[name] = _stored(store, name, rows)
    for path in sorted(folder.glob("*.csv")):
        if path.stem == "events":
            tables.update(store_events(store, events(path)))
        elif path.stem != DATES:
            tables[path.stem] = _stored(store, path.stem, _typed(path, _types(path.stem)))
    return Catalogue().with_tables(tables), {name: dict(sql_columns(rows)) for name, rows in given.items()}


def events(path: Path) -> pa.Table:
    """The events of a CSV file with all columns of the event table."""
    present = _header(path)
    columns = []
    for name in EVENT_SCHEMA.names:
        kind = EVENT_TYPES.get(name, "VARCHAR")
        value = f'CAST("{name}" AS {kind})' if name in present else EVENT_DEFAULTS.get(name, "NULL")
        columns.append(f'{value} AS "{name}"')
    return _read(path, ", ".join(columns)).cast(EVENT_SCHEMA)


def store_events(store: Store, rows: pa.Table) -> Mapping[str, StoredTable]:
    """Events as tables of the catalogue, one a day."""
    tables: dict[str, StoredTable] = {}
    for day in sorted(set(rows["day"].to_pylist())):
        of_day = rows.filter(pa.compute.equal(rows["day"], pa.scalar(day, pa.date32())))
        tables[f"events/{day}"] = _stored(store, "events", of_day)
    return tables


def _stored(store: Store, name: str, rows: pa.Table) -> StoredTable:
    path = store.new_path(name, ".parquet")
    pq.write_table(rows, path)
    return StoredTable((store.describe(path, rows.num_rows),))


def _types(name: str) -> Mapping[str, str]:
    if is_metric(name):
        return {column.name: column.sql_type for column in metric(name).columns}
    return COURSE_TABLES[name]


def _typed(path: Path, types: Mapping[str, str]) -> pa.Table:
    present = _header(path)
    values = {name: f'"{name}"' if name in present else "NULL" for name in types}
    return _read(
        path, ", ".join(f'CAST({values[name]} AS {kind}) AS "{name}"' for name, kind in types.items())
    )


def _read(path: Path, columns: str) -> pa.Table:
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        source = f"read_csv('{path}', all_varchar = true, header = true, allow_quoted_nulls = false)"
        return connection.sql(f"SELECT {columns} FROM {source}").to_arrow_table()


def _header(path: Path) -> list[str]:
    with path.open(newline="", encoding="utf-8") as file:
        return next(csv.reader(file))


def _dates(path: Path) -> tuple[date, date]:
    if not path.exists():
        return date(2026, 9, 7), date(2026, 9, 13)
    with path.open(newline="", encoding="utf-8") as file:
        row = next(csv.DictReader(file))
    return date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"])
