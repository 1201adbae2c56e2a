"""Given tables: what metrics need beside events and exports, written at the start of a run.

``settings`` is one row of thresholds. ``calendar`` has a row for each day from the first event to the last
day that is over. ``excluded_accounts`` names test accounts.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

import pyarrow as pa

from staffroom.metrics.settings import MetricSettings

GIVEN = ("settings", "calendar", "excluded_accounts")

CALENDAR = pa.schema(
    [
        ("day", pa.date32()),
        ("iso_week", pa.string()),
        ("week_start", pa.date32()),
        ("week_end", pa.date32()),
        ("weekday", pa.int64()),
        ("month_start", pa.date32()),
    ]
)
_SQL_TYPES = {"int64": "BIGINT", "double": "DOUBLE", "string": "VARCHAR", "date32[day]": "DATE"}
EXCLUDED_ACCOUNTS = pa.schema([("source", pa.string()), ("username", pa.string()), ("reason", pa.string())])


def given_tables(
    settings: MetricSettings, sources: Iterable[str], first_day: date, last_day: date
) -> Mapping[str, pa.Table]:
    """The given tables by name."""
    return {
        "settings": _settings_row(settings),
        "calendar": calendar(first_day, last_day),
        "excluded_accounts": _excluded_accounts(settings, sources),
    }


def sql_columns(table: pa.Table) -> Mapping[str, str]:
    """The columns of a given table with their types in the portable subset."""
    return {field.name: _SQL_TYPES[str(field.type)] for field in table.schema}


def calendar(first_day: date, last_day: date) -> pa.Table:
    """One row per day, both ends included; weeks are those of ISO 8601, ``weekday`` 1 is Monday."""
    return pa.Table.from_pylist([_calendar_row(day) for day in _days(first_day, last_day)], schema=CALENDAR)


def _days(first_day: date, last_day: date) -> Iterator[date]:
    return (first_day + timedelta(days=offset) for offset in range((last_day - first_day).days + 1))


def _calendar_row(day: date) -> dict[str, object]:
    year, week, weekday = day.isocalendar()
    week_start = day - timedelta(days=weekday - 1)
    return {
        "day": day,
        "iso_week": f"{year}W{week:02d}",
        "week_start": week_start,
        "week_end": week_start + timedelta(days=6),
        "weekday": weekday,
        "month_start": day.replace(day=1),
    }


def _settings_row(settings: MetricSettings) -> pa.Table:
    row = dataclasses.asdict(settings)
    del row["excluded_usernames"]
    types = {int: pa.int64(), float: pa.float64()}
    return pa.Table.from_pylist(
        [row], schema=pa.schema([(name, types[type(value)]) for name, value in row.items()])
    )


def _excluded_accounts(settings: MetricSettings, sources: Iterable[str]) -> pa.Table:
    rows = [
        {"source": source, "username": username, "reason": "test account"}
        for source in sorted(set(sources))
        for username in sorted(set(settings.excluded_usernames))
    ]
    return pa.Table.from_pylist(rows, schema=EXCLUDED_ACCOUNTS)
