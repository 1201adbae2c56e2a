"""One run of a verb, from the moment somebody asked for it: the truth about what was run, and how it went."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

SCHEDULE = "schedule"
COMMAND_LINE = "command line"


class State(models.TextChoices):
    """``lost`` is a run whose worker went silent too often; ``stopping`` is one that was asked to end."""

    QUEUED = "queued"
    RUNNING = "running"
    STOPPING = "stopping"
    DONE = "done"
    DONE_WITH_SKIPS = "done_with_skips"
    FAILED = "failed"
    LOST = "lost"
    STOPPED = "stopped"


UNDER_WAY = (State.RUNNING, State.STOPPING)
ENDED = (State.DONE, State.DONE_WITH_SKIPS, State.FAILED, State.LOST, State.STOPPED)
FAILED = (State.FAILED, State.LOST)


class Run(models.Model):
    """A row holds ids, counts, names of steps and classes of errors; never a person's data.

    ``name`` is the verb as one types it (``nightly``, ``events ingest``), ``arguments`` its options.
    ``started_by`` is a person's id, ``schedule`` or ``command line``. Runs of the same ``lane`` wait for
    each other; a run that goes on where it was typed has none: nobody queued it and nobody takes it up
    again. ``worker`` and ``lease_until`` say who runs it and until when it counts as alive.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    arguments = models.JSONField(default=dict)
    lane = models.CharField(max_length=50, default="")
    state = models.CharField(max_length=20, choices=State.choices, default=State.QUEUED)
    started_by = models.CharField(max_length=100)
    queued_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=200, default="")
    lease_until = models.DateTimeField(null=True)
    progress = models.JSONField(default=list)
    """The steps so far, in order: ``step``, ``done``, ``total`` (null where unknown), ``unit``."""
    counts = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    """What the run told of itself beside its counts, such as the number of the published catalogue."""
    exit_code = models.SmallIntegerField(null=True)
    problem = models.CharField(max_length=100, default="")
    """The class of the error that ended it."""
    problem_place = models.CharField(max_length=300, default="")
    log = models.CharField(max_length=200, default="")
    """Its log file, relative to the instance's ``logs``."""
    told_at = models.DateTimeField(null=True)
    """When the operators were told how it ended; null where they were not, or need not be."""

    class Meta:
        ordering = ("-queued_at", "id")
        indexes = [
            models.Index(fields=["state", "queued_at"], name="jobs_run_by_state"),
            models.Index(fields=["name", "-finished_at"], name="jobs_run_by_name"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["lane"],
                condition=Q(state__in=("running", "stopping")) & ~Q(lane=""),
                name="jobs_one_run_a_lane",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.id}"

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED

    @property
    def has_failed(self) -> bool:
        return self.state in FAILED

    def duration(self, now: datetime | None = None) -> timedelta | None:
        """How long it has run; None where it has not started."""
        if self.started_at is None:
            return None
        return (self.finished_at or now or timezone.now()) - self.started_at
