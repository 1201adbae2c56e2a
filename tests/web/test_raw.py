"""CSV and JSON hold raw values."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from staffroom.metrics.declaration import Column, Kind
from staffroom.web.raw import csv_cell, csv_text, json_rows
from staffroom.web.tables import Table

COLUMNS = (
    Column("day", "Day", Kind.DAY),
    Column("at", "At", Kind.INSTANT),
    Column("name", "Name", Kind.TEXT),
    Column("seconds", "Time", Kind.SECONDS),
    Column("share", "Share", Kind.SHARE),
    Column("is_complete", "Complete", Kind.FLAG),
    Column("weeks", "By week", Kind.COUNT),
)
SANTIAGO = timezone(timedelta(hours=-4))
TABLE = Table(
    columns=COLUMNS,
    rows=[
        {
            "day": date(2026, 9, 7),
            "at": datetime(2026, 9, 7, 2, 10, tzinfo=SANTIAGO),
            "name": '=HYPERLINK("http://example.org","Ökologie, 1")',
            "seconds": -5,
            "share": 0.954,
            "is_complete": True,
            "weeks": (3, 0, 12),
        },
        {"day": None, "at": datetime(2026, 9, 7, 6, 10), "name": "", "seconds": 3723, "share": None},  # noqa: DTZ001 - read as UTC
    ],
)


def test_csv_is_raw_to_the_byte() -> None:
    assert csv_text(TABLE).encode() == (
        b"day,at,name,seconds,share,is_complete,weeks\r\n"
        b"2026-09-07,2026-09-07T06:10:00Z,"
        b'"\'=HYPERLINK(""http://example.org"",""\xc3\x96kologie, 1"")",-5,0.954,true,3 0 12\r\n'
        b",2026-09-07T06:10:00Z,,3723,,,\r\n"
    )


def test_json_is_raw() -> None:
    assert json_rows(TABLE) == [
        {
            "day": "2026-09-07",
            "at": "2026-09-07T06:10:00Z",
            "name": '=HYPERLINK("http://example.org","Ökologie, 1")',
            "seconds": -5,
            "share": 0.954,
            "is_complete": True,
            "weeks": [3, 0, 12],
        },
        {
            "day": None,
            "at": "2026-09-07T06:10:00Z",
            "name": "",
            "seconds": 3723,
            "share": None,
            "is_complete": None,
            "weeks": None,
        },
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(start: str) -> None:
    assert csv_cell(f"{start}1+1") == f"'{start}1+1"


def test_numbers_are_never_taken_for_formulas() -> None:
    assert [csv_cell(value) for value in (-1, -0.5, False, datetime(2026, 1, 1, tzinfo=UTC))] == [
        "-1",
        "-0.5",
        "false",
        "2026-01-01T00:00:00Z",
    ]
