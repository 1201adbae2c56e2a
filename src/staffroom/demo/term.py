"""The three weeks that the demo shows: their days, the institution's zone, and when a line arrives."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE_NAME = "America/Chicago"
ZONE = ZoneInfo(ZONE_NAME)
FIRST_DAY = date(2026, 9, 7)
"""A Monday."""
DAY_COUNT = 21
LAST_DAY = FIRST_DAY + timedelta(days=DAY_COUNT - 1)
EXAM_DAY = 14
"""The examination opens on the Monday of the third week (counted from the first day)."""

ROTATED_AT = timedelta(hours=4)
"""The LMS rotates its log at this hour of the night; the file is named for the day of the rotation."""

DELIVERY_DAYS = tuple(FIRST_DAY + timedelta(days=number + 1) for number in range(DAY_COUNT))
"""The dates in the names of the daily files."""

MICROSECONDS = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(day: int, hours: float) -> int:
    """Microseconds since 1970 of an hour (with fraction) of a day of the term, in the institution's zone."""
    midnight = datetime.combine(FIRST_DAY + timedelta(days=day), time(), ZONE).astimezone(UTC)
    return (midnight - _EPOCH) // timedelta(microseconds=1) + round(hours * 3600 * MICROSECONDS)


def as_datetime(at: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at)


def stamp(at: int) -> str:
    """An instant as tracking logs write it."""
    return (_EPOCH + timedelta(microseconds=at)).isoformat(timespec="microseconds")


def arrival(at: int, *, days_late: int = 0) -> date:
    """The date of the daily file that brings a line; what is later than the last file comes with it."""
    rotated_on = (as_datetime(at).astimezone(ZONE) - ROTATED_AT).date() + timedelta(days=1)
    return min(rotated_on + timedelta(days=days_late), DELIVERY_DAYS[-1])
