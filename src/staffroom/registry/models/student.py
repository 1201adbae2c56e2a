"""A registered student."""

from __future__ import annotations

from django.db import models


class Student(models.Model):
    """``record`` is the JSON list of ``fields``; the other columns repeat what is searched by.

    ``digest`` tells whether a record that comes again has changed; ``batch`` is the number of the batch that
    the record is from.
    """

    state = models.CharField(max_length=2)
    ssid = models.CharField(max_length=40)
    digest = models.BinaryField()
    batch = models.BigIntegerField()
    changed_at = models.DateTimeField()
    institution = models.CharField(max_length=40)
    name = models.CharField(max_length=140)
    """“last name, first name” in lower case: what a search looks at."""
    record = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["state", "ssid"], name="registry_one_student_an_id")]
        indexes = [
            models.Index(fields=["state", "name"], name="registry_student_by_name"),
            models.Index(fields=["state", "institution"], name="registry_student_by_school"),
        ]
        ordering = ["state", "ssid"]

    def __str__(self) -> str:
        return f"student {self.pk}"


class Eligibility(models.Model):
    """An assessment that a student may take because its rules say so."""

    state = models.CharField(max_length=2)
    ssid = models.CharField(max_length=40)
    assessment = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["state", "ssid", "assessment"], name="registry_one_eligibility")
        ]
        indexes = [models.Index(fields=["state", "assessment"], name="registry_eligible_for")]

    def __str__(self) -> str:
        return f"eligibility {self.pk}"
