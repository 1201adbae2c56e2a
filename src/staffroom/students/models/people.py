"""Students, educators, and the schools, homerooms, courses and sections that join them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from staffroom.metrics.declaration import msg
from staffroom.students.logins import normal_login

ENROLLED = "Active"
"""The ``enrollment_status`` of students who attend."""


class School(models.Model):
    """A school as the SIS names it."""

    class Kind(models.TextChoices):
        """In the order in which lists show them."""

        EARLY_CHILDHOOD = "ECS", msg("Early childhood")
        ELEMENTARY = "ES", msg("Elementary")
        ELEMENTARY_MIDDLE = "ESMS", msg("Elementary and middle")
        MIDDLE = "MS", msg("Middle")
        HIGH = "HS", msg("High school")
        OTHER = "OTHER", msg("Other")

    local_id = models.CharField(max_length=40)
    """Its short code, such as HEA; unique whatever its case."""
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.OTHER)
    slug = models.SlugField(max_length=40, unique=True)
    """What stands for it in addresses."""

    class Meta:
        constraints = [models.UniqueConstraint(Lower("local_id"), name="students_school_once")]
        ordering = ["name", "local_id"]

    def __str__(self) -> str:
        return f"school {self.local_id}"


class EducatorQuerySet(models.QuerySet["Educator"]):
    def present(self) -> EducatorQuerySet:
        """Those whom the SIS still names."""
        return self.filter(missing_since=None)


class Educator(models.Model):
    """Somebody on the staff, as the SIS names them; ``grants`` and ``labels`` say what they may besides."""

    login = models.CharField(max_length=100, unique=True)
    """In the form of ``normal_login``: the name by which imports know them."""
    email = models.EmailField(max_length=254, blank=True, default="", db_index=True)
    """In the form of ``accounts.models.person.normal_email``: by it they are joined to who signs in."""
    full_name = models.CharField(max_length=200, blank=True, default="")
    """“Last, First”."""
    state_id = models.CharField(max_length=40, blank=True, default="")
    local_id = models.CharField(max_length=40, blank=True, default="")
    staff_type = models.CharField(max_length=100, blank=True, default="")
    phone = models.CharField(max_length=100, blank=True, default="")
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, related_name="educators")
    is_administrator = models.BooleanField(default=False)
    """The SIS says so, anew in each import: a principal or the like, no administrator of Staffroom."""
    missing_since = models.DateTimeField(null=True)
    """When an import first lacked them."""
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="educator"
    )
    """Who signs in for them; kept by ``signing_in``, not by imports."""
    closed_at = models.DateTimeField(null=True)
    """When ``signing_in`` ended the person's account because the educator was missing."""

    objects = EducatorQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("login"), name="students_educator_login_once")]
        ordering = ["full_name", "login"]

    def __str__(self) -> str:
        """The number alone, so that a log or a traceback never holds a name."""
        return f"educator {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.login = normal_login(self.login)
        super().save(*args, **kwargs)


class Homeroom(models.Model):
    """A class that meets every day; ``name`` is unique within its school."""

    name = models.CharField(max_length=100)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="homerooms")
    educator = models.ForeignKey(Educator, on_delete=models.SET_NULL, null=True, related_name="homerooms")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "name"], name="students_homeroom_once")]
        ordering = ["school_id", "name"]

    def __str__(self) -> str:
        return f"homeroom {self.pk}"


class StudentQuerySet(models.QuerySet["Student"]):
    def active(self) -> StudentQuerySet:
        """Those who are enrolled and whom the SIS still names."""
        return self.filter(enrollment_status=ENROLLED, missing_since=None)


class Student(models.Model):
    """A student as the SIS names them; ``local_id`` is the key by which all sources know them."""

    local_id = models.CharField(max_length=40, unique=True)
    state_id = models.CharField(max_length=40, blank=True, default="", db_index=True)
    first_name = models.CharField(max_length=100, blank=True, default="")
    last_name = models.CharField(max_length=100, blank=True, default="")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="students")
    homeroom = models.ForeignKey(Homeroom, on_delete=models.SET_NULL, null=True, related_name="students")
    grade = models.CharField(max_length=20, blank=True, default="")
    """One of ``grades.GRADES``, or what else the SIS says."""
    enrollment_status = models.CharField(max_length=40, blank=True, default="")
    missing_since = models.DateTimeField(null=True)
    """When an import first lacked them."""
    registered_on = models.DateField(null=True)
    born_on = models.DateField(null=True)
    gender = models.CharField(max_length=40, blank=True, default="")
    race = models.CharField(max_length=100, blank=True, default="")
    is_hispanic = models.BooleanField(null=True)
    home_language = models.CharField(max_length=100, blank=True, default="")
    lunch = models.CharField(max_length=100, blank=True, default="")
    """Whether lunch is free or reduced, in the words of the SIS."""
    program = models.CharField(max_length=100, blank=True, default="")
    """The programme assigned, such as that of special education."""
    sped_placement = models.CharField(max_length=200, blank=True, default="")
    disability = models.CharField(max_length=200, blank=True, default="")
    sped_level = models.CharField(max_length=100, blank=True, default="")
    """How much special education they need."""
    sped_liaison = models.CharField(max_length=200, blank=True, default="")
    plan_504 = models.CharField(max_length=100, blank=True, default="")
    language_status = models.CharField(max_length=100, blank=True, default="")
    """The SIS's ``limited_english_proficiency``."""
    ell_entry_on = models.DateField(null=True)
    ell_transition_on = models.DateField(null=True)
    address = models.CharField(max_length=500, blank=True, default="")
    phone = models.CharField(max_length=100, blank=True, default="")
    email = models.CharField(max_length=254, blank=True, default="")
    house = models.CharField(max_length=100, blank=True, default="")
    counselor = models.CharField(max_length=200, blank=True, default="")

    objects = StudentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["school", "grade"], name="students_by_school_grade"),
            models.Index(fields=["last_name", "first_name"], name="students_by_name"),
            models.Index(fields=["enrollment_status", "missing_since"], name="students_by_enrolment"),
        ]
        ordering = ["last_name", "first_name", "local_id"]

    def __str__(self) -> str:
        """The number alone, so that a log or a traceback never holds a name."""
        return f"student {self.pk}"

    @property
    def name(self) -> str:
        """“First Last”, as pages speak of them."""
        return f"{self.first_name} {self.last_name}".strip() or self.local_id

    @property
    def roster_name(self) -> str:
        """“Last, First”, as lists name them."""
        return ", ".join(filter(None, (self.last_name, self.first_name))) or self.local_id

    @property
    def is_active(self) -> bool:
        return self.enrollment_status == ENROLLED and self.missing_since is None


class Course(models.Model):
    """A course of one school, taught in sections."""

    number = models.CharField(max_length=100)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="courses")
    title = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "number"], name="students_course_once")]
        ordering = ["school_id", "number"]

    def __str__(self) -> str:
        return f"course {self.pk}"


class Section(models.Model):
    """A course as it is taught to one group in one term."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="sections")
    year = models.PositiveSmallIntegerField()
    """The calendar year in which its school year ends, as the SIS writes it: 2027 is 2026-27."""
    term = models.CharField(max_length=20)
    """The SIS's name of the term, such as Q1, S2 or FY."""
    number = models.CharField(max_length=100)
    schedule = models.CharField(max_length=200, blank=True, default="")
    room = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "year", "term", "number"], name="students_section_once")
        ]
        indexes = [models.Index(fields=["year", "term"], name="students_section_by_term")]
        ordering = ["course_id", "-year", "term", "number"]

    def __str__(self) -> str:
        return f"section {self.pk}"
