"""Rows of the LMS's CSV exports become rows of the course tables; bad ones are set aside with a reason."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from staffroom.engines.duck import open_duck
from staffroom.errors import DeliveryError
from staffroom.events.keys import parse_course_key
from staffroom.events.openedx.people import person_id
from staffroom.events.openedx.times import is_plausible
from staffroom.events.rejects import RejectsFile
from staffroom.intake.reading import LineReader
from staffroom.tally import Reject

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose export it is, the date in its name, and the zone in which its instants have their days."""

    source: str
    exported_on: date
    zone: ZoneInfo


REASONS = {
    "wrong_columns": "it has more or fewer fields than the header",
    "not_utf8": "its bytes are not UTF-8",
    "no_learner": "it names no user id",
    "no_course": "it names no course, and as a role no organisation either",
    "not_a_course": "its course id is not a course key",
    "no_role": "it names no role",
    "not_a_flag": "a true-or-false field holds something else",
    "impossible_time": "a time field holds something else, or an enrolment is not of the years 2000 to 2099",
}

_ROWS_A_BATCH = 20_000
_INSTANT = pa.timestamp("us", tz="UTC")
_FLAGS = {"1": True, "true": True, "t": True, "0": False, "false": False, "f": False}
_BROKEN = re.compile("[\ud800-\udfff]")


class BadRow(Exception):
    """The row is set aside; ``reason`` is one of REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Export:
    """How an export's rows become a table's: the columns it must have, and one row's reading."""

    needs: tuple[str, ...]
    schema: pa.Schema
    key: tuple[str, ...]
    """Rows with the same key are versions of one thing; the last in the file counts."""

    row: Callable[[Origin, Mapping[str, str]], Row]


def read_export(path: Path, export: Export, origin: Origin, rejects: RejectsFile) -> tuple[int, pa.Table]:
    """How many rows were read, and the good ones, each key once, in the order of their keys.

    Raises DeliveryError where the file as a whole cannot be used: a column is missing, or it is cut.
    """
    records = _Records(path)
    each = iter(records)
    header = [name.strip() for name in next(each, [])]
    missing = [name for name in export.needs if name not in header]
    if missing:
        raise _unusable(path, f"lacks the columns {', '.join(missing)} in its first line.")
    read = 0
    rows: list[Row] = []
    batches: list[pa.RecordBatch] = []
    for fields in each:
        read += 1
        try:
            rows.append((*_row(fields, header, export, origin), records.line))
        except BadRow as bad:
            rejects.add(Reject(records.line, bad.reason, records.raw()))
        if len(rows) >= _ROWS_A_BATCH:
            batches.append(_batch(rows, export))
            rows = []
    if records.problem:
        raise _unusable(path, "is not whole: it ends too early, or holds a line that is too long.")
    return read, _last_of_each(pa.Table.from_batches([*batches, _batch(rows, export)]), export)


def _row(fields: list[str], header: list[str], export: Export, origin: Origin) -> Row:
    if len(fields) != len(header):
        raise BadRow("wrong_columns")
    if any(_BROKEN.search(field) for field in fields):
        raise BadRow("not_utf8")
    return export.row(origin, dict(zip(header, fields, strict=True)))


def _batch(rows: list[Row], export: Export) -> pa.RecordBatch:
    schema = export.schema.append(pa.field("line", pa.int64()))
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(values, column.type) for values, column in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _last_of_each(rows: pa.Table, export: Export) -> pa.Table:
    key, columns = ", ".join(export.key), ", ".join(export.schema.names)
    with open_duck() as connection:
        connection.register("rows", rows)
        return (
            connection.sql(
                f"SELECT {columns} FROM rows "  # noqa: S608 - names of columns, not values
                f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY line DESC) = 1 ORDER BY {key}"
            )
            .to_arrow_table()
            .cast(export.schema)
        )


class _Records:
    """The records of a CSV file; ``line`` is the first line of the last one, ``raw()`` its bytes."""

    def __init__(self, path: Path) -> None:
        self._reader = LineReader(path)
        self._taken: list[str] = []
        self._number = 0
        self.line = 0

    @property
    def problem(self) -> bool:
        return self._reader.truncated or bool(self._reader.rejects)

    def raw(self) -> bytes:
        return "".join(self._taken).encode("utf-8", "surrogateescape").removesuffix(b"\n")

    def __iter__(self) -> Iterator[list[str]]:
        records = csv.reader(self._lines())
        while True:
            self._taken.clear()
            try:
                fields = next(records)
            except StopIteration:
                return
            except csv.Error:
                fields = ["not CSV"]
            self.line = self._number - len(self._taken) + 1
            yield fields

    def _lines(self) -> Iterator[str]:
        for lines in self._reader:
            for line in lines.lines:
                self._number += 1
                text = line.decode("utf-8", "surrogateescape") + "\n"
                self._taken.append(text.removeprefix("\ufeff") if self._number == 1 else text)
                yield self._taken[-1]


