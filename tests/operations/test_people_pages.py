"""The pages on which administrators manage people, course staff and tokens."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from staffroom.accounts import people, tokens
from staffroom.accounts.models import Person, Token
from staffroom.operations.pages.people_forms import ExistingPersonForm
from tests.cast import LAKE, LAKE_T1, PASSWORD, Cast, make_cast

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])


@pytest.fixture
def cast(db: None, settings: Settings, tmp_path: Path) -> Cast:
    settings.INSTANCE = replace(settings.INSTANCE, root=tmp_path)
    return make_cast()


def signed_in(person: Person | None, *, strict: bool = False) -> Client:
    client = Client(enforce_csrf_checks=strict)
    if person is not None:
        client.force_login(person)
    return client


@pytest.fixture
def ada(cast: Cast) -> Client:
    return signed_in(cast.ada)


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return unescape(response.content.decode())


def page_of(person: Person) -> str:
    return reverse("person", args=[person.pk])


def send(client: Client, person: Person, action: str, **values: object) -> str:
    """Send one form of a person's page and follow it; the page that comes."""
    data = {f"{action}-{name}": value for name, value in values.items()}
    response = client.post(page_of(person), {"action": action, **data}, follow=True)
    assert response.status_code == 200
    return unescape(response.content.decode())


def addresses(cast: Cast) -> list[str]:
    return [
        "/people/",
        "/people/people.csv",
        "/people/people.json",
        "/people/add/",
        page_of(cast.nora),
        "/people/courses/",
        "/people/courses/staff.csv",
        "/people/tokens/",
        "/people/tokens/tokens.json",
    ]


def test_people_are_managed_by_administrators_and_by_nobody_else(cast: Cast) -> None:
    viewers = {"ada": cast.ada, "stella": cast.stella, "nora": cast.nora}
    for address in addresses(cast):
        found = {name: signed_in(viewer).get(address).status_code for name, viewer in viewers.items()}
        assert (address, found) == (address, {"ada": 200, "stella": 404, "nora": 404})
        assert signed_in(None).get(address).status_code in (302, 401)


def test_nobody_else_changes_anything(cast: Cast) -> None:
    stella = signed_in(cast.stella)
    for address in ("/people/add/", "/people/courses/give/", page_of(cast.stella)):
        assert stella.post(address, {"action": "give", "give-course": LAKE_T1}).status_code == 404
    assert list(cast.stella.course_roles.values_list("course_id", flat=True)) == [LAKE]


def test_a_change_needs_the_pages_own_form(cast: Cast) -> None:
    ada = signed_in(cast.ada, strict=True)
    response = ada.post(page_of(cast.stella), {"action": "take", "course": LAKE})
    assert response.status_code == 400
    assert cast.stella.course_roles.count() == 1


def test_people_are_listed_searched_and_sorted(ada: Client) -> None:
    def names(query: str) -> list[str]:
        csv = ada.get(f"/people/people.csv{query}").content.decode()
        return [line.split(",")[0].split()[0] for line in csv.splitlines()[1:]]

    assert names("") == ["Ada", "Ivan", "Nora", "Ruth", "Stella"]
    assert names("?sort=-name") == ["Stella", "Ruth", "Nora", "Ivan", "Ada"]
    assert names("?q=NORA@") == ["Nora"]
    assert "Nobody has this in their name or address" in text(ada, "/people/?q=zzz")


def test_a_list_asks_the_database_as_often_for_one_as_for_many(
    ada: Client, cast: Cast, django_assert_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for extra in (0, 3):
        for number in range(extra):
            person = people.create_person(f"extra{number}@lake.example", name=f"Extra {number}")
            people.give_course(person, LAKE)
            tokens.issue_token(person, "report", days=1)
        for address in ("/people/", "/people/courses/", "/people/tokens/", page_of(cast.stella)):
            text(ada, address)
            with CaptureQueriesContext(connection) as queries:
                text(ada, address)
            counts.append(len(queries))
    assert counts[:4] == counts[4:]


def test_a_person_is_added_and_then_has_a_page(ada: Client) -> None:
    form = {"email": "New@Lake.example", "name": "New Person", "language": "es", "password": PASSWORD}
    response = ada.post("/people/add/", form)
    person = Person.objects.get(email="new@lake.example")
    assert (response.status_code, response.headers["Location"]) == (302, page_of(person))
    assert (person.name, person.language, person.is_administrator) == ("New Person", "es", False)
    assert person.check_password(PASSWORD)
    assert "New Person was added." in text(ada, page_of(person))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"email": "NORA@lake.example"}, "Somebody has this address already."),
        ({"email": "nobody"}, "Enter a valid email address."),
        ({"name": " "}, "This field is required."),
        ({"password": "short"}, "This password is too short."),
        ({"language": "xx"}, "Select a valid choice."),
    ],
)
def test_a_form_with_errors_says_them_and_changes_nothing(
    ada: Client, change: dict[str, str], error: str
) -> None:
    form = {"email": "new@lake.example", "name": "New", "language": "", "password": "", **change}
    response = ada.post("/people/add/", form)
    assert response.status_code == 200
    assert error in unescape(response.content.decode())
    assert Person.objects.count() == 5


