"""The one search field finds courses, and students too for educators."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from staffroom.accounts import people
from tests.cast import LAKE, Cast
from tests.students.district import District, make_district
from tests.students.pages.visitors import signed_in, text_of

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])

FIELD = re.compile(r'<form class="search" role="search" action="([^"]+)".*?placeholder="([^"]+)"', flags=re.S)


@pytest.fixture
def district(db: None) -> District:
    return make_district()


def test_the_field_finds_courses_and_for_educators_students_too(cast: Cast, district: District) -> None:
    assert FIELD.findall(text_of(signed_in(cast.stella), "/")) == [("/", "Find a course")]
    jonas = text_of(signed_in(district.person("jonas")), "/students/mine/")
    assert FIELD.findall(jonas)[0] == ("/search/", "Find a student or course")


def test_who_may_see_both_is_shown_both(cast: Cast, district: District, client: Client) -> None:
    jonas = district.person("jonas")
    people.give_course(jonas, LAKE)
    client.force_login(jonas)
    assert sections(client, "2024") == ["students", "courses"]
    assert sections(client, "mira") == ["students"]
    assert sections(client, "") == ["students"]
    rows = client.get("/search/students.json?q=mira").json()["results"]
    assert [row["local_id"] for row in rows] == ["1003"]
    assert [row["key"] for row in client.get("/search/courses.json?q=bio").json()["results"]] == [LAKE]


def test_who_is_no_educator_is_shown_courses_alone(cast: Cast, district: District, client: Client) -> None:
    client.force_login(cast.stella)
    assert sections(client, "mira") == ["courses"]
    assert client.get("/search/students.json?q=mira").status_code == 404
    assert client.get("/search/").status_code == 200


def test_what_was_asked_stays_in_the_field(district: District) -> None:
    page = text_of(signed_in(district.person("jonas")), '/search/?q="><b>mira')
    assert 'value=""><b>mira"' in page  # as text_of unescapes it
    assert "<b>mira" not in signed_in(district.person("jonas")).get('/search/?q="><b>mira').text


def sections(client: Client, asked: str) -> list[str]:
    page = client.get(f"/search/?q={asked}").text
    return re.findall(r'<section class="section[^"]*" id="(\w+)"', page)
