"""When a schedule is due: cron expressions in the institution's zone, across changes of its clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim


@dataclass(frozen=True, slots=True)
class Schedule:
    """``task`` is queued when the cron expression ``expression`` (five fields) is due in ``zone``."""

    task: str
    expression: str
    zone: ZoneInfo

    @property
    def rule(self) -> str:
        return f"{self.expression} {self.zone.key}"


def newest_due(schedule: Schedule, now: datetime) -> datetime:
    """The latest due time up to and with ``now``, as a UTC instant.

    A time of day that the clock skips is due when the clock has jumped; one that it repeats, the first time.
    """
    local = (now.replace(microsecond=0) + timedelta(seconds=1)).astimezone(schedule.zone)
    return next(CronSim(schedule.expression, local, reverse=True)).astimezone(UTC)


def next_due(schedule: Schedule, after: datetime) -> datetime:
    """The first due time after ``after``, as a UTC instant.

    Raises cronsim.CronSimError for what is no expression and StopIteration for one that is never due.
    """
    return next(CronSim(schedule.expression, after.astimezone(schedule.zone))).astimezone(UTC)
