"""Sources that have fallen silent: nothing arrived for longer than ``[jobs] quiet_source_days``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from staffroom.config import Instance
from staffroom.events.ingest import ledger_path
from staffroom.intake.ledger import Ledger
from staffroom.intake.settings import folder_sources
from staffroom.jobs.settings import JobsSettings


def newest_arrivals(instance: Instance) -> Mapping[str, datetime]:
    """When each source's newest delivery arrived; sources that never delivered are left out."""
    if not ledger_path(instance).exists():
        return {}
    newest: dict[str, str] = {}
    for delivery in Ledger(ledger_path(instance)).deliveries():
        newest[delivery.source] = max(delivery.arrived_at, newest.get(delivery.source, ""))
    return {source: datetime.fromisoformat(at) for source, at in newest.items()}


def quiet_days(instance: Instance) -> dict[str, int]:
    """The sources that are silent for too long, each with the whole days since its newest delivery."""
    patience = instance.section("jobs", JobsSettings).quiet_source_days
    if not patience:
        return {}
    named = {source.name for source in folder_sources(instance)}
    days = {
        source: (datetime.now(UTC) - at).days
        for source, at in newest_arrivals(instance).items()
        if source in named
    }
    return {source: count for source, count in days.items() if count >= patience}
