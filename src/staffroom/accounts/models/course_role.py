"""What opens one course to one person."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class CourseRole(models.Model):
    """A person's role in the course with exactly this key; ``…+2024`` says nothing about ``…+2024_T1``."""

    class Role(models.TextChoices):
        """All three open the same pages; the word tells the others why somebody may see the course."""

        STAFF = "staff"
        INSTRUCTOR = "instructor"
        RESEARCHER = "researcher"

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="course_roles"
    )
    course_id = models.CharField(max_length=255)
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.STAFF)
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "course_id"], name="accounts_one_role_a_course"),
        ]
        indexes = [models.Index(fields=["course_id"], name="accounts_role_by_course")]
        ordering = ["course_id", "person_id"]

    def __str__(self) -> str:
        return f"{self.role} of {self.course_id}"
