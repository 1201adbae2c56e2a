"""Lists of students: their columns, in their order, searched and in pages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from staffroom.config import Instance, Institution
from staffroom.students.days import days_on
from staffroom.students.models import Attendance, Incident, Note, Service, Student
from staffroom.students.models.people import StudentQuerySet
from staffroom.students.roster_columns import Basis, roster_columns
from staffroom.students.rosters import Listed, Wanted, listed
from staffroom.web.arrangement import Arrangement
from staffroom.web.paging import Paging
from tests.students.district import District, a_student

pytestmark = pytest.mark.django_db
INSTANCE = Instance(Path(), Institution(time_zone="America/New_York", school_year_starts="08-15"), {})
BASIS = Basis(INSTANCE, days_on(date(2018, 3, 13), INSTANCE))
COLUMNS = roster_columns(BASIS)
EVERYBODY = ("1001", "1002", "1003", "1004", "1005")


def listing(
    *columns: str, sort: str = "name", search: str = "", page: int = 1, size: int | None = 25, who: Any = None
) -> Listed:
    students: StudentQuerySet = Student.objects.all() if who is None else who
    arrangement = Arrangement(search, sort.removeprefix("-"), sort.startswith("-"))
    searched = tuple(COLUMNS[name] for name in ("name", "school"))
    wanted = Wanted(arrangement, COLUMNS[arrangement.sort], searched, Paging(page, size))
    return listed(students, [COLUMNS[name] for name in columns], wanted, BASIS)


def change(district: District, name: str, **values: Any) -> None:
    Student.objects.filter(pk=district.students[name].pk).update(**values)


def names(found: Listed) -> list[str]:
    return [row["name"].partition(",")[0] for row in found.rows]


def test_what_stands_in_the_students_row_or_beside_it(district: District) -> None:
    change(district, "mira", program="Sp Ed", lunch="Free Lunch")
    row = listing("name", "school", "homeroom", "teacher", "program", "lunch", "house", search="mirasen").rows
    assert row == [
        {
            "id": district.students["mira"].pk,
            "name": "Mirasen, Mira",
            "school": "Lake High School",
            "homeroom": "L1",
            "teacher": "Jonasson, Jonas",
            "program": "Sp Ed",
            "lunch": "Free Lunch",
            "house": None,
        }
    ]


def test_days_and_incidents_count_within_the_school_year(district: District) -> None:
    mira = district.students["mira"]
    for day in (date(2017, 8, 14), date(2017, 8, 15), date(2018, 3, 13), date(2018, 3, 14)):
        Attendance.objects.create(student=mira, day=day, kind="absence")
    Attendance.objects.create(student=mira, day=date(2018, 1, 9), kind="tardy")
    for when in (
        datetime(2017, 8, 15, 3, 59, tzinfo=UTC),  # before midnight in New York
        datetime(2017, 8, 15, 4, tzinfo=UTC),
        datetime(2018, 3, 14, 3, 59, tzinfo=UTC),
        datetime(2018, 3, 14, 4, tzinfo=UTC),
    ):
        Incident.objects.create(student=mira, occurred_at=when, has_exact_time=True)
    rows = listing("name", "absences", "tardies", "incidents", sort="-absences").rows
    assert [(row["name"], row["absences"], row["tardies"], row["incidents"]) for row in rows[:2]] == [
        ("Mirasen, Mira", 2, 1, 2),
        ("Antonsen, Anton", 0, 0, 0),
    ]


def test_services_that_go_on_and_the_last_open_note_of_a_kind(district: District) -> None:
    mira, vera = district.students["mira"], district.educators["vera"]
    for starts_on, ended_on in ((9, None), (10, 13), (11, 14), (14, None)):
        Service.objects.create(
            student=mira,
            kind="reading",
            starts_on=date(2018, 3, starts_on),
            ended_on=date(2018, 3, ended_on) if ended_on else None,
            recorded_at=datetime(2018, 3, 9, tzinfo=UTC),
            recorded_by=vera,
        )
    for kind, day, restricted in (
        ("sst", 1, False),
        ("sst", 6, False),
        ("sst", 8, True),
        ("parent", 9, False),
    ):
        at = datetime(2018, 3, day, 3, tzinfo=UTC)  # the evening before, in New York
        Note.objects.create(
            student=mira,
            author=vera,
            kind=kind,
            text="A",
            is_restricted=restricted,
            recorded_at=at,
            changed_at=at,
        )
    (row,) = listing("name", "active_services", "last_note_sst", "last_note_mtss", search="mirasen").rows
    assert (row["active_services"], row["last_note_sst"], row["last_note_mtss"]) == (
        2,
        date(2018, 3, 5),
        None,
    )
    assert "last_note_parent" not in COLUMNS  # only kinds that the settings name have a column


def test_names_are_sorted_without_accents_and_case(district: District) -> None:
    change(district, "kaja", last_name="Åkesson")
    change(district, "mira", last_name="anders")
    change(district, "gwen", last_name="O’Neill")
    change(district, "rafael", last_name="Onslow")
    assert names(listing("name")) == ["Åkesson", "anders", "Antonsen", "O’Neill", "Onslow"]
    assert names(listing("name", sort="-name")) == ["Onslow", "O’Neill", "Antonsen", "anders", "Åkesson"]


def test_grades_are_sorted_as_students_go_through_them(district: District) -> None:
    change(district, "rafael", grade="10")
    change(district, "gwen", grade="")
    found = listing("name", "grade", sort="grade")
    assert [row["grade"] for row in found.rows] == ["9", "9", "10", "12", None]
    found = listing("name", "grade", sort="-grade")
    assert [row["grade"] for row in found.rows] == ["12", "10", "9", "9", None]


def test_words_are_found_in_any_column_that_is_searched(district: District) -> None:
    change(district, "kaja", last_name="Núñez")
    assert names(listing("name", search="nunez lake")) == ["Núñez"]
    assert names(listing("name", search="nunez hill")) == []
    assert listing("name", search="lake").paging.total == 3


def test_a_page_holds_its_rows_and_names_their_students(district: District) -> None:
    found = listing("name", "absences", page=2, size=2)
    assert (names(found), found.local_ids, found.paging.total) == (
        ["Kajasen", "Mirasen"],
        ["1005", "1003"],
        5,
    )
    assert sorted(listing("name", size=None).local_ids) == list(EVERYBODY)
    assert listing("name", page=9, size=2).rows == []


def test_only_the_students_that_are_given(district: District) -> None:
    assert names(listing("name", who=Student.objects.filter(grade="9"))) == ["Antonsen", "Mirasen"]


some_students = st.lists(st.tuples(st.text("aäb,", max_size=3), st.sampled_from(["1", "10", ""])), max_size=5)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some_students, st.sampled_from(list(COLUMNS)), st.booleans(), st.integers(1, 3))
def test_pages_together_are_the_whole_list(
    district: District, made: list[tuple[str, str]], sort: str, descending: bool, size: int
) -> None:
    Student.objects.all().delete()
    for number, (name, grade) in enumerate(made):
        a_student(str(number), name, district.schools["hill"], grade)
    order = f"-{sort}" if descending else sort
    whole = listing("name", sort, sort=order, size=None)
    pages = [listing("name", sort, sort=order, page=page, size=size) for page in (1, 2, 3, 4, 5)]
    assert [row for page in pages for row in page.rows] == whole.rows
    assert [one for page in pages for one in page.local_ids] == whole.local_ids
    assert len(whole.rows) == len(made)
