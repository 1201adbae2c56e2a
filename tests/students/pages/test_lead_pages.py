"""What project leads see of access and of the stored data; for everybody else the pages are not there."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from staffroom.accounts import people
from staffroom.students.models import Educator, Grants
from tests.students.district import District, a_student, an_educator
from tests.students.pages.visitors import seen, signed_in, text_of

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])

PAGES = {
    "/students/access/overview/": ("sensitive", "educators"),
    "/students/access/labels/": ("labels",),
    "/students/sample/": ("students",),
}


@pytest.fixture
def ursula(this_year: District) -> Client:
    return signed_in(this_year.person("ursula"))


def test_project_leads_find_the_pages_and_nobody_else_does(this_year: District) -> None:
    operator = people.create_person("ada@lake.example", name="Ada", administrator=True)
    for page, sections in PAGES.items():
        for address in (page, *(f"{page}{slug}.{face}" for slug in sections for face in ("csv", "json"))):
            found = {
                login
                for login in this_year.educators
                if signed_in(this_year.person(login)).get(address).status_code == 200
            }
            assert found == {"ursula"}, address
            assert signed_in(operator).get(address).status_code == 404
            assert signed_in(None).get(address).status_code in (302, 401)


def test_while_they_see_as_another_they_find_none(this_year: District, ursula: Client) -> None:
    ursula.post(f"/students/access/{this_year.educators['vera'].pk}/view-as/")
    assert [ursula.get(page).status_code for page in PAGES] == [404, 404, 404]


def test_what_reaches_furthest_stands_first(this_year: District, ursula: Client) -> None:
    gone = an_educator("gone", districtwide=True)
    Educator.objects.filter(pk=gone.pk).update(missing_since="2018-01-01T00:00Z")
    Grants.objects.create(educator=this_year.educators["vera"], reads_restricted_notes=True)
    rows = ursula.get("/students/access/overview/sensitive.json").json()["results"]
    flags = ("sets_access", "reads_restricted_notes", "districtwide", "leads_school")
    assert [(row["login"], "".join("x" if row[flag] else "-" for flag in flags)) for row in rows] == [
        ("ursula", "xxxx"),
        ("rolf", "-xxx"),
        ("lorna", "-x-x"),
        ("hanna", "-x--"),
        ("lars", "-x--"),
        ("vera", "-x--"),
    ]


def test_the_same_patterns_stand_side_by_side_and_those_who_are_gone_last(
    this_year: District, ursula: Client
) -> None:
    Educator.objects.filter(login="lars").update(missing_since="2018-01-01T00:00Z")
    rows = ursula.get("/students/access/overview/educators.json").json()["results"]
    assert [(row["login"], row["opened"], row["sections"]) for row in rows] == [
        ("ursula", "leads_school districtwide schoolwide reads_restricted_notes sets_access", 0),
        ("rolf", "leads_school districtwide schoolwide reads_restricted_notes", 0),
        ("hanna", "schoolwide reads_restricted_notes label:feed_by_house label:housemaster", 0),
        ("lorna", "leads_school schoolwide reads_restricted_notes", 0),
        ("selma", "schoolwide label:feed_by_counselor label:housemaster", 0),
        ("bruno", "homeroom sections", 1),
        ("frida", "schoolwide label:feed_by_section", 0),
        ("jonas", "homeroom", 0),
        ("mona", "homeroom", 0),
        ("sven", "homeroom", 0),
        ("vera", "homeroom", 0),
        ("alma", "only_english_learners", 0),
        ("silas", "only_special_education", 0),
        ("hilda", "sections", 2),
        ("lars", "schoolwide reads_restricted_notes label:writes_transition_notes", 0),
    ]
    assert "Leads a school, Districtwide" in text_of(ursula, "/students/access/overview/")


def test_each_label_stands_with_its_holders_or_alone(this_year: District, ursula: Client) -> None:
    rows = ursula.get("/students/access/labels/labels.json").json()["results"]
    assert [
        (row["label"], row["holder"]) for row in rows if row["holder"] or row["label"] == "feed_by_counselor"
    ] == [
        ("housemaster", "Hannason, Hanna"),
        ("housemaster", "Selmason, Selma"),
        ("writes_transition_notes", "Larsson, Lars"),
        ("feed_by_counselor", "Selmason, Selma"),
        ("feed_by_house", "Hannason, Hanna"),
        ("feed_by_section", "Fridason, Frida"),
    ]
    assert {"label": "sees_who_has_access", "holder": None} in [
        {"label": row["label"], "holder": row["holder"]} for row in rows
    ]
    assert "5 labels are held by somebody." in text_of(ursula, "/students/access/labels/")


def test_the_same_seed_draws_the_same_students(this_year: District, ursula: Client) -> None:
    for number in range(30):
        a_student(f"3{number:03}", "Ida", this_year.schools["high"], "10")

    def drawn(query: str) -> set[str]:
        rows = ursula.get(f"/students/sample/students.json?{query}&columns=local_id").json()["results"]
        return {row["local_id"] for row in rows}

    assert drawn("n=5") == drawn("n=5&seed=42") == drawn("n=5&seed=x")
    assert len(drawn("n=5")) == 5
    assert drawn("n=5") != drawn("n=5&seed=7")
    assert len(drawn("")) == 35  # all that there are
    assert len(drawn("n=0")) == 35
    assert len(drawn("n=-1")) == 35


def test_a_sample_is_of_those_whom_the_lead_may_see_and_in_the_trail(this_year: District) -> None:
    lead = an_educator("mary", this_year.schools["hill"], sets_access=True)
    assert lead.person is not None
    assert "sees students by other grants only" in text_of(signed_in(lead.person), "/students/sample/")
    assert seen() == []
    Grants.objects.filter(educator=lead).update(schoolwide=True)
    assert "Rafaelsen, Rafael" in text_of(signed_in(lead.person), "/students/sample/")
    assert seen() == [("students/sample.html", ["1002"])]


def test_three_educators_and_students_take_as_many_queries_as_one(
    this_year: District, ursula: Client
) -> None:
    def queries() -> dict[str, int]:
        found = {}
        for page in PAGES:
            ursula.get(page)
            with CaptureQueriesContext(connection) as captured:
                ursula.get(page)
            found[page] = len(captured)
        return found

    before = queries()
    for login in ("ida", "olaf", "otto"):
        an_educator(login, this_year.schools["hill"], labels=("housemaster",), schoolwide=True)
        a_student(login, login, this_year.schools["hill"], "7")
    assert queries() == before
