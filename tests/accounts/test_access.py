"""Who somebody is."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from staffroom.accounts import access
from tests.cast import LAKE, LAKE_T1, Cast


@pytest.mark.django_db
def test_only_active_administrators_administer(cast: Cast) -> None:
    viewers = {
        "ada": cast.ada,
        "stella": cast.stella,
        "nora": cast.nora,
        "out": AnonymousUser(),
        "none": None,
    }
    assert [name for name, viewer in viewers.items() if access.is_administrator(viewer)] == ["ada"]
    cast.ada.is_active = False
    assert not access.is_administrator(cast.ada)


@pytest.mark.django_db
def test_roles_are_by_exact_key_and_end_with_the_person(cast: Cast) -> None:
    assert access.course_roles(cast.stella) == {LAKE: "staff"}
    assert access.course_roles(cast.ruth) == {LAKE_T1: "staff"}
    assert access.course_roles(cast.nora) == {}
    assert access.course_roles(cast.ivan) == {}
    assert access.course_roles(AnonymousUser()) == {}
