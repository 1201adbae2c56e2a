"""Project leads see what became of each import, and what a held one would change; nobody else knows of it."""

from __future__ import annotations

from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from staffroom.accounts import people
from staffroom.accounts.models import Person, View
from staffroom.students.models.imports import Import
from tests.students.district import an_educator
from tests.students.importing.district import District
from tests.students.importing.test_held import students

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])


def signed_in(person: Person | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person, backend="staffroom.site.sign_in.Backend")
    return client


@pytest.fixture
def ursula() -> Client:
    """A project lead."""
    return signed_in(an_educator("ursula", sets_access=True, districtwide=True).person)


@pytest.fixture
def held(district: District) -> int:
    """Twelve students of grade 4 were imported; a file that moves all of them to 5 is held."""
    district.one("students", students(*["4"] * 12))
    return district.one("students", students(*["5"] * 12)).number


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_project_leads_see_the_pages_and_nobody_else_knows_of_them(held: int, ursula: Client) -> None:
    others = [
        an_educator("lorna", districtwide=True, schoolwide=True).person,
        people.create_person("ada@lake.example", name="Ada", administrator=True),
    ]
    one = f"/students/imports/{held}/"
    for address in (
        "/students/imports/",
        "/students/imports/imports.csv",
        "/students/imports/imports.json",
        one,
        f"{one}differences.csv",
        f"{one}differences.json",
        f"{one}rejects.csv",
    ):
        assert ursula.get(address).status_code == 200, address
        assert [signed_in(other).get(address).status_code for other in others] == [404, 404], address
        assert signed_in(None).get(address).status_code in (302, 401), address


def test_the_list_says_what_became_of_each_file(held: int, ursula: Client) -> None:
    assert "1 import waits for somebody to decide." in text(ursula, "/students/imports/")
    rows = ursula.get("/students/imports/imports.json").json()["results"]
    told = [
        (row["source"], row["state"], row["file"], row["read"], row["created"], row["updated"])
        for row in rows
    ]
    assert told == [
        ("students", "held", "students.csv", 12, 0, 12),
        ("students", "done", "students.csv", 12, 12, 0),
    ]


def test_a_held_import_shows_all_that_it_would_change_and_how_to_decide(held: int, ursula: Client) -> None:
    one = f"/students/imports/{held}/"
    page = text(ursula, one)
    assert "12 records would change." in page
    assert "It changes nothing until somebody decides." in page
    assert "Apply exactly this" in page and "Drop it" in page
    rows = ursula.get(f"{one}differences.json").json()["results"]
    assert len(rows) == 12
    assert rows[1] == {
        "action": "updated",
        "table": "student",
        "key": "10",
        "line": 11,
        "differences": 'grade: "4" → "5"',
    }


def test_many_differences_come_in_pages(district: District, ursula: Client) -> None:
    district.one("students", students(*["4"] * 60))
    number = district.one("students", students(*["5"] * 60)).number
    keys = [str(key) for key in sorted(map(str, range(1, 61)))]
    last = text(ursula, f"/students/imports/{number}/?differences-page=3")
    assert "51 to 60 of 60" in last
    rows = ursula.get(f"/students/imports/{number}/differences.json").json()["results"]
    assert [row["key"] for row in rows] == keys


def test_rows_that_were_set_aside_stand_there_with_line_and_reason(
    district: District, ursula: Client
) -> None:
    number = district.one("students", students("4", "no-grade")).number
    one = f"/students/imports/{number}/"
    (row,) = ursula.get(f"{one}rejects.json").json()["results"]
    assert (row["line"], row["reason"]) == (3, "grade:grade")
    assert "no-grade" in row["data"]
    assert "What it would change" not in text(ursula, one)


def test_looking_at_an_import_is_in_the_audit_trail(held: int, ursula: Client) -> None:
    assert View.objects.count() == 0
    text(ursula, f"/students/imports/{held}/")
    assert View.objects.get().what == f"students/imports/{held}"
    text(ursula, "/students/imports/")
    assert View.objects.count() == 1


def test_an_import_that_does_not_exist_is_not_there(ursula: Client) -> None:
    assert ursula.get("/students/imports/4711/").status_code == 404
    assert "No file of students has been read yet." in text(ursula, "/students/imports/")


def test_three_imports_take_as_many_queries_as_one(district: District, ursula: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            text(ursula, "/students/imports/")
        return len(captured)

    district.one("students", students("4"))
    text(ursula, "/students/imports/")
    one = queries()
    for grade in ("5", "6"):
        district.one("students", students(grade))
    assert Import.objects.count() == 3
    assert queries() == one


def test_a_project_lead_who_may_not_see_everybody_sees_no_row_and_decides_nothing(held: int) -> None:
    petra = signed_in(an_educator("petra", sets_access=True).person)
    page = text(petra, f"/students/imports/{held}/")
    assert "Its rows are shown to project leads who may see every student of the district." in page
    assert "Last1" not in page
    for section in ("differences", "rejects"):
        assert petra.get(f"/students/imports/{held}/{section}.csv").status_code == 404
    for decision in ("approve", "refuse"):
        assert petra.post(f"/students/imports/{held}/{decision}", {"looked": "yes"}).status_code == 404
    assert Import.objects.get(pk=held).state == "held"
