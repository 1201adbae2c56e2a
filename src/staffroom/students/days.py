"""The days that pages about students speak of: today, the school year, the last six weeks or so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from staffroom.config import Instance

RECENT_DAYS = 45
"""What "lately" means on every page, unless a page says otherwise."""


@dataclass(frozen=True, slots=True)
class Days:
    """``today`` by the institution's calendar; ``school_year`` is the first day of the current one."""

    today: date
    school_year: date

    @property
    def recent(self) -> date:
        """The first of the last ``RECENT_DAYS`` days."""
        return self.today - timedelta(days=RECENT_DAYS)


def days_on(day: date, instance: Instance) -> Days:
    return Days(day, instance.institution.school_year(day))


def days_now(instance: Instance) -> Days:
    return days_on(datetime.now(instance.institution.zone).date(), instance)


def midnight(day: date, instance: Instance) -> datetime:
    """The instant at which ``day`` begins in the institution's zone."""
    return datetime.combine(day, time(), instance.institution.zone)
