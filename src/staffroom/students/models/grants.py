"""What project leads grant to educators beyond their own classes, and what they changed when."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from staffroom.students.models.people import Educator


class Grants(models.Model):
    """What one educator may see beyond their homeroom and sections. Changed only by ``students.granting``.

    Who has no row has none of it. The two ``only_`` flags take away: whoever has one never gets more.
    """

    educator = models.OneToOneField(
        Educator, on_delete=models.CASCADE, primary_key=True, related_name="grants"
    )
    districtwide = models.BooleanField(default=False)
    """Every student, school and section."""
    sets_access = models.BooleanField(default=False)
    """A project lead: changes grants and labels, sees as others see; by itself no student."""
    schoolwide = models.BooleanField(default=False)
    """Every student of their own school, and its school pages."""
    grade_levels = models.JSONField(default=list)
    """Grades of their own school, such as ["5", "6"]."""
    only_special_education = models.BooleanField(default=False)
    """Nobody outside special education, whatever else is granted, districtwide excepted."""
    only_english_learners = models.BooleanField(default=False)
    """Nobody who is fluent in English, whatever else is granted, districtwide excepted."""
    reads_restricted_notes = models.BooleanField(default=False)
    """The text of restricted notes about students whom they may see."""

    class Meta:
        verbose_name_plural = "grants"

    def __str__(self) -> str:
        return f"grants of educator {self.educator_id}"


class Label(models.Model):
    """One named grant from the list ``students.labels``."""

    educator = models.ForeignKey(Educator, on_delete=models.CASCADE, related_name="labels")
    key = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["educator", "key"], name="students_label_once")]
        ordering = ["key"]

    def __str__(self) -> str:
        return f"label {self.key} of educator {self.educator_id}"


class GrantChange(models.Model):
    """One field of one educator's grants, or one label, as somebody changed it."""

    educator = models.ForeignKey(Educator, on_delete=models.CASCADE, related_name="grant_changes")
    """Whose grants."""
    changed_by = models.BigIntegerField(null=True)
    """The person's id; null where nobody signed in did it."""
    through = models.CharField(max_length=20)
    """``page``, ``command line`` or ``import``."""
    field = models.CharField(max_length=60)
    """A field of ``Grants``, or ``label:<key>``."""
    before = models.JSONField()
    after = models.JSONField()
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["changed_at"], name="students_change_at")]
        ordering = ["-changed_at", "-id"]

    def __str__(self) -> str:
        return f"change {self.pk}"