def details(person: Person, **changed: object) -> dict[str, object]:
    values = {"email": person.email, "name": person.name, "language": person.language}
    flags = {"is_administrator": person.is_administrator, "is_active": person.is_active}
    wanted = {**values, **flags, **changed}
    return {name: value for name, value in wanted.items() if value is not False}


def test_details_are_changed(ada: Client, cast: Cast) -> None:
    shown = send(ada, cast.nora, "details", **details(cast.nora, name="Nora N.", is_administrator=True))
    assert "The changes were saved." in shown
    cast.nora.refresh_from_db()
    assert (cast.nora.name, cast.nora.is_administrator, cast.nora.is_active) == ("Nora N.", True, True)


def test_an_address_that_is_taken_between_check_and_change_is_said_in_the_form(
    ada: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ExistingPersonForm, "clean_email", lambda form: "ruth@lake.example")
    details = {"email": "ruth@lake.example", "name": "Stella Staff", "language": "", "is_active": "on"}
    answer = ada.post(
        reverse("person", args=[cast.stella.pk]),
        {"action": "details", **{f"details-{name}": value for name, value in details.items()}},
    )
    assert answer.status_code == 200
    assert "Somebody has this address already." in answer.text
    assert people.find_person("stella@lake.example") == cast.stella


def test_the_last_administrator_stays_and_the_form_says_why(ada: Client, cast: Cast) -> None:
    shown = send(ada, cast.ada, "details", **details(cast.ada, is_administrator=False))
    assert "This is the last administrator." in shown
    cast.ada.refresh_from_db()
    assert cast.ada.is_administrator


def test_a_deactivated_person_is_out_at_once(ada: Client, cast: Cast) -> None:
    stella = signed_in(cast.stella)
    assert stella.get("/").status_code == 200
    send(ada, cast.stella, "details", **details(cast.stella, is_active=False))
    assert stella.get("/").status_code == 302


def test_a_course_is_given_by_its_whole_key_and_taken(ada: Client, cast: Cast) -> None:
    shown = send(ada, cast.nora, "give", course=f" {LAKE_T1} ", role="instructor")
    assert "Nora Norole now has the course." in shown
    assert f"No data of the course {LAKE_T1} has arrived yet." in shown
    assert list(cast.nora.course_roles.values_list("course_id", "role")) == [(LAKE_T1, "instructor")]
    assert "This is not a course key." in send(ada, cast.nora, "give", course="BIO", role="staff")
    ada.post(page_of(cast.nora), {"action": "take", "course": LAKE_T1})
    assert not cast.nora.course_roles.exists()


def test_a_course_is_given_from_the_courses_side(ada: Client, cast: Cast) -> None:
    form = {"email": "Nora@lake.example", "course": LAKE, "role": "staff"}
    assert ada.post("/people/courses/give/", form).headers["Location"] == "/people/courses/"
    rows = (
        ada.get(f"/people/courses/staff.csv?q={LAKE.replace('+', '%2B')}").content.decode().splitlines()[1:]
    )
    assert [row.split(",")[1] for row in rows] == [
        "Ivan Inactive",
        "Nora Norole",
        "Stella Staff",
        "Ruth Run",
    ]
    wrong = ada.post("/people/courses/give/", {**form, "email": "who@lake.example"})
    assert "Nobody has this address." in unescape(wrong.content.decode())


def test_a_tokens_secret_is_shown_once_and_the_token_works_until_revoked(ada: Client, cast: Cast) -> None:
    shown = send(ada, cast.stella, "issue", name="Weekly report", days=30)
    (secret,) = re.findall(r"<code>(staffroom_[\w-]+)</code>", shown)
    token = Token.objects.get()
    assert tokens.holder(secret) == token
    again = text(ada, page_of(cast.stella)) + text(ada, "/people/tokens/")
    assert "Weekly report" in again
    assert secret not in again
    assert token.digest not in again
    ada.post(page_of(cast.stella), {"action": "revoke", "token": token.pk})
    assert tokens.holder(secret) is None


def test_a_token_is_revoked_on_its_own_persons_page_only(ada: Client, cast: Cast) -> None:
    token, secret = tokens.issue_token(cast.stella, "report", days=1)
    ada.post(page_of(cast.nora), {"action": "revoke", "token": token.pk})
    for nonsense in ("nonsense", "²", "9" * 30):
        ada.post(page_of(cast.stella), {"action": "revoke", "token": nonsense})
    assert tokens.holder(secret) == token


@pytest.mark.parametrize("days", ["0", "-1", "x", "99999", ""])
def test_a_token_needs_a_possible_end(ada: Client, cast: Cast, days: str) -> None:
    send(ada, cast.stella, "issue", name="report", days=days)
    assert Token.objects.count() == 0


def test_a_password_is_set(ada: Client, cast: Cast) -> None:
    assert "too short" in send(ada, cast.nora, "password", password="short")
    send(ada, cast.nora, "password", password=PASSWORD)
    cast.nora.refresh_from_db()
    assert cast.nora.check_password(PASSWORD)


def test_a_person_who_is_not_there_is_not_found(ada: Client) -> None:
    assert ada.get("/people/999999/").status_code == 404
