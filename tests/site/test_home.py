"""The home page: the courses of whoever signed in, and of nobody else."""

from __future__ import annotations

import pytest
from django.test import Client

from staffroom.accounts.models import Person
from staffroom.courses.courses import CourseLine
from staffroom.site.home import matches
from tests.cast import LAKE, LAKE_T1, Cast


def courses_of(client: Client, person: Person, query: str = "") -> list[str]:
    client.force_login(person)
    told = client.get(f"/courses.json{query}").json()
    return [row["key"] for row in told["results"]]


def test_each_person_sees_exactly_their_own(cast: Cast, client: Client) -> None:
    seen = {person.name: courses_of(client, person) for person in (cast.stella, cast.ruth, cast.nora)}
    assert seen == {"Stella Staff": [LAKE], "Ruth Run": [LAKE_T1], "Nora Norole": []}


def test_who_has_no_course_is_told_why(cast: Cast, client: Client) -> None:
    client.force_login(cast.nora)
    page = client.get("/").text
    assert "Nothing is open to you here" in page
    assert "An administrator can give you a role in a course; you sign in as nora@lake.example." in page


def test_an_administrator_of_an_empty_instance_is_told_why(cast: Cast, client: Client) -> None:
    client.force_login(cast.ada)
    assert "Nothing has been imported yet" in client.get("/").text


def test_the_search_keeps_courses_that_hold_every_word(cast: Cast, client: Client) -> None:
    assert courses_of(client, cast.stella, "?q=bio+2024") == [LAKE]
    assert courses_of(client, cast.stella, "?q=bio+2025") == []
    page = client.get("/?q=bio+2025").text
    assert "Nothing in this selection" in page
    assert 'value="bio 2025"' in page


@pytest.mark.parametrize(("words", "found"), [("ökologie", True), ("bio ÖKO", True), ("bio x", False)])
def test_words_are_found_in_name_and_key(words: str, found: bool) -> None:
    line = CourseLine(LAKE, "Ökologie des Sees", None, None, None, None, ())
    assert matches(line, words) is found


def test_a_name_links_to_its_course(cast: Cast, client: Client) -> None:
    client.force_login(cast.stella)
    assert '<a href="/courses/course-v1%3ALake%2BBIO%2B2024/">' in client.get("/").text
