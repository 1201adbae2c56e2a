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


@pytest.fixture(scope="session")
def small_university(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with the small university, published once for all tests that only read it."""
    root = tmp_path_factory.mktemp("small-university")
    publish(root / "store", university())
    return root


@pytest.fixture
def store(settings: Settings, small_university: Path) -> Path:
    """The small university's store, which the site now serves."""
    settings.INSTANCE = replace(settings.INSTANCE, root=small_university)
    return small_university / "store"


Browser = Callable[[Person | None], Client]


@pytest.fixture
def browser(db: None) -> Browser:
    """A browser in which somebody is signed in, or nobody."""

    def signed_in(person: Person | None) -> Client:
        client = Client(raise_request_exception=True)
        if person is not None:
            client.force_login(person)
        return client

    return signed_in
