"""The doors to the pages of students: educators pass, everybody else finds nothing there."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from staffroom.accounts import people
from tests.students.district import District
from tests.students.pages.visitors import seen, signed_in, text_of

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])

MINE = ["/students/mine/", "/students/mine/students.csv", "/students/mine/students.json"]


def pages_of(district: District, name: str) -> list[str]:
    student = f"/students/{district.students[name].pk}/"
    return [student, f"{student}lately.csv", f"{student}lately.json"]


def without_tokens(page: bytes) -> bytes:
    """Without what differs from answer to answer: the form's token and the request's number."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"|[0-9a-f]{32}', b"", page)


def test_who_is_no_educator_finds_no_page_of_students(district: District) -> None:
    operator = people.create_person("ada@lake.example", name="Ada", administrator=True)
    for address in (*MINE, *pages_of(district, "mira")):
        assert signed_in(operator).get(address).status_code == 404, address
        assert signed_in(None).get(address).status_code in (302, 401), address
    assert seen() == []


def test_a_student_is_there_for_those_who_may_see_them_and_for_nobody_else(district: District) -> None:
    may = {"ursula", "rolf", "selma", "jonas", "hanna", "frida"}  # Bruno's sections were of another year
    for address in pages_of(district, "mira"):
        for login in district.educators:
            status = signed_in(district.person(login)).get(address).status_code
            assert status == (200 if login in may else 404), (login, address)


def test_a_student_who_does_not_exist_looks_like_one_who_is_closed(district: District) -> None:
    vera = signed_in(district.person("vera"))
    closed = vera.get(f"/students/{district.students['mira'].pk}/")
    missing = vera.get("/students/987654/")
    assert (closed.status_code, missing.status_code) == (404, 404)
    assert without_tokens(closed.content) == without_tokens(missing.content)


def test_the_list_names_exactly_the_students_that_are_open(district: District) -> None:
    jonas = text_of(signed_in(district.person("jonas")), "/students/mine/students.csv")
    assert jonas.splitlines()[1:] == [
        '"Antonsen, Anton",9,Lake High School,L1,"Jonasson, Jonas",,0,0,0',
        '"Mirasen, Mira",9,Lake High School,L1,"Jonasson, Jonas",,0,0,0',
    ]
    assert "2 students are open to you." in text_of(signed_in(district.person("jonas")), "/students/mine/")


def test_nobody_is_named_where_nobody_is_open(district: District) -> None:
    sven = text_of(signed_in(district.person("sven")), "/students/mine/")
    assert "Nothing is open to you here" in sven
    assert seen() == []


def test_students_who_left_are_not_in_the_list_but_their_profile_opens(district: District) -> None:
    mira = district.students["mira"]
    mira.missing_since = datetime(2018, 3, 1, tzinfo=UTC)
    mira.save()
    jonas = signed_in(district.person("jonas"))
    assert "Mirasen" not in text_of(jonas, "/students/mine/students.csv")
    assert "Mira Mirasen" in text_of(jonas, f"/students/{mira.pk}/")


def test_each_view_is_in_the_trail_with_the_students_it_named(district: District) -> None:
    jonas = signed_in(district.person("jonas"))
    jonas.get("/students/mine/?q=anton")
    jonas.get(f"/students/{district.students['mira'].pk}/")
    assert seen() == [("students/mine.html", ["1004"]), ("students/student.html", ["1003"])]


def test_a_project_lead_who_sees_as_another_is_shown_what_both_may_see(district: District) -> None:
    lead = signed_in(district.person("ursula"))
    lead.post(f"/students/access/{district.educators['vera'].pk}/view-as/")
    assert text_of(lead, "/students/mine/students.csv").splitlines()[1:] == [
        '"Gwensen, Gwen",KF,Brook School,B1,"Verason, Vera",,0,0,0'
    ]
    assert lead.get(f"/students/{district.students['mira'].pk}/").status_code == 404


@pytest.mark.parametrize("login", ["jonas", "ursula"])
def test_the_way_to_students_stands_on_every_page_of_an_educator(district: District, login: str) -> None:
    assert '<a href="/students/">Students</a>' in text_of(signed_in(district.person(login)), "/profile/")
    operator = people.create_person("ada@lake.example", name="Ada", administrator=True)
    assert "/students/" not in text_of(signed_in(operator), "/")


def test_one_way_is_the_current_one(district: District) -> None:
    page = text_of(signed_in(district.person("ursula")), "/students/access/")
    assert '<a href="/students/access/" aria-current="page">Access</a>' in page
    assert '<a href="/students/">Students</a>' in page
