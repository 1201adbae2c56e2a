"""What is recorded of students: sections, attendance, incidents, assessments, plans, documents.

All of it comes from imports and is replaced by them; what people enter stands elsewhere. Where a table's
unique key begins with the student, that is the index by student: a second one would only slow imports down.
"""

from __future__ import annotations

from django.db import models

from staffroom.students.models.people import Educator, Section, Student
from staffroom.students.models.versions import Versioned, one_at_a_time


class TeachesSection(Versioned):
    """An educator assigned to a section."""

    educator = models.ForeignKey(Educator, on_delete=models.CASCADE, related_name="teaches", db_index=False)
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="taught_by")

    class Meta(Versioned.Meta):
        constraints = [one_at_a_time("students_teaches_once", "educator", "section")]

    def __str__(self) -> str:
        return f"assignment {self.pk}"


class AttendsSection(Versioned):
    """A student in a section, with their grade in it. Rows that left stay: they are the grade's history."""

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="attends", db_index=False)
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="attended_by")
    grade_numeric = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    grade_letter = models.CharField(max_length=10, blank=True, default="")

    class Meta(Versioned.Meta):
        constraints = [one_at_a_time("students_attends_once", "student", "section")]

    def __str__(self) -> str:
        return f"attendance of a section {self.pk}"


class Attendance(Versioned):
    """One absence or tardy of one day."""

    class Kind(models.TextChoices):
        ABSENCE = "absence"
        TARDY = "tardy"

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="attendance", db_index=False)
    day = models.DateField()
    kind = models.CharField(max_length=7, choices=Kind.choices)
    is_dismissed = models.BooleanField(null=True)
    """Sent home during the day; null where the district does not say."""
    is_excused = models.BooleanField(null=True)
    reason = models.CharField(max_length=200, blank=True, default="")
    comment = models.TextField(blank=True, default="")

    class Meta(Versioned.Meta):
        constraints = [one_at_a_time("students_attendance_once", "student", "day", "kind")]

    def __str__(self) -> str:
        return f"attendance {self.pk}"


class Incident(Versioned):
    """One incident of behaviour."""

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="incidents", db_index=False)
    occurred_at = models.DateTimeField()
    has_exact_time = models.BooleanField()
    """Whether the hour is known; else ``occurred_at`` is that day's midnight in the institution's zone."""
    code = models.CharField(max_length=200, blank=True, default="")
    location = models.CharField(max_length=200, blank=True, default="")
    description = models.TextField(blank=True, default="")

    class Meta(Versioned.Meta):
        indexes = [
            *Versioned.Meta.indexes,
            models.Index(fields=["student", "occurred_at"], name="students_incident_when"),
        ]

    def __str__(self) -> str:
        return f"incident {self.pk}"


class Assessment(Versioned):
    """One result in one subject of MCAS or ACCESS."""

    class Test(models.TextChoices):
        MCAS = "mcas", "MCAS"
        MCAS_NEXT_GEN = "mcas_next_gen", "Next Gen MCAS"
        ACCESS = "access", "ACCESS"

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="assessments", db_index=False)
    test = models.CharField(max_length=13, choices=Test.choices)
    subject = models.CharField(max_length=20)
    """ELA or Mathematics; for ACCESS Composite, Oral, Reading …"""
    taken_on = models.DateField()
    scale_score = models.IntegerField(null=True)
    growth_percentile = models.IntegerField(null=True)
    performance_level = models.CharField(max_length=200, blank=True, default="")

    class Meta(Versioned.Meta):
        constraints = [one_at_a_time("students_assessment_once", "student", "test", "subject", "taken_on")]

    def __str__(self) -> str:
        return f"assessment {self.pk}"


class DibelsResult(Versioned):
    """One DIBELS result; ``benchmark`` is CORE, STRATEGIC or INTENSIVE."""

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="dibels", db_index=False)
    taken_on = models.DateField()
    benchmark = models.CharField(max_length=9)
    subtests = models.CharField(max_length=500, blank=True, default="")

    class Meta(Versioned.Meta):
        indexes = [
            *Versioned.Meta.indexes,
            models.Index(fields=["student", "taken_on"], name="students_dibels_when"),
        ]

    def __str__(self) -> str:
        return f"DIBELS result {self.pk}"


class StarResult(Versioned):
    """One STAR test."""

    class Subject(models.TextChoices):
        READING = "reading"
        MATH = "math"

    student = models.ForeignKey(
        Student, on_delete=models.CASCADE, related_name="star_results", db_index=False
    )
    subject = models.CharField(max_length=7, choices=Subject.choices)
    taken_at = models.DateTimeField()
    percentile = models.PositiveSmallIntegerField()
    grade_equivalent = models.CharField(max_length=20)
    total_seconds = models.IntegerField()

    class Meta(Versioned.Meta):
        constraints = [one_at_a_time("students_star_once", "student", "subject", "taken_at")]

    def __str__(self) -> str:
        return f"STAR result {self.pk}"


class Plan504(Versioned):
    """A 504 plan. ``status`` is the SIS's: 0 draft, 1 active, 2 previous, 3 rejected, 4 discarded."""

    ACTIVE = "1"

    oid = models.CharField(max_length=100)
    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="plans_504")
    status = models.CharField(max_length=20, blank=True, default="")
    effective_on = models.DateField()
    review_on = models.DateField(null=True)
    last_meeting_on = models.DateField(null=True)
    district_signed_on = models.DateField(null=True)
    parent_signed_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    changed_at = models.DateTimeField(null=True)
    """When it was changed in the SIS."""
    named_disability = models.TextField()
    responsible = models.TextField(blank=True, default="")
    details = models.JSONField(default=dict)
    """The other fields of the SIS's form that say something, by their numbers: {"005": "Category"}."""

    class Meta(Versioned.Meta):
        constraints = [one_at_a_time("students_plan_once", "oid")]

    def __str__(self) -> str:
        return f"504 plan {self.pk}"


class Accommodation(Versioned):
    """What a 504 plan grants. ``plan`` is the plan's ``oid``, which outlives its versions."""

    oid = models.CharField(max_length=100)
    plan = models.CharField(max_length=100, db_index=True)
    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="accommodations")
    description = models.TextField(blank=True, default="")
    given_by = models.TextField(blank=True, default="")
    changed_at = models.DateTimeField(null=True)

    class Meta(Versioned.Meta):
        constraints = [one_at_a_time("students_accommodation_once", "oid")]

    def __str__(self) -> str:
        return f"accommodation {self.pk}"


class Document(Versioned):
    """An IEP or a photo; its bytes are kept encrypted by ``documents``, under its digest."""

    class Kind(models.TextChoices):
        IEP = "iep", "IEP"
        PHOTO = "photo"

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="documents", db_index=False)
    kind = models.CharField(max_length=5, choices=Kind.choices)
    digest = models.CharField(max_length=64)
    """SHA-256 of its bytes: the same document comes once."""
    file_name = models.CharField(max_length=255)
    size = models.BigIntegerField()

    class Meta(Versioned.Meta):
        constraints = [one_at_a_time("students_document_once", "student", "kind", "digest")]

    def __str__(self) -> str:
        return f"document {self.pk}"
