"""Educators and the accounts that they sign in with."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from staffroom.accounts import people
from staffroom.accounts.models import Person
from staffroom.students.access_settings import AccessSettings
from staffroom.students.models import Educator
from staffroom.students.signing_in import Settled, settle_accounts

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])

USUAL = AccessSettings()


def an_educator(login: str, email: str) -> Educator:
    return Educator.objects.create(login=login, email=email, full_name=f"{login.title()}, X")


def a_person(email: str, *, administrator: bool = False) -> Person:
    return people.create_person(email, name=email, administrator=administrator)


def go(*logins: str) -> None:
    Educator.objects.filter(login__in=logins).update(missing_since=timezone.now())


def come_back(*logins: str) -> None:
    Educator.objects.filter(login__in=logins).update(missing_since=None)


def signs_in_as() -> dict[str, str | None]:
    return dict(Educator.objects.order_by("login").values_list("login", "person__email"))


def active() -> dict[str, bool]:
    return dict(Person.objects.order_by("email").values_list("email", "is_active"))


def test_an_educator_is_joined_to_the_account_with_their_address() -> None:
    an_educator("wren", "WREN@lake.example")
    an_educator("kit", "kit@lake.example")
    an_educator("none", "")
    a_person("wren@lake.example")
    assert settle_accounts(USUAL) == Settled(joined=1)
    assert signs_in_as() == {"kit": None, "none": None, "wren": "wren@lake.example"}
    assert settle_accounts(USUAL) == Settled()


def test_accounts_are_made_where_the_settings_say_so_and_nobody_knows_their_password() -> None:
    an_educator("wren", "wren@lake.example")
    an_educator("gone", "gone@lake.example")
    go("gone")
    assert settle_accounts(AccessSettings(makes_accounts=True)) == Settled(joined=1, made=1)
    person = Person.objects.get()
    assert (person.email, person.name, person.has_usable_password()) == (
        "wren@lake.example",
        "Wren, X",
        False,
    )


def test_who_is_gone_is_closed_and_opened_again_when_they_come_back() -> None:
    an_educator("wren", "wren@lake.example")
    a_person("wren@lake.example")
    settle_accounts(USUAL)
    go("wren")
    assert settle_accounts(USUAL) == Settled(closed=1)
    assert (active(), settle_accounts(USUAL)) == ({"wren@lake.example": False}, Settled())
    come_back("wren")
    assert settle_accounts(USUAL) == Settled(opened=1)
    assert (active(), settle_accounts(USUAL)) == ({"wren@lake.example": True}, Settled())


def test_the_session_of_who_is_gone_ends_with_the_next_request() -> None:
    an_educator("wren", "wren@lake.example")
    person = a_person("wren@lake.example")
    settle_accounts(USUAL)
    browser = Client()
    browser.force_login(person, backend="staffroom.site.sign_in.Backend")
    assert browser.get("/profile/").status_code == 200
    go("wren")
    settle_accounts(USUAL)
    assert browser.get("/profile/").status_code == 302
    come_back("wren")
    settle_accounts(USUAL)
    assert browser.get("/profile/").status_code == 302


def test_whom_an_administrator_closed_stays_closed() -> None:
    an_educator("wren", "wren@lake.example")
    people.set_active(a_person("wren@lake.example"), False)
    assert settle_accounts(USUAL) == Settled(joined=1)
    assert active() == {"wren@lake.example": False}


def test_logins_that_the_settings_keep_stay_open() -> None:
    an_educator("wren", "wren@lake.example")
    a_person("wren@lake.example")
    go("wren")
    assert settle_accounts(AccessSettings(always_active=("Wren",))) == Settled(joined=1)
    assert active() == {"wren@lake.example": True}


def test_the_last_administrator_stays_and_is_told_of() -> None:
    an_educator("wren", "wren@lake.example")
    a_person("wren@lake.example", administrator=True)
    go("wren")
    assert settle_accounts(USUAL) == Settled(joined=1, kept=["wren"])
    assert active() == {"wren@lake.example": True}


def test_nobody_signs_in_for_educators_who_share_an_address() -> None:
    an_educator("wren", "office@lake.example")
    a_person("office@lake.example")
    settle_accounts(USUAL)
    an_educator("kit", "office@lake.example")
    assert settle_accounts(USUAL) == Settled(shared=["kit", "wren"])
    assert (signs_in_as(), active()) == ({"kit": None, "wren": None}, {"office@lake.example": True})
    go("wren")
    assert settle_accounts(USUAL) == Settled(joined=1)
    assert signs_in_as() == {"kit": "office@lake.example", "wren": None}


def test_an_account_follows_its_address_to_a_new_login_name_and_is_opened() -> None:
    an_educator("wren", "wren@lake.example")
    a_person("wren@lake.example")
    settle_accounts(USUAL)
    go("wren")
    settle_accounts(USUAL)
    an_educator("wwade", "wren@lake.example")
    assert settle_accounts(USUAL) == Settled(joined=1, opened=1)
    assert signs_in_as() == {"wren": None, "wwade": "wren@lake.example"}
    assert active() == {"wren@lake.example": True}


def test_a_login_name_that_is_given_to_somebody_else_does_not_take_the_account_along() -> None:
    an_educator("wren", "wren@lake.example")
    a_person("wren@lake.example")
    a_person("wilma@lake.example")
    settle_accounts(USUAL)
    Educator.objects.update(email="wilma@lake.example")
    assert settle_accounts(USUAL) == Settled(joined=1)
    assert signs_in_as() == {"wren": "wilma@lake.example"}


def test_two_educators_who_exchange_addresses_exchange_accounts() -> None:
    for login in ("kit", "wren"):
        an_educator(login, f"{login}@lake.example")
        a_person(f"{login}@lake.example")
    settle_accounts(USUAL)
    Educator.objects.filter(login="kit").update(email="wren@lake.example")
    Educator.objects.filter(login="wren").update(email="kit@lake.example")
    assert settle_accounts(USUAL) == Settled(joined=2)
    assert signs_in_as() == {"kit": "wren@lake.example", "wren": "kit@lake.example"}
