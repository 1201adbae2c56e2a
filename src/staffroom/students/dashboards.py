"""What the dashboards of a school count: absences, tardies and incidents of the students that are selected.

Callers pass students whom ``access`` has let through. Two queries a page, however many students there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Generic, TypeVar

from staffroom.students.models import Attendance, Incident, Student
from staffroom.students.models.people import StudentQuerySet

SCHOOL_DAY_BEGINS, SCHOOL_DAY_ENDS = 7, 15
"""The hours between which incidents are told apart; others are before or after school."""

E = TypeVar("E", "Missed", "Happened")


@dataclass(frozen=True, slots=True)
class Missed:
    """An absence or a tardy of one student."""

    student: int
    day: date
    is_excused: bool | None


@dataclass(frozen=True, slots=True)
class Happened:
    """An incident, at the institution's clock; ``has_time`` says whether the hour is known."""

    student: int
    at: datetime
    has_time: bool
    code: str
    location: str


@dataclass(frozen=True)
class Counted(Generic[E]):
    """Students by number, and what happened to them."""

    students: Mapping[int, Student]
    events: Sequence[E]

    def by(self, key: Callable[[E], str]) -> Counter[str]:
        """How many events there were, by what ``key`` says of each."""
        return Counter(map(key, self.events))

    def by_student(self) -> Counter[int]:
        return Counter(event.student for event in self.events)

    def by_students_of(self, key: Callable[[Student], str]) -> list[tuple[str, int, int]]:
        """For each group of students: its name, how many they are, and how many events were theirs."""
        sizes = Counter(key(student) for student in self.students.values())
        events = Counter(key(self.students[event.student]) for event in self.events)
        return [(name, size, events[name]) for name, size in sizes.items()]


def missed_by(
    students: StudentQuerySet, kind: str, *, since: date, until: date, excused: bool
) -> Counted[Missed]:
    """Absences or tardies between two days; ``excused`` says whether excused ones count."""
    known = _known(students)
    found = Attendance.objects.current().filter(
        student__in=students.values("pk"), kind=kind, day__range=(since, until)
    )
    if not excused:
        found = found.exclude(is_excused=True)
    rows = found.order_by("day", "student").values_list("student", "day", "is_excused")
    return Counted(known, [Missed(*row) for row in rows])


def incidents_of(students: StudentQuerySet, *, since: date, until: date, zone: tzinfo) -> Counted[Happened]:
    """Incidents from the beginning of one day to the end of another."""
    known = _known(students)
    found = Incident.objects.current().filter(
        student__in=students.values("pk"),
        occurred_at__gte=datetime.combine(since, datetime.min.time(), zone),
        occurred_at__lt=datetime.combine(until + timedelta(days=1), datetime.min.time(), zone),
    )
    rows = found.order_by("occurred_at", "pk").values_list(
        "student", "occurred_at", "has_exact_time", "code", "location"
    )
    return Counted(known, [Happened(row[0], row[1].astimezone(zone), *row[2:]) for row in rows])


def rates(missed: Counted[Missed]) -> list[tuple[date, int, float]]:
    """Each school day with its absences and the share of students who were there.

    A school day is one on which somebody was absent: the SIS names no others.
    """
    all_of_them = len(missed.students)
    by_day = Counter(event.day for event in missed.events)
    return [(day, count, (all_of_them - count) / all_of_them) for day, count in sorted(by_day.items())]


def class_of(student: Student) -> str:
    """What a class is called: its teacher, else its homeroom; empty where there is none."""
    homeroom = student.homeroom
    if homeroom is None:
        return ""
    return homeroom.educator.full_name if homeroom.educator else homeroom.name


def hour_of(event: Happened) -> int | None:
    """The hour, of those of the school day; None where it is another or not known."""
    if event.has_time and SCHOOL_DAY_BEGINS <= event.at.hour < SCHOOL_DAY_ENDS:
        return event.at.hour
    return None


def values_among(students: Iterable[Student], key: Callable[[Student], str]) -> list[str]:
    """What a filter offers: each value that is there, in order."""
    return sorted({value for student in students if (value := key(student))})


def _known(students: StudentQuerySet) -> Mapping[int, Student]:
    found = students.select_related("homeroom__educator").only(
        "local_id",
        "first_name",
        "last_name",
        "grade",
        "house",
        "counselor",
        "homeroom__name",
        "homeroom__educator__full_name",
    )
    return {student.pk: student for student in found}
