from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from staffroom.config import Instance, Institution
from tests.cast import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture(autouse=True)
def instance(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """An empty instance that is a demonstration, so that everybody sees the components."""
    made = Instance(tmp_path_factory.mktemp("instance"), Institution(name="Lake University", demo=True))
    settings.INSTANCE = made
    return made


@pytest.fixture
def stella(cast: Cast, client: Client) -> Client:
    """A browser in which Stella is signed in."""
    client.force_login(cast.stella)
    return client
