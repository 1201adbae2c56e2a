"""``/health`` for monitors: databases, store, freshness and the registry's queue as JSON."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connections
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from staffroom.errors import StaffroomError
from staffroom.events.catalogue import Store
from staffroom.metrics.catalogue import METRICS
from staffroom.registry.settings import registry_settings
from staffroom.registry.waiting import what_waits


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view
    """What monitors ask: 503 where something is not well, ``degraded`` where senders are sent away."""
    checks = {"database": database_health(), "store": store_health(), **registry_health()}
    well = all(check["ok"] for check in checks.values())
    busy = checks.get("registry", {}).get("full", False)
    status = ("degraded" if busy else "ok") if well else "failing"
    return JsonResponse({"status": status, **checks}, status=200 if well else 503)


def database_health() -> dict[str, Any]:
    """Whether every database answers; names the error's class where one does not."""
    try:
        for alias in connections:
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT 1")
    except DatabaseError as error:
        return {"ok": False, "error": type(error).__name__}
    return {"ok": True}


def registry_health() -> dict[str, dict[str, Any]]:
    """What waits to be drained, where there is a registry. A full queue is no failure while it is drained:
    pages answer, and nothing is lost; senders are told to come back later. One that nobody drains is."""
    try:
        registry = registry_settings(settings.INSTANCE)
        if not registry.enabled:
            return {}
        waiting = what_waits()
    except (DatabaseError, StaffroomError) as error:
        return {"registry": {"ok": False, "error": type(error).__name__}}
    age = timezone.now() - waiting.since if waiting.since else timedelta()
    stuck = waiting.stands_still(registry)
    return {
        "registry": {
            "ok": not stuck,
            "waiting_batches": waiting.batches,
            "waiting_students_about": waiting.students_about,
            "oldest_seconds": int(age.total_seconds()),
            "full": waiting.is_full(registry),
            "stuck": stuck,
        }
    }


def store_health() -> dict[str, Any]:
    """Whether the store can be read, how far its metrics reach, and whether its version is too old."""
    try:
        catalogue = Store(settings.INSTANCE.store).current()
    except (OSError, StaffroomError) as error:
        return {"ok": False, "error": type(error).__name__}
    limit = timezone.now() - timedelta(hours=settings.SITE.stale_after_hours)
    published_at = catalogue.published_at
    stale = published_at is not None and datetime.fromisoformat(published_at) < limit
    tables = catalogue.tables
    computed = [tables[metric.name] for metric in METRICS if metric.name in tables]
    through = [table.through for table in computed if table.through]
    return {
        "ok": not stale,
        "version": catalogue.number,
        "through": max(through, default=None),
        "published_at": published_at,
        "stale": stale,
        "failed_tables": sorted(name for name, table in tables.items() if table.problem),
    }
