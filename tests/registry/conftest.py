from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client as Browser
from pytest_django import Settings

from staffroom.config import Instance
from staffroom.registry import clients, draining, receiving
from staffroom.registry.models import Batch, Client
from staffroom.tally import Silent
from tests.cast import Cast, make_cast
from tests.jobs.conftest import either, instance, migrated, soon
from tests.postgresql import postgresql

__all__ = ["either", "instance", "migrated", "postgresql", "soon"]

Configure = Callable[..., Instance]


@pytest.fixture
def configure(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Enable the registry, with these settings; ``eligibility`` are its blocks."""
    monkeypatch.setattr(receiving, "_queue", receiving._Queue())  # what an earlier test saw in it is believed

    def configured(*, eligibility: Iterable[dict[str, Any]] = (), **keys: Any) -> Instance:
        sections = {
            **settings.INSTANCE.sections,
            "registry": {"enabled": True, "states": ["CA", "NV"], **keys},
            "eligibility": list(eligibility),
        }
        settings.INSTANCE = replace(settings.INSTANCE, root=tmp_path, sections=sections)
        made: Instance = settings.INSTANCE
        return made

    cache.clear()
    return configured


@pytest.fixture
def registry(db: None, configure: Configure) -> Instance:
    return configure()


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@dataclass(frozen=True)
class Sender:
    """A service client with a good token."""

    client: Client
    token: str
    secret: str
    password: str

    def headers(self, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **more}

    def send(self, rows: Any, state: str = "CA", *, method: str = "POST", **headers: str) -> Any:
        """Send a batch; bytes go as they are, everything else as a gzipped JSON array."""
        if not isinstance(rows, bytes):
            rows = gzip.compress(json.dumps(rows).encode())
            headers["Content-Encoding"] = "gzip"
        return Browser().generic(
            method,
            f"/api/v1/registry/{state}/students/batch",
            rows,
            content_type="application/json",
            headers=self.headers(**headers),
        )

    def get(self, path: str) -> Any:
        return Browser().get(path, headers=self.headers())

    def status(self, answer: Any) -> dict[str, Any]:
        """How the batch stands that ``answer`` acknowledged."""
        facts: dict[str, Any] = self.get(answer.json()["status"]).json()
        return facts

    def errors(self, answer: Any) -> list[dict[str, Any]]:
        facts: list[dict[str, Any]] = self.get(self.status(answer)["errors"]).json()["results"]
        return facts


def new_sender(name: str, *states: str, scopes: tuple[str, ...] = clients.SCOPES) -> Sender:
    issued = clients.add_client(name, states=states, scopes=scopes)
    token = f"token-of-{name}"
    clients.keep_token(issued.client, token, scopes=issued.client.scopes.split(), seconds=600)
    return Sender(issued.client, token, issued.secret, issued.password)


@pytest.fixture
def sender(registry: Instance) -> Sender:
    """The loader of California."""
    return new_sender("loader", "CA")


@pytest.fixture
def drain(settings: Settings) -> Callable[[], dict[str, int]]:
    """Drain what waits; returns what became of the rows, zeros left out."""

    def drained() -> dict[str, int]:
        done = draining.drain(settings.INSTANCE, Silent())
        return {name: count for name, count in done.counts.items() if count}

    return drained


Drain = Callable[[], dict[str, int]]


def newest() -> Batch:
    return Batch.objects.latest("id")
