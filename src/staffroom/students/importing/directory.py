"""Who is who: natural keys of people, schools and sections and their numbers in the database, both ways."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from staffroom.students.models import Course, Educator, Homeroom, Plan504, School, Section, Student

Natural = Any
"""A text, or a tuple of texts and numbers."""

PLANNED = 0
"""The number of what a dry run would have made."""


@dataclass(slots=True)
class Known:
    """One kind of thing: numbers by natural key, natural keys by number."""

    numbers: dict[Natural, int] = field(default_factory=dict)
    naturals: dict[int, Natural] = field(default_factory=dict)

    def add(self, natural: Natural, number: int) -> None:
        self.numbers[natural] = number
        if number != PLANNED:
            self.naturals[number] = natural


class Directory:
    """Each kind is read when it is first asked for; ``forget`` makes it be read again."""

    def __init__(self) -> None:
        self._known: dict[str, Known] = {}
        self._planned: dict[str, set[Natural]] = {}
        self._schools_of: dict[str, str] = {}

    def of(self, kind: str) -> Known:
        if kind not in self._known:
            known = Known()
            for natural, number in _READERS[kind](self):
                known.add(natural, number)
            for natural in self._planned.get(kind, ()):
                known.numbers.setdefault(natural, PLANNED)
            self._known[kind] = known
        return self._known[kind]

    def forget(self, *kinds: str) -> None:
        for kind in kinds or tuple(self._known):
            self._known.pop(kind, None)

    def plan(self, kind: str, naturals: Iterable[Natural]) -> None:
        """What a dry run would have made; later sources of the same run may refer to it."""
        self._planned.setdefault(kind, set()).update(naturals)
        self._known.pop(kind, None)

    def plan_school_of(self, local_id: str, school: str) -> None:
        self._schools_of[local_id] = school

    def school(self, code: str) -> str | None:
        """A school's code as it is stored, whatever the case in which a file writes it."""
        return self._schools.get(code.lower())

    def school_of(self, local_id: str) -> str:
        """The school of a student; empty for one who is not here."""
        self.of("student")
        return self._schools_of.get(local_id, "")

    @property
    def _schools(self) -> dict[str, str]:
        return {code.lower(): code for code in self.of("school").numbers}

    def _school_name(self, number: int) -> str:
        return str(self.of("school").naturals.get(number, ""))


Reader = Callable[[Directory], Iterator[tuple[Natural, int]]]


def _schools(directory: Directory) -> Iterator[tuple[Natural, int]]:  # noqa: ARG001 - as the others
    yield from School.objects.values_list("local_id", "pk")


def _educators(directory: Directory) -> Iterator[tuple[Natural, int]]:  # noqa: ARG001 - as the others
    yield from Educator.objects.order_by().values_list("login", "pk").iterator()


def _homerooms(directory: Directory) -> Iterator[tuple[Natural, int]]:
    for school, name, number in Homeroom.objects.order_by().values_list("school", "name", "pk"):
        yield (directory._school_name(school), name), number


def _courses(directory: Directory) -> Iterator[tuple[Natural, int]]:
    for school, course, number in Course.objects.order_by().values_list("school", "number", "pk"):
        yield (directory._school_name(school), course), number


def _sections(directory: Directory) -> Iterator[tuple[Natural, int]]:
    courses = directory.of("course").naturals
    rows = Section.objects.order_by().values_list("course", "number", "term", "year", "pk")
    for course, section, term, year, number in rows.iterator():
        yield (*courses[course], section, term, year), number


def _students(directory: Directory) -> Iterator[tuple[Natural, int]]:
    rows = Student.objects.order_by().values_list("local_id", "school", "pk")
    for local_id, school, number in rows.iterator():
        directory.plan_school_of(local_id, directory._school_name(school))
        yield local_id, number


def _plans(directory: Directory) -> Iterator[tuple[Natural, int]]:
    """Plans by number, and whose they are."""
    students = directory.of("student").naturals
    for oid, student, number in Plan504.objects.current().values_list("oid", "student", "pk"):
        yield (oid, students[student]), number


_READERS: dict[str, Reader] = {
    "school": _schools,
    "educator": _educators,
    "homeroom": _homerooms,
    "course": _courses,
    "section": _sections,
    "student": _students,
    "plan": _plans,
}
