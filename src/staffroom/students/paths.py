"""The addresses of students: their numbers, never their names or the ids that others know them by."""

from __future__ import annotations

from django.urls import reverse

from staffroom.web.tables import Row


def student_path(student: int) -> str:
    """The profile of the student with this number."""
    return reverse("students:student", args=[student])


def student_link(row: Row) -> str:
    """Where the row of a list leads: to the student whose number it has as ``id``."""
    return student_path(int(str(row["id"])))
