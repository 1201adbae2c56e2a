"""The demo district's exports: a whole district, always the same one, with the dirt of real exports."""

from __future__ import annotations

import csv
import zipfile
from datetime import date
from pathlib import Path

import pytest

from staffroom.demo.district.exports import UNKNOWN_PUPIL, DemoDistrict, write_exports
from staffroom.demo.district.schools import Calendar
from staffroom.demo.district.staff import NAMED

LAST_DAY = date(2026, 11, 30)


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    folder = tmp_path_factory.mktemp("exports")
    return folder, write_exports(DemoDistrict(7, LAST_DAY), folder)


def rows(folder: Path, name: str, encoding: str = "utf-8") -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def test_it_is_a_district_of_three_schools(exports: tuple[Path, int]) -> None:
    students = rows(exports[0], "students")
    assert {student["school_local_id"] for student in students} == {"WIL", "MRC", "LHS"}
    assert 1_300 < len(students) < 1_600
    assert len(rows(exports[0], "educators")) == 120


def test_the_same_seed_and_day_give_the_same_bytes(exports: tuple[Path, int], tmp_path: Path) -> None:
    write_exports(DemoDistrict(7, LAST_DAY), tmp_path)
    for path in exports[0].glob("*.csv"):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_there_is_the_dirt_of_real_exports(exports: tuple[Path, int]) -> None:
    folder = exports[0]
    attendance = rows(folder, "attendance")
    assert sum(row["local_id"] == UNKNOWN_PUPIL for row in attendance) == 20
    assert len({tuple(row.values()) for row in attendance}) < len(attendance)
    incidents = (folder / "behavior.csv").read_bytes()
    assert b'said \\"not today\\" and' in incidents
    assert b"friend;\ra talk" in incidents
    assert any(not one["login_name"] for one in rows(folder, "educators"))
    names = {student["full_name"] for student in rows(folder, "students")}
    assert {"O'Brannagh, Seán", "الهادي, نور", "Van der Sloop, Mia 🌻"} <= names


def test_photos_and_plans_are_what_their_names_say(exports: tuple[Path, int]) -> None:
    with zipfile.ZipFile(exports[0] / "photos.zip") as photos:
        assert {photos.read(name)[:4] for name in photos.namelist()[:5]} == {b"\x89PNG"}
    with zipfile.ZipFile(exports[0] / "student-documents.zip") as plans:
        assert {plans.read(name)[:5] for name in plans.namelist()} == {b"%PDF-"}


def test_who_may_sign_in_is_among_the_educators(exports: tuple[Path, int]) -> None:
    logins = {one["login_name"] for one in rows(exports[0], "educators")}
    assert {one.login for one in NAMED} <= logins


def test_years_begin_in_august_and_have_no_school_in_summer() -> None:
    calendar = Calendar(date(2026, 3, 2))
    days = list(calendar.school_days())
    assert (calendar.year_begins, calendar.year, calendar.first_day) == (
        date(2025, 8, 15),
        2026,
        date(2022, 8, 15),
    )
    assert (days[0], days[-1]) == (date(2022, 8, 25), date(2026, 3, 2))
    assert not [day for day in days if day.month == 7 or day.weekday() > 4]
