"""``/health`` for monitors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connections
from django.test import Client

from staffroom.config import Instance
from staffroom.events.catalogue import Catalogue, Store, StoredTable

NOW = datetime.now(UTC)


def publish(instance: Instance, **table: str) -> None:
    store = Store(instance.store)
    with store.writing():
        store.publish(Catalogue(tables={"weekly_activity": StoredTable(**table)}))  # type: ignore[arg-type]


@pytest.mark.django_db(databases=["default", "audit", "registry"])
class TestHealth:
    def test_a_new_instance_is_well(self, client: Client, instance: Instance) -> None:
        response = client.get("/health")
        assert response.status_code == 200
        assert response.json() == {
            "status": "ok",
            "database": {"ok": True},
            "store": {
                "ok": True,
                "version": 0,
                "through": None,
                "published_at": None,
                "stale": False,
                "failed_tables": [],
            },
        }

    def test_it_tells_how_fresh_the_numbers_are_and_what_failed(
        self, client: Client, instance: Instance
    ) -> None:
        publish(instance, through="2026-09-06", problem="StoreFull")
        store = client.get("/health").json()["store"]
        assert (store["ok"], store["version"], store["through"], store["failed_tables"]) == (
            True,
            1,
            "2026-09-06",
            ["weekly_activity"],
        )

    def test_an_export_of_today_makes_no_number_fresher(self, client: Client, instance: Instance) -> None:
        store = Store(instance.store)
        tables = {
            "people": StoredTable(through="2026-09-07"),
            "weekly_activity": StoredTable(through="2026-09-06"),
        }
        with store.writing():
            store.publish(Catalogue(tables=tables))
        assert client.get("/health").json()["store"]["through"] == "2026-09-06"

    def test_old_numbers_are_a_failure(
        self, client: Client, instance: Instance, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        publish(instance, through="2026-09-06")
        later = datetime.now(UTC) + timedelta(hours=37)
        monkeypatch.setattr("staffroom.site.health.timezone.now", lambda: later)
        response = client.get("/health")
        assert (response.status_code, response.json()["store"]["stale"]) == (503, True)

    def test_a_damaged_store_is_a_failure(self, client: Client, instance: Instance) -> None:
        instance.store.mkdir()
        (instance.store / "CURRENT").write_text("catalogue-00000001.json")
        (instance.store / "catalogue-00000001.json").write_text("{")
        response = client.get("/health")
        assert (response.status_code, response.json()["store"]) == (
            503,
            {"ok": False, "error": "StoreDamaged"},
        )

    def test_a_silent_database_is_a_failure(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse() -> None:
            raise OperationalError("could not connect to host=db user=lake password=…")

        monkeypatch.setattr(connections["audit"], "cursor", refuse)
        response = client.get("/health")
        assert (response.status_code, response.json()["database"]) == (
            503,
            {"ok": False, "error": "OperationalError"},
        )
