"""Absences and tardies, counted by student. Callers pass students whom ``access`` has let through."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q

from staffroom.students.models import Attendance
from staffroom.students.models.people import StudentQuerySet


def absences_by_student(
    students: StudentQuerySet, *, since: date, until: date, unexcused: bool = False
) -> dict[int, int]:
    """Days absent between two days, both included, by the student's id; who has none is left out.

    ``unexcused`` leaves out absences that the district says are excused, not those of which it says nothing.
    """
    condition = ~Q(is_excused=True) if unexcused else Q()
    return _by_student(students, Attendance.Kind.ABSENCE, Q(day__range=(since, until)) & condition)


def tardies_by_student(students: StudentQuerySet, *, since: date, until: date) -> dict[int, int]:
    """Days tardy between two days, both included, by the student's id; who has none is left out."""
    return _by_student(students, Attendance.Kind.TARDY, Q(day__range=(since, until)))


def attendance_by_student(
    students: StudentQuerySet, *, since: date, until: date
) -> dict[int, tuple[int, int]]:
    """Days absent and days tardy between two days, both included, by the student's id, in one query."""
    found = Attendance.objects.current().filter(day__range=(since, until), student__in=students.values("pk"))
    absent, tardy = (Count("pk", filter=Q(kind=kind)) for kind in Attendance.Kind)
    rows = found.order_by().values_list("student").annotate(absent=absent, tardy=tardy)
    return {student: (absences, tardies) for student, absences, tardies in rows}


def _by_student(students: StudentQuerySet, kind: str, condition: Q) -> dict[int, int]:
    found = Attendance.objects.current().filter(condition, kind=kind, student__in=students.values("pk"))
    return dict(found.order_by().values_list("student").annotate(Count("pk")))
