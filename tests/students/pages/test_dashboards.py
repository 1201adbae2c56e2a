"""The dashboards of a school count what happened to the students that are selected, and name only them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from staffroom.students.models import Attendance, Incident, Note, Student
from tests.students.district import District, a_student
from tests.students.pages.visitors import seen, signed_in, text_of

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])

HIGH = "/students/schools/lhs/"
PAGES = [f"{HIGH}{name}/" for name in ("absences", "tardies", "discipline")]


def missed(student: Student, *days_ago: int, kind: str = "absence", excused: bool | None = None) -> None:
    for days in days_ago:
        day = timezone.localdate() - timedelta(days=days)
        Attendance.objects.create(student=student, day=day, kind=kind, is_excused=excused)


def incident(student: Student, hour: int | None, code: str, place: str = "Gym", days: int = 1) -> None:
    day = timezone.localdate() - timedelta(days=days)
    at = datetime(day.year, day.month, day.day, hour or 0, 30, tzinfo=settings.INSTANCE.institution.zone)
    Incident.objects.create(
        student=student, occurred_at=at, has_exact_time=hour is not None, code=code, location=place
    )


def ago(days: int) -> str:
    return (timezone.localdate() - timedelta(days=days)).isoformat()


def results(client: Client, address: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = client.get(address).json()["results"]
    return rows


def test_they_open_to_those_who_see_the_school_and_to_nobody_else(district: District) -> None:
    may = {"ursula", "rolf", "selma", "hanna", "frida"}
    for login in district.educators:
        client = signed_in(district.person(login))
        for address in (*PAGES, f"{PAGES[0]}students.csv"):
            assert client.get(address).status_code == (200 if login in may else 404), (login, address)
    assert signed_in(district.person("rolf")).get("/students/schools/nowhere/absences/").status_code == 404


def test_absences_by_day_class_and_student(district: District) -> None:
    mira, anton, kaja = (district.students[name] for name in ("mira", "anton", "kaja"))
    missed(mira, 1, 2)
    missed(anton, 2)
    missed(kaja, 2, excused=True)
    missed(district.students["gwen"], 1, 2, 3)
    rolf = signed_in(district.person("rolf"))
    assert [
        (row["day"], row["count"], round(row["share"], 3))
        for row in results(rolf, f"{HIGH}absences/days.json")
    ] == [(ago(1), 1, 0.667), (ago(2), 2, 0.333)]
    assert [tuple(row.values()) for row in results(rolf, f"{HIGH}absences/classes.json")] == [
        ("Jonasson, Jonas", 2, 3, 1.5),
        ("No homeroom", 1, 0, 0.0),
    ]
    students = results(rolf, f"{HIGH}absences/students.json")
    assert [(row["student"], row["count"]) for row in students] == [
        ("Mirasen, Mira", 2),
        ("Antonsen, Anton", 1),
    ]
    assert len(results(rolf, f"{HIGH}absences/students.json?excused=1")) == 3
    assert seen()[0] == ("students/schools/absences/students.json", ["1003", "1004"])


def test_a_class_is_measured_by_the_days_on_which_the_school_was_open(district: District) -> None:
    mira, kaja = district.students["mira"], district.students["kaja"]
    missed(mira, 1)
    missed(kaja, 2, excused=True)
    missed(kaja, 3, kind="tardy")
    missed(district.students["gwen"], 4)
    room = f"homeroom={district.homerooms['L1'].pk}"
    rolf = signed_in(district.person("rolf"))
    days = results(rolf, f"{HIGH}absences/days.json?{room}")
    assert [(row["day"], row["share"]) for row in days] == [(ago(1), 0.5), (ago(2), 1.0), (ago(3), 1.0)]
    months = results(rolf, f"{HIGH}absences/months.json?{room}&window=90")
    assert [sum(row[name] for row in months) for name in ("days", "count")] == [3, 1]


def test_one_by_one_with_the_ids_of_the_school(district: District) -> None:
    mira, kaja = district.students["mira"], district.students["kaja"]
    missed(mira, 1, 3)
    missed(kaja, 2, excused=False)
    rolf = signed_in(district.person("rolf"))
    rows = results(rolf, f"{HIGH}absences/entries.json")
    assert [(row["local_id"], row["grade"], row["day"], row["is_excused"]) for row in rows] == [
        ("1003", "9", ago(1), None),
        ("1005", "12", ago(2), False),
        ("1003", "9", ago(3), None),
    ]
    assert seen()[0] == ("students/schools/absences/entries.json", ["1003", "1005"])
    incident(mira, 9, "Phone", days=2)
    incident(mira, None, "Hitting", days=5)
    rows = results(rolf, f"{HIGH}discipline/entries.json")
    assert [(row["day"], row["time"], row["code"]) for row in rows] == [
        (ago(2), "09:30", "Phone"),
        (ago(5), None, "Hitting"),
    ]


def test_filters_and_window_are_in_the_address(district: District) -> None:
    mira, kaja = district.students["mira"], district.students["kaja"]
    missed(mira, 1, kind="tardy")
    missed(kaja, 60, kind="tardy")
    rolf = signed_in(district.person("rolf"))
    address = f"{HIGH}tardies/students.json"
    assert [row["student"] for row in results(rolf, address)] == ["Mirasen, Mira"]
    assert results(rolf, f"{address}?grade=12") == []
    assert results(rolf, f"{address}?window=never&grade=9")[0]["student"] == "Mirasen, Mira"
    assert results(rolf, f"{address}?homeroom=nonsense") == []
    days = (timezone.localdate() - settings.INSTANCE.institution.school_year(timezone.localdate())).days
    assert len(results(rolf, f"{address}?window=90")) == (2 if days >= 60 else 1)


def test_incidents_by_everything_that_may_explain_them(district: District) -> None:
    mira, anton = district.students["mira"], district.students["anton"]
    incident(mira, 9, "Hitting")
    incident(mira, 9, "Hitting", "Bus")
    incident(anton, 18, "Phone")
    incident(anton, None, "")
    rolf = signed_in(district.person("rolf"))

    def told(section: str) -> list[tuple[str, int]]:
        return [(row["value"], row["count"]) for row in results(rolf, f"{HIGH}discipline/{section}.json")]

    assert told("codes") == [("Hitting", 2), ("Not stated", 1), ("Phone", 1)]
    assert told("places") == [("Gym", 3), ("Bus", 1)]
    assert told("grades") == [("9", 4)]
    assert told("classes") == [("Jonasson, Jonas", 4)]
    assert told("hours") == [("9:00", 2), ("Before or after school", 1), ("Hour not logged", 1)]
    times = results(rolf, f"{HIGH}discipline/times.json")
    assert [(row["hour"], row["count"]) for row in times] == [(9, 2), (18, 1)]
    assert [row["student"] for row in results(rolf, f"{HIGH}discipline/students.json?code=Phone")] == [
        "Antonsen, Anton"
    ]
    assert rolf.get(f"{HIGH}discipline/times.svg").status_code == 200
    assert "2 students were involved." in text_of(rolf, f"{HIGH}discipline/")


def test_the_last_note_stands_beside_a_student_and_restricted_ones_do_not(district: District) -> None:
    mira = district.students["mira"]
    missed(mira, 1)
    when = timezone.now() - timedelta(days=50)
    note = {"student": mira, "author": district.educators["selma"], "kind": "parent", "text": "x"}
    Note.objects.create(recorded_at=when, changed_at=when, **note)
    Note.objects.create(recorded_at=timezone.now(), changed_at=when, is_restricted=True, **note)
    (row,) = results(signed_in(district.person("rolf")), f"{HIGH}absences/students.json")
    assert (row["last_note"], row["note_kind"]) == (when.date().isoformat(), "parent")
    page = text_of(signed_in(district.person("rolf")), f"{HIGH}absences/")
    assert "data-faded>Parent conversation" in page


def test_counselors_stand_in_addresses_by_a_number(district: District) -> None:
    mira, anton = district.students["mira"], district.students["anton"]
    for student, name in ((mira, "Sandoval"), (anton, "Ruiz")):
        Student.objects.filter(pk=student.pk).update(counselor=name)
        missed(student, 1)
    rolf = signed_in(district.person("rolf"))
    page = text_of(rolf, PAGES[0])
    (number,) = re.findall(r'<option value="(\w+)">Sandoval', page)
    address = f"{HIGH}absences/students.json?counselor={number}"
    assert [row["student"] for row in results(rolf, address)] == ["Mirasen, Mira"]


def test_students_are_sorted_and_searched_and_the_trail_names_those_shown(district: District) -> None:
    for number in range(30):
        missed(a_student(f"3{number:03}", f"Nu{number:02}", district.schools["high"], "10"), 1)
    rolf = signed_in(district.person("rolf"))
    address = f"{HIGH}absences/students"
    assert results(rolf, f"{address}.json?sort=-student&q=nu2")[0]["student"] == "Nu29sen, Nu29"
    rolf.get(f"{HIGH}absences/?page=2")
    trail = dict(seen())
    assert trail["students/schools/absences/students.html"] == [f"3{number:03}" for number in range(25, 30)]
    assert len(trail["students/schools/absences/entries.html"]) == 25


@pytest.mark.parametrize("address", PAGES)
def test_three_students_ask_the_database_as_often_as_one(district: District, address: str) -> None:
    rolf = signed_in(district.person("rolf"))
    rolf.get(address)  # the first request of a session writes it
    asked = []
    for number in (1, 2):
        for more in range(number):
            student = a_student(f"2{number}{more}", f"New{number}{more}", district.schools["high"], "9")
            missed(student, 1)
            missed(student, 1, kind="tardy")
            incident(student, 10, "Phone")
        with CaptureQueriesContext(connection) as queries:
            rolf.get(address)
        asked.append(len(queries))
    assert asked[0] == asked[1]
