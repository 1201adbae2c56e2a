"""One due time of a schedule: the unique row that lets it run once, however many workers look."""

from __future__ import annotations

from django.db import models


class Tick(models.Model):
    """``run`` is empty on the row that marks when a schedule was first seen: nothing was due before it.

    ``rule`` is the expression and time zone that the due time came from. A change of either starts afresh.
    """

    schedule = models.CharField(max_length=100)
    rule = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    run = models.ForeignKey("jobs.Run", null=True, on_delete=models.SET_NULL, related_name="ticks")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["schedule", "rule", "due_at"], name="jobs_one_tick_a_due_time")
        ]

    def __str__(self) -> str:
        return f"{self.schedule} {self.due_at.isoformat()}"
