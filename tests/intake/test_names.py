"""Which remote file is today's, and which the latest."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffroom.errors import SettingsError
from staffroom.intake.names import Matched, check_pattern, find, folders, match, name_on
from staffroom.intake.servers.errors import RemoteFileMissing
from tests.intake.shelf import Shelf

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("./Students/CA_students_%Y%m%d.zip", "./Students/CA_students_20261122.zip"),
        ("%y-%j/100%%.csv", "26-326/100%.csv"),
        ("students.zip", "students.zip"),
    ],
)
def test_the_day_is_filled_in_and_found_again(pattern: str, name: str) -> None:
    assert name_on(pattern, TODAY) == name
    assert match(pattern, name) == Matched(TODAY if "%" in pattern else None)


@pytest.mark.parametrize(
    ("pattern", "name", "found"),
    [
        ("tracking.log-%Y%m%d*.gz", "tracking.log-20261122-17.gz", Matched(TODAY)),
        ("tracking.log-%Y%m%d*.gz", "tracking_log-20261122.gz", None),
        ("students_%Y%m%d.zip", "students_20261132.zip", None),
        ("students_%Y%m%d.zip", "students_20260231.zip", None),
        ("students_%Y%m%d.zip", "students_20261122.zip.part", None),
        ("%Y/%m/students_%Y%m%d.zip", "2026/11/students_20261122.zip", Matched(TODAY)),
        ("%Y/%m/students_%Y%m%d.zip", "2026/10/students_20261122.zip", None),
        ("%Y%j", "2026366", None),
        ("log-%Y%m%d-%H%M%S", "log-20261122-235959", Matched(TODAY)),
        ("a?c*", "abc", Matched(None)),
        ("*.csv", "inner/a.csv", None),
    ],
)
def test_names_that_fit_and_names_that_do_not(pattern: str, name: str, found: Matched | None) -> None:
    assert match(pattern, name) == found


@given(st.dates(date(1999, 1, 1), date(2050, 12, 31)))
def test_every_day_is_found_in_its_name(day: date) -> None:
    for pattern in ("%Y%m%d", "x-%d.%m.%Y", "%Y/%j"):
        assert match(pattern, name_on(pattern, day)) == Matched(day)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("", "is empty"),
        ("%B", "holds %B, which is not understood"),
        ("100%", "holds %, which is not understood"),
        ("*/students.csv", r"holds \* in its folder"),
        ("%H/students.csv", "holds %H in its folder"),
    ],
)
def test_patterns_that_cannot_be_meant(pattern: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        check_pattern(pattern, "fetch_logs")


def test_folders_of_the_last_days_come_once_each() -> None:
    assert list(folders("/out", TODAY, days=3)) == ["/out"]
    assert list(folders("%Y/%m", TODAY, days=30)) == ["2026/11", "2026/10"]


@pytest.fixture
def shelf() -> Shelf:
    shelf = Shelf()
    for name in ("20261119", "20261120", "20261123", "2026112x"):
        shelf.put(f"out/students_{name}.zip", b"x")
    return shelf


def test_todays_file_or_the_latest_before(shelf: Shelf) -> None:
    pattern = "out/students_%Y%m%d.zip"
    on_the_20th = asyncio.run(find(shelf, pattern, date(2026, 11, 20)))
    assert on_the_20th.path == "out/students_20261120.zip"
    with pytest.raises(RemoteFileMissing, match=r"students_20261122\.zip: is not there"):
        asyncio.run(find(shelf, pattern, TODAY))
    assert asyncio.run(find(shelf, pattern, TODAY, latest=True)) == on_the_20th
    with pytest.raises(RemoteFileMissing, match="and neither is an earlier one"):
        asyncio.run(find(shelf, pattern, date(2026, 11, 1), latest=True))


def test_of_several_of_one_day_the_newest_is_taken(shelf: Shelf) -> None:
    shelf.put("out/students_20261120-2.zip", b"x")
    shelf.put("out/students_20261120-1.zip", b"x")
    found = asyncio.run(find(shelf, "out/students_%Y%m%d*.zip", TODAY, latest=True))
    assert found.path == "out/students_20261120-1.zip"
