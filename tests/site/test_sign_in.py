"""Signing in and out: one answer to every failure, a pause after many, and an end."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import timedelta
from statistics import median

import pytest
from axes.models import AccessAttempt
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from staffroom.accounts import people
from staffroom.accounts.models import Person
from tests.cast import PASSWORD, Cast

STELLA = "stella@lake.example"


@pytest.fixture(autouse=True)
def passwords(cast: Cast) -> None:
    for person in (cast.stella, cast.ivan):
        people.set_password(person, PASSWORD)


def sign_in(client: Client, email: str, password: str) -> tuple[int, str]:
    """The status, and the page without what differs by request and by what was typed."""
    response = client.post("/sign-in/", {"login": email, "password": password})
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.text)
    return response.status_code, page.replace(email, "somebody")


def test_the_right_password_leads_to_the_courses(client: Client) -> None:
    response = client.post("/sign-in/", {"login": STELLA.upper(), "password": PASSWORD})
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    page = client.get("/")
    assert (page.status_code, "notice" in page.text) == (200, False)


def test_the_page_asked_for_comes_after_signing_in_and_no_other_site(client: Client) -> None:
    for wanted, led_to in (("/profile/", "/profile/"), ("https://evil.example/", "/")):
        client.logout()
        response = client.post(f"/sign-in/?next={wanted}", {"login": STELLA, "password": PASSWORD})
        assert response.headers["Location"] == led_to


def test_every_failure_shows_the_same_page(client: Client) -> None:
    wrong = sign_in(client, STELLA, "a wrong long phrase")
    unknown = sign_in(client, "nobody@lake.example", "a wrong long phrase")
    inactive = sign_in(client, "ivan@lake.example", PASSWORD)
    assert wrong == unknown == inactive
    assert wrong[0] == 200
    assert "That did not work. Check the address and the password." in wrong[1]


@pytest.mark.parametrize(
    ("minutes", "language", "said"),
    [
        (15, "en", "After several failures, signing in pauses for 15 minutes."),
        (1, "en", "After several failures, signing in pauses for 1 minute."),
        (90, "es", "Después de varios intentos fallidos, el inicio de sesión se detiene durante 90 minutos."),
        (1, "es", "Después de varios intentos fallidos, el inicio de sesión se detiene durante 1 minuto."),
    ],
)
def test_a_failure_says_how_long_the_pause_is_set_to(
    client: Client, settings: Settings, minutes: int, language: str, said: str
) -> None:
    settings.SITE = replace(settings.SITE, pause_minutes=minutes)
    asked = {"login": STELLA, "password": "a wrong long phrase"}
    page = client.post("/sign-in/", asked, headers={"Accept-Language": language}).text
    assert re.findall(r"(?:After|Después de) [^.<]*\.", page) == [said]


def test_after_many_failures_even_the_right_password_pauses_with_the_same_page(
    client: Client, settings: Settings
) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    failures = [sign_in(client, STELLA, "a wrong long phrase") for _ in range(4)]
    paused = sign_in(client, STELLA, PASSWORD)
    assert [*failures, paused] == [failures[0]] * 5
    elsewhere = client.post("/sign-in/", {"login": STELLA, "password": PASSWORD}, REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 302


def test_a_pause_is_for_one_address_in_all_its_spellings_and_for_nobody_else_at_that_place(
    client: Client, settings: Settings
) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    for typed in ("Ivan@lake.example", " ivan@LAKE.example", "ivan@lake.example"):
        sign_in(client, typed, "a wrong long phrase")
    assert AccessAttempt.objects.get().username == "ivan@lake.example"
    people.set_active(people.find_person("ivan@lake.example"), True)
    assert sign_in(client, "ivan@lake.example", PASSWORD)[0] == 200
    assert sign_in(client, STELLA, PASSWORD)[0] == 302


@pytest.mark.parametrize("typed", ["x" * 300 + "@lake.example", "st\0ella@lake.example", "'; --", ""])
def test_an_address_that_nobody_can_have_is_an_ordinary_failure(client: Client, typed: str) -> None:
    assert sign_in(client, typed, "a wrong long phrase")[0] == 200


def test_trying_during_a_pause_does_not_prolong_it(client: Client, settings: Settings) -> None:
    settings.AXES_FAILURE_LIMIT = 2
    for _ in range(2):
        sign_in(client, STELLA, "a wrong long phrase")
    earlier = timezone.now() - timedelta(minutes=settings.SITE.pause_minutes - 1)
    AccessAttempt.objects.update(attempt_time=earlier)
    sign_in(client, STELLA, PASSWORD)
    assert AccessAttempt.objects.get().attempt_time == earlier
    AccessAttempt.objects.update(attempt_time=earlier - timedelta(minutes=2))
    assert sign_in(client, STELLA, PASSWORD)[0] == 302


def test_unknown_people_cost_as_much_time_as_known_ones(client: Client) -> None:
    def seconds(email: str) -> float:
        times = []
        for _ in range(5):
            started = time.perf_counter()
            sign_in(client, email, "a wrong long phrase")
            times.append(time.perf_counter() - started)
        return median(times)

    known, unknown = seconds(STELLA), seconds("nobody@lake.example")
    assert 0.4 < known / unknown < 2.5


def test_nobody_can_sign_up(client: Client) -> None:
    assert [client.get(path).status_code for path in ("/signup/", "/accounts/signup/")] == [404, 404]


def test_signing_out_needs_a_press_and_ends_the_session(client: Client) -> None:
    sign_in(client, STELLA, PASSWORD)
    assert client.get("/sign-out/").status_code == 200
    assert client.get("/").status_code == 200
    assert client.post("/sign-out/").status_code == 302
    assert client.get("/").status_code == 302


def test_a_session_ends_after_the_set_time_without_a_request(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, STELLA, PASSWORD)
    now, age = time.time(), django_settings.SESSION_COOKIE_AGE
    session = Session.objects.get()
    assert abs(session.expire_date.timestamp() - now - age) < 60
    monkeypatch.setattr("staffroom.site.middleware.time.time", lambda: now + 120)
    client.get("/")
    slid = Session.objects.get()
    assert slid.expire_date > session.expire_date
    Session.objects.update(expire_date="2020-01-01T00:00:00Z")
    assert client.get("/").status_code == 302


def test_the_session_is_written_at_most_once_a_minute(client: Client) -> None:
    sign_in(client, STELLA, PASSWORD)
    client.get("/")
    before = Session.objects.get().session_data
    for _ in range(3):
        client.get("/")
    assert Session.objects.get().session_data == before


def test_asking_keeps_a_session_alive_and_tells_nothing(client: Client) -> None:
    assert client.get("/session/").status_code == 302
    sign_in(client, STELLA, PASSWORD)
    response = client.get("/session/")
    assert (response.status_code, response.content) == (204, b"")


def test_a_new_password_ends_the_other_sessions(client: Client) -> None:
    other = Client()
    sign_in(other, STELLA, PASSWORD)
    sign_in(client, STELLA, PASSWORD)
    new = "another long enough phrase"
    changed = client.post("/profile/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert (changed.status_code, changed.headers["Location"]) == (302, "/profile/")
    assert (client.get("/").status_code, other.get("/").status_code) == (200, 302)


def test_what_an_administrator_changes_while_somebody_changes_their_password_stays(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.set_administrator(people.find_person(STELLA), True)
    sign_in(client, STELLA, PASSWORD)
    hashing = Person.set_password

    def meanwhile(person: Person, raw_password: str | None) -> None:
        people.set_administrator(people.find_person(STELLA), False)
        hashing(person, raw_password)

    monkeypatch.setattr(Person, "set_password", meanwhile)
    new = "another long enough phrase"
    client.post("/profile/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    changed = people.find_person(STELLA)
    assert (changed.check_password(new), changed.is_administrator) == (True, False)


def test_a_session_of_somebody_deactivated_does_not_come_back_with_them(client: Client) -> None:
    sign_in(client, STELLA, PASSWORD)
    people.set_active(people.find_person(STELLA), False)
    assert client.get("/").status_code == 302
    people.set_active(people.find_person(STELLA), True)
    assert client.get("/").status_code == 302
    assert Session.objects.count() == 0


def test_signing_in_gives_a_session_of_another_name(client: Client) -> None:
    client.cookies["staffroom"] = planted = "planted0by0somebody0else00000000"
    sign_in(client, STELLA, PASSWORD)
    first = client.cookies["staffroom"].value
    client.post("/sign-out/")
    sign_in(client, STELLA, PASSWORD)
    assert len({planted, first, client.cookies["staffroom"].value}) == 3
    client.cookies["staffroom"] = first
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_changing_the_language_leads_to_no_other_site(client: Client, wanted: str) -> None:
    response = client.post("/language/", {"language": "es", "next": wanted})
    assert (response.status_code, response.headers["Location"]) == (302, "/")


def test_a_weak_new_password_is_refused(client: Client) -> None:
    sign_in(client, STELLA, PASSWORD)
    weak = client.post(
        "/profile/password/",
        {"oldpassword": PASSWORD, "password1": "password1234", "password2": "password1234"},
    )
    assert weak.status_code == 200
