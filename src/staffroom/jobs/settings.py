"""The sections ``[jobs]`` and ``[schedule]`` of staffroom.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cronsim import CronSimError

from staffroom.config import SETTINGS_FILE, Instance, at_least
from staffroom.errors import SettingsError
from staffroom.jobs.due import Schedule, next_due
from staffroom.jobs.tasks import ANY_TIME

SECTION = f"{SETTINGS_FILE} [schedule]"


@dataclass(frozen=True, slots=True)
class JobsSettings:
    """How patient the worker is."""

    lease_seconds: int = at_least(1, default=60)
    """A run whose worker was silent for so long is lost and queued again."""
    tries: int = at_least(1, default=3)
    """How often a run may be lost before it is given up."""
    stop_seconds: int = at_least(0, default=60)
    """How long a run may take to end once it was told to stop; then it is killed."""
    quiet_source_days: int = at_least(0, default=3)
    """A source that has delivered nothing for so many days is reported, by mail and by ``staffroom check``; 0
    reports none."""


def schedules(instance: Instance) -> tuple[Schedule, ...]:
    """The instance's schedules, in the order of the file. Raises SettingsError for one that cannot be."""
    section = instance.sections.get("schedule", {})
    if not isinstance(section, Mapping):
        raise SettingsError(SECTION, "is not a section.", next_step='Write: nightly = "0 3 * * *"')
    return tuple(_schedule(name, value, instance.institution.zone) for name, value in section.items())


def _schedule(name: str, expression: object, zone: ZoneInfo) -> Schedule:
    place = f"{SECTION} {name}"
    if name not in ANY_TIME:
        known = ", ".join(map(repr, ANY_TIME))
        raise SettingsError(place, "is nothing that can be scheduled.", next_step=f"Known: {known}.")
    if not isinstance(expression, str) or len(expression.split()) != 5:
        raise SettingsError(
            place,
            f"is {expression!r}, which is not a cron expression of five fields.",
            next_step="Write minute, hour, day, month and weekday, such as '0 3 * * *'.",
        )
    schedule = Schedule(name, " ".join(expression.split()), zone)
    try:
        next_due(schedule, datetime.now(UTC))
    except CronSimError as error:
        raise SettingsError(
            place,
            f"is {expression!r}, which is not a cron expression: {str(error)[:1].lower()}{str(error)[1:]}.",
            next_step="Write minute, hour, day, month and weekday, such as '0 3 * * *'.",
        ) from None
    except StopIteration:
        raise SettingsError(place, f"is {expression!r}, which is never due.") from None
    return schedule
