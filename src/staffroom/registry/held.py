"""Students who were set aside until their school is known are registered once it is."""

from __future__ import annotations

from itertools import groupby

import orjson
from django.db import transaction
from django.db.models import F

from staffroom.registry.models import Batch, Held
from staffroom.registry.parts import Rules
from staffroom.registry.places import Places
from staffroom.registry.writing import DATABASE, Entry, register


def release(rules: Rules) -> None:
    """Register those set aside whose school is known by now, each under the number of its batch."""
    if rules.places.checked and rules.places.policy == "hold":
        known = [one for one in Held.objects.order_by("batch") if _is_known(one, rules.places)]
    else:
        known = list(Held.objects.order_by("batch"))
    for (number, state), group in groupby(known, key=lambda one: (one.batch, one.state)):
        entries = [_entry(one, rules.places) for one in group]
        with transaction.atomic(using=DATABASE):
            became = register(state, entries, batch=number, assessments=rules.assessments)
            Batch.objects.filter(id=number).update(
                held=F("held") - len(entries),
                created=F("created") + len(became.created),
                updated=F("updated") + len(became.updated),
                unchanged=F("unchanged") + len(became.unchanged),
                superseded=F("superseded") + len(became.superseded),
            )


def _is_known(one: Held, places: Places) -> bool:
    return places.fault(_entry(one, places).record) is None


def _entry(one: Held, places: Places) -> Entry:
    record = orjson.loads(one.record)
    if places.checked:
        places.fill_in(record)
    return Entry.of(record)
