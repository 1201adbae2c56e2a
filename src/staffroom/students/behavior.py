"""Incidents of behaviour, counted by student. Callers pass students whom ``access`` has let through."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count

from staffroom.students.models import Incident
from staffroom.students.models.people import StudentQuerySet


def incidents_by_student(students: StudentQuerySet, *, since: datetime, before: datetime) -> dict[int, int]:
    """Incidents from ``since`` to before ``before``, by the student's id; who has none is left out."""
    found = Incident.objects.current().filter(
        occurred_at__gte=since, occurred_at__lt=before, student__in=students.values("pk")
    )
    return dict(found.order_by().values_list("student").annotate(Count("pk")))
