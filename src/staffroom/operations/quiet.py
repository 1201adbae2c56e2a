"""Sources that have fallen silent: nothing arrived for longer than they say, or ``[jobs]`` says for all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

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
    arrived = newest_arrivals(instance)
    silent = {
        source.name: datetime.now(UTC) - arrived[source.name]
        for source in folder_sources(instance)
        if source.name in arrived
    }
    return {name: since.days for name, since in silent.items() if since >= patience_of(instance, name)}


def patience_of(instance: Instance, name: str) -> timedelta:
    """How long a source may be silent: ``expected_every_hours`` of its own, else the days for all."""
    (source,) = (one for one in folder_sources(instance) if one.name == name)
    if source.expected_every_hours:
        return timedelta(hours=source.expected_every_hours)
    days = instance.section("jobs", JobsSettings).quiet_source_days
    return timedelta(days=days) if days else timedelta.max
