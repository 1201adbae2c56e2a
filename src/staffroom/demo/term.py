"""The three weeks that the demo shows: their days, the institution's zone, and when a line arrives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

ZONE_NAME = "America/Chicago"
ZONE = ZoneInfo(ZONE_NAME)
DAYS = 21
EXAM_DAY = 14
"""The examination opens on the first day of the third week."""

ROTATED_AT = timedelta(hours=4)
"""The LMS rotates its log at this hour of the night; the file is named for the day of the rotation."""

MICROSECONDS = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Term:
    """Days count from 0 to 20, from any day of the week; instants are microseconds since 1970."""

    last_day: date

    @cached_property
    def first_day(self) -> date:
        return self.last_day - timedelta(days=DAYS - 1)

    @cached_property
    def delivery_days(self) -> tuple[date, ...]:
        """The dates in the names of the daily files: each brings the day before it."""
        return tuple(self.first_day + timedelta(days=number + 1) for number in range(DAYS))

    def weekday(self, day: int) -> int:
        """0 for a Monday."""
        return (self.first_day + timedelta(days=day)).weekday()

    def instant(self, day: int, hours: float) -> int:
        """An hour (with fraction) of a day of the term, in the institution's zone."""
        midnight = datetime.combine(self.first_day + timedelta(days=day), time(), ZONE).astimezone(UTC)
        return (midnight - _EPOCH) // timedelta(microseconds=1) + round(hours * 3600 * MICROSECONDS)

    def arrival(self, at: int, *, days_late: int = 0) -> date:
        """The date of the daily file that brings a line; what is later than the last file comes with it."""
        rotated_on = (as_datetime(at).astimezone(ZONE) - ROTATED_AT).date() + timedelta(days=1)
        return min(rotated_on + timedelta(days=days_late), self.delivery_days[-1])


def yesterday() -> date:
    """The last day that is over in the institution's zone: what a nightly run computes up to."""
    return datetime.now(ZONE).date() - timedelta(days=1)


def as_datetime(at: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at)


def stamp(at: int) -> str:
    """An instant as tracking logs write it."""
    return (_EPOCH + timedelta(microseconds=at)).isoformat(timespec="microseconds")
