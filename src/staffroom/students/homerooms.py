"""Homerooms with their grades. Callers pass what ``access`` has let through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from staffroom.students.grades import grade_order
from staffroom.students.models import Homeroom, Student


@dataclass(frozen=True, slots=True)
class HomeroomLine:
    """``grades`` are those of its active students, in their order; ``by_grade`` counts these."""

    id: int
    name: str
    school: str
    teacher: str
    teacher_id: int | None
    by_grade: dict[str, int]

    @property
    def grades(self) -> tuple[str, ...]:
        return tuple(sorted(self.by_grade, key=grade_order))

    @property
    def students(self) -> int:
        return sum(self.by_grade.values())


def homeroom_lines(homerooms: QuerySet[Homeroom]) -> list[HomeroomLine]:
    """Homerooms that have active students, by school, first grade and name."""
    counts: dict[int, dict[str, int]] = {}
    students = Student.objects.active().filter(homeroom__in=homerooms.values("pk")).order_by()
    for homeroom, grade, count in students.values_list("homeroom", "grade").annotate(Count("pk")):
        counts.setdefault(homeroom, {})[grade] = count
    rows = homerooms.order_by().values_list("pk", "name", "school__name", "educator__full_name", "educator")
    lines = [
        HomeroomLine(pk, name, school, teacher or "", teacher_id, counts[pk])
        for pk, name, school, teacher, teacher_id in rows
        if pk in counts
    ]
    return sorted(lines, key=lambda line: (line.school, grade_order(line.grades[0]), line.name))


def by_grade(lines: list[HomeroomLine]) -> Iterator[tuple[str, HomeroomLine]]:
    """Each homeroom under each of its grades, grades in their order."""
    pairs = [(grade, line) for line in lines for grade in line.by_grade]
    yield from sorted(pairs, key=lambda pair: (grade_order(pair[0]), pair[1].school, pair[1].name))
