"""What a night deletes because it has been kept long enough."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.utils import timezone

from staffroom.accounts import trail
from staffroom.config import Instance
from staffroom.events.catalogue import Store
from staffroom.events.ingest import ledger_path
from staffroom.intake.folder import list_folder
from staffroom.intake.ledger import Ledger
from staffroom.intake.settings import folder_sources
from staffroom.jobs import runs, schedule
from staffroom.loader import retention as loader
from staffroom.operations.settings import Retention
from staffroom.registry import retention as registry

DAY_SECONDS = 24 * 3600
STORE_WAIT_SECONDS = 60


def drop_old(instance: Instance) -> dict[str, int]:
    """Delete what is older than its setting; returns how many of each went, zeros left out."""
    kept = instance.section("retention", Retention)
    dropped = {
        "deliveries": _drop_deliveries(instance, days=kept.deliveries_days),
        "rejects": _drop_files(instance.rejects.glob("*"), days=kept.rejects_days),
        "logs": _drop_files(instance.logs.rglob("*"), days=kept.logs_days),
        "runs": runs.drop_old(kept_days=kept.runs_days),
        "ticks": schedule.drop_old(timezone.now() - timedelta(days=kept.runs_days)),
        "sessions": _drop_sessions(),
        "failed_sign_ins": _drop_failed_sign_ins(days=kept.failed_sign_ins_days),
        "trail": trail.drop_old(kept_days=kept.trail_days),
        "store": _sweep(instance, kept.versions_hours),
        **loader.drop_old(instance, runs_days=kept.loader_runs_days, files_days=kept.loader_files_days),
        **registry.drop_old(instance),
    }
    return {what: count for what, count in dropped.items() if count}


def _drop_deliveries(instance: Instance, *, days: int) -> int:
    """Tracking logs that the ledger has settled; exports stay, because the newest of them are in use."""
    if not days or not ledger_path(instance).exists():
        return 0
    ledger = Ledger(ledger_path(instance))
    dropped = 0
    for source in folder_sources(instance):
        folder = source.logs_folder(instance)
        if folder is None or not folder.is_dir():
            continue
        settled = ledger.settled(source.name)
        paths = [
            file.path
            for file in list_folder(folder, source.log_pattern).files
            if ledger.content(file).digest in settled
        ]
        dropped += _drop_files(paths, days=days)
    return dropped


def _drop_sessions() -> int:
    """Sessions that ended unsaid: Django keeps their rows, which tell who was signed in, for ever."""
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]


def _drop_failed_sign_ins(*, days: int) -> int:
    """What django-axes keeps of failures, typed addresses included, until the next person signs in."""
    old = AccessAttempt.objects.filter(attempt_time__lt=timezone.now() - timedelta(days=days))
    return int(old.delete()[0])


def _sweep(instance: Instance, hours: int) -> int:
    store = Store(instance.store)
    with store.writing(wait_seconds=STORE_WAIT_SECONDS):
        return store.sweep(keep_seconds=hours * 3600)


def _drop_files(paths: Iterable[Path], *, days: int) -> int:
    before = time.time() - days * DAY_SECONDS
    old = [path for path in paths if path.is_file() and path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
