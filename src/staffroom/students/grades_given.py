"""Grades in sections: which sections a student attends now, and where the grade is low."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import QuerySet

from staffroom.students.models import AttendsSection, Student

LOW_BELOW = Decimal(69)
"""A grade below this is a D or an F."""


def sections_of(student: Student) -> QuerySet[AttendsSection]:
    """The student's sections with their grades, the newest year first."""
    found = AttendsSection.objects.current().filter(student=student)
    return found.select_related("section__course").order_by(
        "-section__year", "section__course__title", "section__term", "section__number"
    )


def has_sections(student: Student) -> bool:
    return AttendsSection.objects.current().filter(student=student).exists()


def low_grades_of(student: Student) -> int:
    """In how many sections of the newest year their grade is low."""
    found = sections_of(student)
    newest = found.first()
    if newest is None:
        return 0
    return found.filter(section__year=newest.section.year, grade_numeric__lt=LOW_BELOW).count()
