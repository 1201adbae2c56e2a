from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from staffroom.accounts.models import Person
from staffroom.config import Instance, load_instance
from staffroom.events.ingest import ingest
from staffroom.operations.init import init_instance
from staffroom.tally import Silent
from tests.cast import Cast, make_cast
from tests.operations.deliveries import BROKEN, deliver, event

Browser = Callable[[Person | None], Client]


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def lake(settings: Settings, tmp_path: Path) -> Instance:
    """The instance that the site serves: nothing has arrived."""
    made = load_instance(init_instance(tmp_path / "lake", name="Lake University"))
    settings.INSTANCE = replace(made, root=made.root)
    return made


@pytest.fixture
def delivered(lake: Instance) -> Instance:
    """Two days have arrived; the first has a line that could not be used."""
    deliver(lake.root, "2026-09-01", event("2026-09-01", 1), BROKEN)
    deliver(lake.root, "2026-09-02")
    ingest(lake, progress=Silent())
    return lake


@pytest.fixture
def browser(db: None) -> Browser:
    """A browser in which somebody is signed in, or nobody."""

    def signed_in(person: Person | None) -> Client:
        client = Client()
        if person is not None:
            client.force_login(person)
        return client

    return signed_in


@pytest.fixture
def ada(cast: Cast, browser: Browser) -> Client:
    return browser(cast.ada)
