"""A due time becomes a run: the tick that lets each due time run once, however many workers look."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from staffroom.jobs.due import Schedule, newest_due
from staffroom.jobs.models import Run, Tick
from staffroom.jobs.models.run import SCHEDULE
from staffroom.jobs.runs import queue


def tick(schedule: Schedule, now: datetime) -> Run | None:
    """Queue the newest due time unless it was seen before; earlier ones that were missed stay missed.

    The first look at a schedule only marks where it begins: what was due before is nobody's loss.
    """
    due = newest_due(schedule, now)
    seen = Tick.objects.filter(schedule=schedule.task, rule=schedule.rule)
    last = seen.order_by("-due_at").first()
    if last is not None and last.due_at >= due:
        return None
    try:
        with transaction.atomic():
            mark = Tick.objects.create(schedule=schedule.task, rule=schedule.rule, due_at=due)
            if last is None:
                return None
            mark.run = queue(schedule.task, started_by=SCHEDULE)
            mark.save(update_fields=["run"])
            return mark.run
    except IntegrityError:  # another worker saw it in the same moment
        return None


def drop_old(before: datetime) -> int:
    """Delete ticks due before ``before``, the newest of each schedule apart; returns how many went."""
    newest: dict[tuple[str, str], int] = {}
    for key, schedule, rule in Tick.objects.order_by("due_at").values_list("id", "schedule", "rule"):
        newest[schedule, rule] = key
    old = Tick.objects.filter(due_at__lt=before).exclude(id__in=newest.values())
    return old.delete()[0]
