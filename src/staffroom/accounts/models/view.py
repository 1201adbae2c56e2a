"""One view of learners' records, or one export of them."""

from __future__ import annotations

from django.db import models


class View(models.Model):
    """Who saw which learners, where and when, in the database ``audit``.

    People and learners are named by id: no key leads to another database.
    """

    person_id = models.BigIntegerField()
    """0 where a program of the registry asked, which is then named by ``client``."""
    client = models.CharField(max_length=100, blank=True, default="")
    at = models.DateTimeField()
    what = models.CharField(max_length=200)
    """The page or resource and its form, such as ``courses/time/by_learner.csv``."""
    course_id = models.CharField(max_length=255, blank=True, default="")
    learner_count = models.PositiveIntegerField()
    learners = models.BinaryField()
    """The learners' ids, sorted and packed by ``accounts.trail``."""

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="accounts_view_at"),
            models.Index(fields=["person_id", "at"], name="accounts_view_person"),
            models.Index(fields=["course_id", "at"], name="accounts_view_course"),
        ]
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"view {self.pk}"
