"""What is done for a student: a service with its days, entered one by one or by a list."""

from __future__ import annotations

from django.db import models

from staffroom.students.models.people import Educator, Student


class ServiceUpload(models.Model):
    """A list of students who were given one service together; who deletes it deletes those services."""

    file_name = models.CharField(max_length=255, unique=True)
    uploaded_by = models.ForeignKey(Educator, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return f"service upload {self.pk}"


class Service(models.Model):
    """One service to one student."""

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="services")
    kind = models.CharField(max_length=40)
    """One of ``services_settings``, or one that was."""
    provider = models.CharField(max_length=200, blank=True, default="")
    """“Last, First”; empty where nobody is named."""
    starts_on = models.DateField()
    expected_to_end_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    """The first day on which it was given no more."""
    ended_by = models.ForeignKey(Educator, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Educator, on_delete=models.PROTECT, related_name="+")
    upload = models.ForeignKey(ServiceUpload, on_delete=models.CASCADE, null=True, related_name="services")

    class Meta:
        indexes = [models.Index(fields=["starts_on"], name="students_service_from")]
        ordering = ["-starts_on", "-id"]

    def __str__(self) -> str:
        return f"service {self.pk}"
