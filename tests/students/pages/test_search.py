"""Search finds those whom one may see and nobody else, and each search is in the audit trail."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from staffroom.accounts import people
from staffroom.students.models import Student
from tests.students.district import District, a_student
from tests.students.pages.visitors import seen, signed_in, text_of

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])

FACES = (
    "/students/search/?q=sen",
    "/students/search/students.json?q=sen",
    "/students/search/students.csv?q=sen",
)


def test_who_is_no_educator_finds_no_search_of_students(district: District) -> None:
    operator = people.create_person("ada@lake.example", name="Ada", administrator=True)
    for address in FACES:
        assert signed_in(operator).get(address).status_code == 404
        assert signed_in(None).get(address).status_code in (302, 401)
    page = text_of(signed_in(operator), "/search/?q=mirasen")
    assert "Mira Mirasen" not in page and "Mirasen, Mira" not in page
    assert seen() == []


def test_each_educator_finds_exactly_their_students(this_year: District) -> None:
    def found_by(login: str) -> list[str]:
        rows = (
            signed_in(this_year.person(login)).get("/students/search/students.json?q=sen").json()["results"]
        )
        return [row["local_id"] for row in rows]

    nobody: dict[str, list[str]] = {login: [] for login in this_year.educators}
    expected = nobody | {
        "ursula": ["1004", "1001", "1005", "1003", "1002"],
        "rolf": ["1004", "1001", "1005", "1003", "1002"],
        "lorna": ["1001"],
        "vera": ["1001"],
        "lars": ["1002"],
        "selma": ["1004", "1005", "1003"],
        "hanna": ["1004", "1005", "1003"],
        "frida": ["1004", "1005", "1003"],
        "jonas": ["1004", "1003"],
        "bruno": ["1003"],
        "hilda": ["1005"],
    }
    assert {login: found_by(login) for login in this_year.educators} == expected


def test_a_result_tells_grade_school_and_teacher(district: District) -> None:
    (row,) = (
        signed_in(district.person("jonas")).get("/students/search/students.json?q=1003").json()["results"]
    )
    assert row == {
        "name": "Mirasen, Mira",
        "local_id": "1003",
        "grade": "9",
        "school": "Lake High School",
        "homeroom": "L1",
        "teacher": "Jonasson, Jonas",
    }


def test_those_who_left_are_not_found(district: District) -> None:
    Student.objects.filter(local_id="1003").update(enrollment_status="Transferred")
    found = signed_in(district.person("jonas")).get("/students/search/students.json?q=1003").json()
    assert found["results"] == []


def test_each_search_is_in_the_trail_by_whom_it_named_and_never_by_its_words(district: District) -> None:
    jonas = signed_in(district.person("jonas"))
    for asked in ("anton", "gwen", ""):
        jonas.get(f"/students/search/?q={asked}")
    jonas.get("/search/?q=mirasen")
    assert seen() == [
        ("students/search.html", ["1004"]),
        ("students/search.html", []),
        ("students/search.html", ["1003"]),
    ]


def test_no_log_holds_what_was_asked(district: District, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        signed_in(district.person("jonas")).get("/students/search/?q=mirasen")
    told = [f"{record.getMessage()} {vars(record)}" for record in caplog.records]
    assert [line for line in told if "mirasen" in line.lower()] == []


def test_many_results_come_in_pages(district: District) -> None:
    for number in range(30):
        a_student(f"3{number:03}", "Ida", district.schools["high"], "10")
    selma = signed_in(district.person("selma"))
    assert "1 to 25 of 30" in text_of(selma, "/students/search/?q=ida")
    assert "26 to 30 of 30" in text_of(selma, "/students/search/?q=ida&students-page=2")


def test_three_results_take_as_many_queries_as_one(district: District) -> None:
    selma = signed_in(district.person("selma"))

    def queries(asked: str) -> int:
        selma.get(f"/students/search/?q={asked}")
        with CaptureQueriesContext(connection) as captured:
            selma.get(f"/students/search/?q={asked}")
        return len(captured)

    assert queries("sen") == queries("mira")


def test_a_project_lead_who_sees_as_another_finds_whom_both_may_see(district: District) -> None:
    lead = signed_in(district.person("ursula"))
    lead.post(f"/students/access/{district.educators['vera'].pk}/view-as/")
    rows = lead.get("/students/search/students.json?q=sen").json()["results"]
    assert [row["local_id"] for row in rows] == ["1001"]
