"""The dashboards of a school count what happened to the students that are selected, and name only them."""

from __future__ import annotations

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
    frida = signed_in(district.person("rolf"))
    today = timezone.localdate()
    assert [
        (row["day"], row["count"], round(row["rate"], 3))
        for row in results(frida, f"{HIGH}absences/days.json")
    ] == [
        ((today - timedelta(days=1)).isoformat(), 1, 0.667),
        ((today - timedelta(days=2)).isoformat(), 2, 0.333),
    ]
    assert [tuple(row.values()) for row in results(frida, f"{HIGH}absences/classes.json")] == [
        ("Jonasson, Jonas", 2, 3, 1.5),
        ("No homeroom", 1, 0, 0.0),
    ]
    students = results(frida, f"{HIGH}absences/students.json")
    assert [(row["student"], row["count"]) for row in students] == [
        ("Mirasen, Mira", 2),
        ("Antonsen, Anton", 1),
    ]
    assert len(results(frida, f"{HIGH}absences/students.json?excused=1")) == 3
    assert seen()[0] == ("students/schools/absences/students.json", ["1003", "1004"])


def test_filters_and_window_are_in_the_address(district: District) -> None:
    mira, kaja = district.students["mira"], district.students["kaja"]
    missed(mira, 1, kind="tardy")
    missed(kaja, 60, kind="tardy")
    rolf = signed_in(district.person("rolf"))
    address = f"{HIGH}tardies/students.json"
    assert [row["student"] for row in results(rolf, address)] == ["Mirasen, Mira"]
    assert results(rolf, f"{address}?grade=12") == []
    assert results(rolf, f"{address}?homeroom=nonsense&window=never&grade=9")[0]["student"] == "Mirasen, Mira"
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
    assert [(row["hour"], row["count"]) for row in results(rolf, f"{HIGH}discipline/times.json")] == [(9, 2)]
    assert "2 students were involved." in text_of(rolf, f"{HIGH}discipline/")


def test_the_last_note_stands_beside_a_student_and_restricted_ones_do_not(district: District) -> None:
    mira = district.students["mira"]
    missed(mira, 1)
    when = timezone.now() - timedelta(days=50)
    note = {"student": mira, "author": district.educators["selma"], "kind": "parent", "text": "x"}
    Note.objects.create(recorded_at=when, changed_at=when, **note)
    Note.objects.create(recorded_at=timezone.now(), changed_at=when, is_restricted=True, **note)
    (row,) = results(signed_in(district.person("rolf")), f"{HIGH}absences/students.json")
    assert (row["last_note"], row["is_recent"]) == (when.date().isoformat(), False)


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
