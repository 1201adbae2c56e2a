"""Rows as CSV and JSON hold them: raw values, ISO dates, keys that are never translated."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, date, datetime

from staffroom.web.tables import Table

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_text(table: Table) -> str:
    """The table as RFC 4180 text. Texts that a spreadsheet would run as a formula get an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([column.name for column in table.columns])
    writer.writerows([csv_cell(row.get(column.name)) for column in table.columns] for row in table.rows)
    return out.getvalue()


def csv_cell(value: object) -> str:
    value = json_value(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(csv_cell(item) for item in value)
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return str(value)


def json_rows(table: Table) -> list[dict[str, object]]:
    names = [column.name for column in table.columns]
    return [{name: json_value(row.get(name)) for name in names} for row in table.rows]


def json_value(value: object) -> object:
    """``value`` as JSON can say it: days as ``2026-09-07``, instants as ``2026-09-07T06:10:00Z``."""
    if isinstance(value, datetime):
        instant = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        return instant.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Iterable):
        return [json_value(item) for item in value]
    return str(value)
