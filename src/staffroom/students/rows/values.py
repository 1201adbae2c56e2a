"""Texts of a row become values: days, times, numbers, yes and no, grades and names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

from staffroom.students.rows.declaration import Fault, Fields, Reading

OLDEST_YEARS = 50
_NO = frozenset(("0", "f", "false", "off", "no", "n"))
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_WHOLE = re.compile(r"([+-]?\d+)(?:\.0*)?")


@lru_cache(maxsize=4096)
def parsed_day(text: str, formats: Sequence[str]) -> date | None:
    """The day in the first format that fits; None for what is none."""
    for one in formats:
        try:
            return datetime.strptime(text, one).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def formats_of(reading: Reading) -> tuple[str, ...]:
    return reading.file.date_formats or reading.settings.date_formats


def day_or_none(fields: Fields, column: str, reading: Reading) -> date | None:
    """The day of a column that may be empty or wrong."""
    return parsed_day(fields[column], formats_of(reading)) if fields[column] else None


def clean_day(fields: Fields, column: str, reading: Reading, *, spares: str) -> date:
    """The day of a column that must be right: neither in the future nor over 50 years old. Raises Fault."""
    found = day_or_none(fields, column, reading)
    if found is None or not years_before(reading.today, OLDEST_YEARS) <= found <= reading.today:
        raise Fault("date", column, spares)
    return found


def years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def at_clock(day: date, text: str, zone: ZoneInfo) -> tuple[datetime, bool]:
    """The instant of ``hh:mm`` on that day in that zone, and whether the text said one; else midnight."""
    found = _CLOCK.match(text)
    is_exact = found is not None and int(found[1]) < 24 and int(found[2]) < 60
    clock = time(int(found[1]), int(found[2])) if found is not None and is_exact else time(0)
    return datetime.combine(day, clock, zone).astimezone(UTC), is_exact


def instant_of_milliseconds(text: str) -> datetime | None:
    """Milliseconds since 1970 as an instant; None for what is none."""
    number = whole_or_none(text)
    try:
        return None if number is None else datetime.fromtimestamp(number // 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def whole_or_none(text: str) -> int | None:
    """``70`` and ``70.00``; None for what is no whole number."""
    found = _WHOLE.fullmatch(text)
    return int(found[1]) if found is not None and len(text) < 20 else None


def decimal_or_none(text: str) -> Decimal | None:
    """A number with two decimals; None for what is none, or has over five digits before them."""
    try:
        number = Decimal(text).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 100_000 else None


def yes_or_none(text: str) -> bool | None:
    """None where nothing is stated; anything but a plain no is a yes."""
    return None if not text else text.lower() not in _NO


def needed(fields: Fields, column: str, *, spares: str = "*") -> str:
    """The text of a column that may not be empty. Raises Fault."""
    if not fields[column]:
        raise Fault("blank", column, spares)
    return fields[column]


def grade_of(text: str) -> str:
    """``07``, ``7`` and ``7.0`` are grade 7; what is no number stays as it is, in capitals."""
    number = whole_or_none(text)
    return text.upper() if number is None else str(number)


def two_names(full_name: str) -> tuple[str, str]:
    """(first, last) of “Last, First”. Raises Fault for anything else: one name alone, or several commas."""
    parts = [part.strip() for part in full_name.split(",")]
    if len(parts) > 2 and not all(parts):
        parts = [part for part in parts if part]
    if len(parts) != 2 or not all(parts):
        raise Fault("name", "full_name")
    return parts[1], parts[0]
