"""A student's absences, tardies and incidents, month by month, as the charts of a profile draw them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from staffroom.students.models import Attendance, Incident, Student

MONTHS = 48
"""So far back go the charts of a profile."""


@dataclass(frozen=True, slots=True)
class Absences:
    """The days absent of one month; ``excused`` are those that the district says are."""

    month: date
    unexcused: int
    excused: int


@dataclass(frozen=True, slots=True)
class Month:
    """How many of something there were in one month."""

    month: date
    count: int


def months_until(today: date, count: int = MONTHS) -> list[date]:
    """The first days of the last ``count`` months, that of ``today`` included, in their order."""
    last = today.year * 12 + today.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(last - count + 1, last + 1)]


def absences(student: Student, today: date) -> list[Absences]:
    """A row for each of the last months, those without an absence included."""
    found = Counter(
        (day.replace(day=1), bool(excused))
        for day, excused in _attendance(student, Attendance.Kind.ABSENCE, today)
    )
    return [Absences(month, found[month, False], found[month, True]) for month in months_until(today)]


def tardies(student: Student, today: date) -> list[Month]:
    """A row for each of the last months, those without a tardy included."""
    return _by_month((day for day, _ in _attendance(student, Attendance.Kind.TARDY, today)), today)


def incidents(student: Student, today: date, zone: tzinfo) -> list[Month]:
    """A row for each of the last months, by the day on which it was in ``zone``."""
    return _by_month((when.astimezone(zone).date() for when in _incidents(student)), today)


def incident_hours(student: Student, since: datetime, zone: tzinfo) -> dict[tuple[int, int], int]:
    """Incidents since then by week day (1 is Monday) and hour, where the hour is known."""
    found = Incident.objects.current().filter(student=student, occurred_at__gte=since, has_exact_time=True)
    moments = (when.astimezone(zone) for when in found.values_list("occurred_at", flat=True))
    return dict(Counter((moment.isoweekday(), moment.hour) for moment in moments))


def _attendance(student: Student, kind: str, today: date) -> Iterator[tuple[date, bool | None]]:
    found = Attendance.objects.current().filter(student=student, kind=kind, day__lte=today)
    yield from found.filter(day__gte=months_until(today)[0]).values_list("day", "is_excused")


def _incidents(student: Student) -> Iterator[datetime]:
    yield from Incident.objects.current().filter(student=student).values_list("occurred_at", flat=True)


def _by_month(days: Iterable[date], today: date) -> list[Month]:
    found = Counter(day.replace(day=1) for day in days)
    return [Month(month, found[month]) for month in months_until(today)]
