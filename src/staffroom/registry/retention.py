"""What a night deletes of the registry: bytes and batches kept long enough, tokens that have ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from staffroom.config import Instance
from staffroom.registry.models import AccessToken, Batch, Body, Note
from staffroom.registry.models.batch import WAITING
from staffroom.registry.settings import registry_settings
from staffroom.registry.writing import DATABASE

AT_ONCE = 200
"""So many are deleted in one transaction, so that nobody who sends waits long."""


def drop_old(instance: Instance, now: datetime | None = None) -> dict[str, int]:
    """Delete what is older than its setting; what still waits to be drained stays however old it is."""
    settings = registry_settings(instance)
    now = now or timezone.now()
    drained = Batch.objects.exclude(standing__in=WAITING)
    of_bodies = drained.filter(updated_at__lt=now - timedelta(days=settings.body_days))
    old = drained.filter(updated_at__lt=now - timedelta(days=settings.batch_days))
    return {
        "registry_bodies": _drop(Body.objects.filter(batch__in=of_bodies)),
        "registry_errors": _drop(Note.objects.filter(batch__in=old)),
        "registry_batches": _drop(old.filter(held=0, body=None)),
        "registry_tokens": AccessToken.objects.filter(expires_at__lt=now).delete()[0],
    }


def _drop(rows: QuerySet[Any]) -> int:
    dropped = 0
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic(using=DATABASE):
            dropped += rows.model._default_manager.filter(pk__in=keys).delete()[0]
    return dropped
