"""What the pages on the district say."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from staffroom.students.models import Student
from tests.students.district import District, a_student
from tests.students.pages.visitors import signed_in, text_of

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])


@pytest.fixture
def rolf(this_year: District) -> Client:
    return signed_in(this_year.person("rolf"))


def test_schools_stand_with_how_many_belong_to_them(rolf: Client) -> None:
    rows = rolf.get("/students/district/schools.json").json()["results"]
    assert [
        (row["school"], row["kind"], row["students"], row["homerooms"], row["educators"]) for row in rows
    ] == [
        ("Brook School", "ESMS", 1, 1, 6),
        ("Hill School", "ESMS", 1, 0, 2),
        ("Lake High School", "HS", 3, 1, 6),
    ]


def test_a_school_without_active_students_is_not_there(this_year: District, rolf: Client) -> None:
    Student.objects.filter(school=this_year.schools["hill"]).update(enrollment_status="Transferred")
    assert "Hill School" not in text_of(rolf, "/students/district/")


def test_enrollment_by_school_and_grade_with_totals(this_year: District, rolf: Client) -> None:
    a_student("2001", "Ida", this_year.schools["hill"], "10")
    rows = rolf.get("/students/district/enrollment/enrollment.json").json()["results"]
    assert rows == [
        {"school": "Brook School", "grade_KF": 1, "grade_8": None, "grade_9": None, "grade_10": None}
        | {"grade_12": None, "total": 1},
        {"school": "Hill School", "grade_KF": None, "grade_8": 1, "grade_9": None, "grade_10": 1}
        | {"grade_12": None, "total": 2},
        {"school": "Lake High School", "grade_KF": None, "grade_8": None, "grade_9": 2, "grade_10": None}
        | {"grade_12": 1, "total": 3},
    ]
    page = text_of(rolf, "/students/district/enrollment/")
    assert "6 students are enrolled." in page
    assert "All schools" in page


def test_homerooms_by_grade(this_year: District, rolf: Client) -> None:
    a_student("2001", "Ida", this_year.schools["high"], "10", homeroom=this_year.homerooms["L1"])
    rows = rolf.get("/students/district/homerooms/homerooms.json").json()["results"]
    assert [(row["grade"], row["homeroom"], row["teacher"], row["students"]) for row in rows] == [
        ("KF", "B1", "Verason, Vera", 1),
        ("9", "L1", "Jonasson, Jonas", 2),
        ("10", "L1", "Jonasson, Jonas", 1),
    ]
    found = rolf.get("/students/district/homerooms/homerooms.json?q=jonas&sort=-grade").json()["results"]
    assert [row["grade"] for row in found] == ["10", "9"]


def test_the_card_of_an_educator(this_year: District, rolf: Client) -> None:
    address = f"/students/educators/{this_year.educators['bruno'].pk}/"
    facts = rolf.get(f"{address}facts.json").json()["results"]
    assert [(row["fact"], row["value"]) for row in facts] == [
        ("Login name", "bruno"),
        ("E-mail", "bruno@lake.example"),
        ("School", "Lake High School"),
        ("Homeroom", "L2"),
        ("Granted", None),
        ("Leads a school", "no"),
    ]
    sections = rolf.get(f"{address}sections.json").json()["results"]
    assert [(row["term"], row["section"], row["students"]) for row in sections] == [
        ("Q3", "BIO-1", 1),
        ("Q4", "BIO-2", 0),
    ]


def test_an_export_is_safe_in_a_spreadsheet_whatever_a_name_holds(this_year: District, rolf: Client) -> None:
    nasty = '=cmd|"/c calc"!A1, and\nmore'
    Student.objects.filter(pk=this_year.students["mira"].pk).update(last_name=nasty)
    for address in ("/students/district/exports/students.csv", "/students/mine/students.csv"):
        text = rolf.get(address).content.decode()
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        (cell,) = [row.get("last_name") or row["name"] for row in rows if "cmd" in str(row)]
        assert cell in (f"'{nasty}", f"'{nasty}, Mira")
        assert len(rows) == 5


def test_the_page_of_exports_tells_how_many_rows_each_has(rolf: Client) -> None:
    rows = rolf.get("/students/district/exports/exports.json").json()["results"]
    assert [(row["export"], row["rows"]) for row in rows] == [("Students", 5), ("Discipline", 0)]
