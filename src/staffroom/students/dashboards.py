"""What the dashboards of a school count: absences, tardies and incidents of the students that are selected.

Callers pass students whom ``access`` has let through. A few queries a page, however many students there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property
from typing import Generic, TypeVar

from staffroom.students.models import Attendance, Incident
from staffroom.students.models.people import StudentQuerySet
from staffroom.students.models.versions import VersionedQuerySet

E = TypeVar("E", "Missed", "Happened")


@dataclass(frozen=True, slots=True)
class Pupil:
    """A student, as far as dashboards look at one; texts that are not stated are empty."""

    id: int
    local_id: str
    first_name: str
    last_name: str
    grade: str
    house: str
    counselor: str
    homeroom: int | None
    room: str
    teacher: str

    @property
    def name(self) -> str:
        """“Last, First”, as lists name them."""
        return ", ".join(filter(None, (self.last_name, self.first_name))) or self.local_id

    @property
    def class_name(self) -> str:
        """What their class is called: its teacher, else its homeroom; empty where there is none."""
        return self.teacher or self.room


@dataclass(frozen=True, slots=True)
class Missed:
    """An absence or a tardy of one student."""

    student: int
    day: date
    is_excused: bool | None
    reason: str


@dataclass(frozen=True, slots=True)
class Happened:
    """An incident, at the institution's clock; ``has_time`` says whether the hour is known."""

    student: int
    at: datetime
    has_time: bool
    code: str
    location: str


@dataclass(frozen=True, slots=True)
class Presence:
    """How many were absent in a time of so many ``days`` of school, and the ``share`` of students present."""

    begins: date
    days: int
    absences: int
    share: float


@dataclass(frozen=True)
class Counted(Generic[E]):
    """Students by number, and what happened to them, in the order of time."""

    students: Mapping[int, Pupil]
    events: Sequence[E]

    def by(self, key: Callable[[E], str]) -> Counter[str]:
        """How many events there were, by what ``key`` says of each."""
        return Counter(map(key, self.events))

    @cached_property
    def by_student(self) -> Counter[int]:
        return Counter(event.student for event in self.events)

    def by_class(self) -> list[tuple[str, int, int]]:
        """For each class: its name, how many students it has, and how many events were theirs."""
        sizes = Counter(pupil.class_name for pupil in self.students.values())
        events = Counter(self.students[event.student].class_name for event in self.events)
        return [(name, size, events[name]) for name, size in sizes.items()]


def pupils_of(students: StudentQuerySet) -> dict[int, Pupil]:
    """These students by number."""
    rows = students.order_by().values_list(
        "pk",
        "local_id",
        "first_name",
        "last_name",
        "grade",
        "house",
        "counselor",
        "homeroom",
        "homeroom__name",
        "homeroom__educator__full_name",
    )
    return {row[0]: Pupil(*row[:8], row[8] or "", row[9] or "") for row in rows}


def missed_by(
    students: StudentQuerySet,
    selected: Mapping[int, Pupil],
    kind: str,
    *,
    since: date,
    until: date,
    excused: bool = True,
) -> Counted[Missed]:
    """Absences or tardies of the selected between two days; ``excused`` says whether excused ones count."""
    found = _attendance(students, since, until).filter(kind=kind)
    if not excused:
        found = found.exclude(is_excused=True)
    rows = found.order_by("day", "student").values_list("student", "day", "is_excused", "reason")
    return Counted(selected, [Missed(*row) for row in rows if row[0] in selected])


def incidents_of(
    students: StudentQuerySet, selected: Mapping[int, Pupil], *, since: date, until: date, zone: tzinfo
) -> Counted[Happened]:
    """Incidents of the selected from the beginning of one day to the end of another."""
    found = Incident.objects.current().filter(
        student__in=students.values("pk"),
        occurred_at__gte=datetime.combine(since, datetime.min.time(), zone),
        occurred_at__lt=datetime.combine(until + timedelta(days=1), datetime.min.time(), zone),
    )
    rows = found.order_by("occurred_at", "pk").values_list(
        "student", "occurred_at", "has_exact_time", "code", "location"
    )
    return Counted(
        selected,
        [Happened(row[0], row[1].astimezone(zone), *row[2:]) for row in rows if row[0] in selected],
    )


def school_days(students: StudentQuerySet, *, since: date, until: date) -> list[date]:
    """The days on which somebody of these students was absent or tardy: the SIS names no others.

    Ask for all students of a school, not for a class: on most days nobody of a class is absent.
    """
    return sorted(_attendance(students, since, until).order_by().values_list("day", flat=True).distinct())


def presence_by_day(missed: Counted[Missed], days: Sequence[date]) -> list[Presence]:
    """Each school day; days on which nobody of the selected was absent are whole."""
    return _presence(missed, days, lambda day: day)


def presence_by_month(missed: Counted[Missed], days: Sequence[date]) -> list[Presence]:
    """Each month by its first day, with the school days that it had."""
    return _presence(missed, days, lambda day: day.replace(day=1))


def _presence(missed: Counted[Missed], days: Sequence[date], begin: Callable[[date], date]) -> list[Presence]:
    """100 % less absences for each student and school day."""
    lengths = Counter(map(begin, days))
    absences = Counter(begin(event.day) for event in missed.events)
    return [
        Presence(
            begins,
            length,
            absences[begins],
            1 - absences[begins] / (length * len(missed.students)) if missed.students else 1.0,
        )
        for begins, length in sorted(lengths.items())
    ]


def _attendance(students: StudentQuerySet, since: date, until: date) -> VersionedQuerySet[Attendance]:
    return Attendance.objects.current().filter(student__in=students.values("pk"), day__range=(since, until))
