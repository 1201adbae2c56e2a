from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from staffroom.accounts.models import Person
from tests.cast import Cast, make_cast
from tests.courses.stores import publish, university


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def empty_instance(settings: Settings, tmp_path: Path) -> Path:
    """An instance in which nothing was published; its store's folder."""
    settings.INSTANCE = replace(settings.INSTANCE, root=tmp_path)
    return tmp_path / "store"


@pytest.fixture
def store(empty_instance: Path) -> Path:
    """The small university, published."""
    publish(empty_instance, university())
    return empty_instance


Browser = Callable[[Person | None], Client]


@pytest.fixture
def browser(db: None) -> Browser:
    """A browser in which somebody is signed in, or nobody."""

    def signed_in(person: Person | None) -> Client:
        client = Client(raise_request_exception=True)
        if person is not None:
            client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in
