"""Schools with how many belong to them. Callers pass what ``access`` has let through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from staffroom.students.models import Educator, Homeroom, School
from staffroom.students.models.people import StudentQuerySet

KIND_ORDER = {kind: place for place, kind in enumerate(School.Kind)}


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """``students`` counts active ones by grade, ``homerooms`` those with active students."""

    school: School
    students: dict[str, int]
    homerooms: int
    educators: int

    @property
    def total(self) -> int:
        return sum(self.students.values())


def school_lines(schools: QuerySet[School], students: StudentQuerySet) -> list[SchoolLine]:
    """Schools that have some of ``students``, by kind and name; only these are counted."""
    counts: dict[int, dict[str, int]] = {}
    found = students.filter(school__in=schools.values("pk")).order_by()
    for school, grade, count in found.values_list("school", "grade").annotate(Count("pk")):
        counts.setdefault(school, {})[grade] = count
    rooms = Homeroom.objects.filter(pk__in=found.values("homeroom"))
    homerooms = dict(rooms.order_by().values_list("school").annotate(Count("pk")))
    present = Educator.objects.present().exclude(school=None)
    educators = dict(present.order_by().values_list("school").annotate(Count("pk")))
    lines = [
        SchoolLine(one, counts[one.pk], homerooms.get(one.pk, 0), educators.get(one.pk, 0))
        for one in schools
        if one.pk in counts
    ]
    return sorted(lines, key=lambda line: (KIND_ORDER[School.Kind(line.school.kind)], line.school.name))


def grades_of(lines: Iterable[SchoolLine]) -> set[str]:
    return {grade for line in lines for grade in line.students}