def _unusable(path: Path, problem: str) -> DeliveryError:
    return DeliveryError(
        path.name, problem, happened="Nothing was taken from it.", next_step="Have it delivered again."
    )


def _person(origin: Origin, row: Mapping[str, str]) -> Row:
    full_name = " ".join(part for part in (row["first_name"].strip(), row["last_name"].strip()) if part)
    return (
        origin.source,
        _learner(row["id"]),
        row["username"].strip(),
        row["email"].strip(),
        row.get("name", "").strip() or full_name,
        _flag(row["is_staff"]) or _flag(row["is_superuser"]),
        _flag(row["is_active"]),
        _instant(row["date_joined"]),
    )


def _enrolment(origin: Origin, row: Mapping[str, str]) -> Row:
    enrolled_at = _instant(row["created"])
    if enrolled_at is not None and not is_plausible(enrolled_at):
        raise BadRow("impossible_time")
    return (
        _course(row["course_id"]),
        _learner(row["user_id"]),
        origin.source,
        row["mode"].strip(),
        _flag(row["is_active"]),
        enrolled_at,
        enrolled_at.astimezone(origin.zone).date() if enrolled_at is not None else None,
        origin.exported_on,
    )


def _team_member(origin: Origin, row: Mapping[str, str]) -> Row:
    role = row["role"].strip()
    if not role:
        raise BadRow("no_role")
    org = row.get("org", "").strip()  # a role without a course holds in all courses of its organisation
    in_whole_org = bool(org) and not row["course_id"].strip()
    course = None if in_whole_org else _course(row["course_id"])
    return (course, _learner(row["user_id"]), origin.source, role, org if in_whole_org else None)


def _learner(text: str) -> str:
    learner = person_id(text)
    if learner is None:
        raise BadRow("no_learner")
    return learner


def _course(text: str) -> str:
    if not text.strip():
        raise BadRow("no_course")
    key = parse_course_key(text)
    if key is None:
        raise BadRow("not_a_course")
    return key


def _flag(text: str) -> bool:
    try:
        return _FLAGS[text.strip().lower()]
    except KeyError:
        raise BadRow("not_a_flag") from None


def _instant(text: str) -> datetime | None:
    """An instant in UTC; None for an empty field."""
    if not text.strip():
        return None
    try:
        instant = datetime.fromisoformat(text.strip())
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadRow("impossible_time") from None


EXPORTS: Mapping[str, Export] = {
    "people": Export(
        needs=(
            "id", "username", "email", "first_name", "last_name",
            "is_staff", "is_superuser", "is_active", "date_joined",
        ),
        schema=pa.schema(
            [
                ("source", pa.string()),
                ("learner_id", pa.string()),
                ("username", pa.string()),
                ("email", pa.string()),
                ("name", pa.string()),
                ("is_staff", pa.bool_()),
                ("is_active", pa.bool_()),
                ("joined_at", _INSTANT),
            ]
        ),
        key=("source", "learner_id"),
        row=_person,
    ),
    "enrolments": Export(
        needs=("user_id", "course_id", "created", "is_active", "mode"),
        schema=pa.schema(
            [
                ("course_id", pa.string()),
                ("learner_id", pa.string()),
                ("source", pa.string()),
                ("mode", pa.string()),
                ("is_active", pa.bool_()),
                ("enrolled_at", _INSTANT),
                ("enrolled_on", pa.date32()),
                ("exported_on", pa.date32()),
            ]
        ),
        key=("course_id", "learner_id", "source"),
        row=_enrolment,
    ),
    "course_team": Export(
        needs=("user_id", "course_id", "role"),
        schema=pa.schema(
            [
                ("course_id", pa.string()),
                ("learner_id", pa.string()),
                ("source", pa.string()),
                ("role", pa.string()),
                ("org", pa.string()),
            ]
        ),
        key=("course_id", "learner_id", "source", "role", "org"),
        row=_team_member,
    ),
}  # fmt: skip
"""The CSV exports by the table that they fill."""
