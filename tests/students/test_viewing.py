"""Seeing as another: who may begin, what is noted, and when it ends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.utils import timezone
from pytest_django import Settings

from staffroom.accounts.models import Person, View
from staffroom.students.access import ViewingAs
from staffroom.students.models import Educator, Grants
from staffroom.students.viewing import ViewingRefused, start_viewing, stop_viewing, viewer_of
from tests.students.district import District

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def a_request(person: Any, session: Any = None) -> HttpRequest:
    request = HttpRequest()
    request.user = person
    request.session = session if session is not None else SessionStore()
    return request


def noted() -> list[tuple[int, str]]:
    return list(View.objects.order_by("id").values_list("person_id", "what"))


def test_a_project_lead_sees_as_another_from_request_to_request_until_they_stop(district: District) -> None:
    ursula, vera = district.person("ursula"), district.educators["vera"]
    first = a_request(ursula)
    start_viewing(first, vera)
    later = a_request(ursula, first.session)
    assert viewer_of(later) == ViewingAs(ursula, vera)
    stop_viewing(later)
    assert viewer_of(a_request(ursula, first.session)) == ursula
    stop_viewing(later)
    assert noted() == [
        (ursula.pk, f"students/access/view-as/start educator {vera.pk}"),
        (ursula.pk, f"students/access/view-as/stop educator {vera.pk}"),
    ]


@pytest.mark.parametrize("login", ["rolf", "lorna", "vera"])
def test_nobody_else_may(district: District, login: str) -> None:
    request = a_request(district.person(login))
    with pytest.raises(ViewingRefused):
        start_viewing(request, district.educators["mona"])
    assert (dict(request.session.items()), noted()) == ({}, [])


def test_the_signed_out_may_not(district: District) -> None:
    with pytest.raises(ViewingRefused):
        start_viewing(a_request(AnonymousUser()), district.educators["mona"])


def test_it_is_never_nested_not_even_into_another_project_lead(district: District) -> None:
    Grants.objects.create(educator=district.educators["vera"], sets_access=True)
    request = a_request(district.person("ursula"))
    start_viewing(request, district.educators["vera"])
    with pytest.raises(ViewingRefused) as refused:
        start_viewing(request, district.educators["mona"])
    assert str(refused.value) == "seeing as another: has begun already. Stop it first."
    assert viewer_of(request) == ViewingAs(district.person("ursula"), district.educators["vera"])


def test_nobody_sees_as_themselves_or_as_who_is_gone(district: District) -> None:
    request = a_request(district.person("ursula"))
    Educator.objects.filter(login="vera").update(missing_since=timezone.now())
    for login, problem in (("ursula", "is yourself."), ("vera", "is no longer there.")):
        educator = district.educators[login]
        with pytest.raises(ViewingRefused) as refused:
            start_viewing(request, educator)
        assert str(refused.value) == f"educator {educator.pk}: {problem}"
    assert noted() == []


def test_it_ends_when_the_lead_is_none_any_more(district: District) -> None:
    ursula = district.person("ursula")
    request = a_request(ursula)
    start_viewing(request, district.educators["vera"])
    Grants.objects.filter(educator__login="ursula").update(sets_access=False)
    assert viewer_of(request) == ursula
    Grants.objects.filter(educator__login="ursula").update(sets_access=True)
    assert viewer_of(request) == ursula
    assert [what.split()[0] for _, what in noted()] == [
        "students/access/view-as/start",
        "students/access/view-as/stop",
    ]


def test_it_ends_at_once_when_the_settings_forbid_it(district: District, settings: Settings) -> None:
    request = a_request(district.person("ursula"))
    start_viewing(request, district.educators["vera"])
    sections = {"students": {"access": {"view_as": False}}}
    settings.INSTANCE = replace(settings.INSTANCE, sections=sections)
    assert viewer_of(request) == district.person("ursula")
    with pytest.raises(ViewingRefused):
        start_viewing(request, district.educators["vera"])


def test_a_session_that_passes_to_somebody_else_does_not_take_it_along(district: District) -> None:
    Grants.objects.create(educator=district.educators["mona"], sets_access=True)
    request = a_request(district.person("ursula"))
    start_viewing(request, district.educators["vera"])
    mona: Person = district.person("mona")
    assert viewer_of(a_request(mona, request.session)) == mona


def test_where_it_cannot_be_noted_it_does_not_begin(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr("staffroom.students.viewing.trail.record_act", refuse)
    request = a_request(district.person("ursula"))
    with pytest.raises(OSError):
        start_viewing(request, district.educators["vera"])
    assert viewer_of(request) == district.person("ursula")
