"""Who teaches and who attends which section."""

from __future__ import annotations

from django.db import models

from staffroom.students.models.people import Educator, Section, Student


class TeachesSectionQuerySet(models.QuerySet["TeachesSection"]):
    def current(self) -> TeachesSectionQuerySet:
        """The rows that are visible now."""
        return self.all()


class TeachesSection(models.Model):
    """An educator assigned to a section."""

    educator = models.ForeignKey(Educator, on_delete=models.CASCADE, related_name="teaches")
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="taught_by")

    objects = TeachesSectionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["educator", "section"], name="students_teaches_once")]

    def __str__(self) -> str:
        return f"assignment {self.pk}"


class AttendsSectionQuerySet(models.QuerySet["AttendsSection"]):
    def current(self) -> AttendsSectionQuerySet:
        """The rows that are visible now."""
        return self.all()


class AttendsSection(models.Model):
    """A student in a section, with their grade in it."""

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="attends")
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="attended_by")
    grade_numeric = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    grade_letter = models.CharField(max_length=10, blank=True, default="")

    objects = AttendsSectionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["student", "section"], name="students_attends_once")]

    def __str__(self) -> str:
        return f"attendance of a section {self.pk}"
