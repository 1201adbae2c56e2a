"""Where typed rows are kept: the model of each, and what its fields refer to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from django.db import models

from staffroom.students.models import (
    Accommodation,
    Assessment,
    Attendance,
    AttendsSection,
    Course,
    DibelsResult,
    Document,
    Educator,
    Homeroom,
    Incident,
    Plan504,
    Section,
    StarResult,
    Student,
    TeachesSection,
    Versioned,
)
from staffroom.students.rows.assessments import AssessmentRow, DibelsRow
from staffroom.students.rows.attendance import AttendanceRow
from staffroom.students.rows.behavior import IncidentRow
from staffroom.students.rows.declaration import TypedRow, field_names
from staffroom.students.rows.documents import DocumentRow
from staffroom.students.rows.educators import EducatorRow, HomeroomRow
from staffroom.students.rows.plans import AccommodationRow, PlanRow
from staffroom.students.rows.sections import AttendsRow, CourseRow, SectionRow, TeachesRow
from staffroom.students.rows.star import StarRow
from staffroom.students.rows.students import StudentRow

IS_MISSING = "is_missing"
"""The last value of people's content: whether an import lacked them. In the model it is ``missing_since``."""

STUDENT = {"student": "student"}


@dataclass(frozen=True)
class Table:
    """One table of imports. ``refs`` names what a field refers to, by the kinds of ``directory``."""

    row: type[TypedRow]
    model: type[models.Model]
    refs: Mapping[str, str] = field(default_factory=dict)
    flags: bool = False
    """Whether people who are lacking are marked; they are never deleted."""
    keeps_history: bool = False
    day: str = ""
    """The field that says when, where only a window of days is compared."""

    @property
    def name(self) -> str:
        return self.row.TABLE

    @cached_property
    def fields(self) -> tuple[str, ...]:
        return field_names(self.row)

    @cached_property
    def content(self) -> tuple[str, ...]:
        """What is compared of a record, in its order."""
        return (*self.fields, IS_MISSING) if self.flags else self.fields

    @cached_property
    def key_places(self) -> tuple[int, ...]:
        return tuple(self.fields.index(name) for name in self.row.KEY)

    @property
    def is_versioned(self) -> bool:
        return issubclass(self.model, Versioned)

    @property
    def switch(self) -> str:
        """Its name in the table of switches."""
        return str(self.model._meta.model_name)

    def column(self, name: str) -> str:
        """The model's column of a field."""
        if name == IS_MISSING:
            return "missing_since"
        field: Any = self.model._meta.get_field(name)
        return str(field.column)


ALL = (
    Table(EducatorRow, Educator, {"school": "school"}, flags=True),
    Table(HomeroomRow, Homeroom, {"school": "school", "educator": "educator"}),
    Table(CourseRow, Course, {"school": "school"}),
    Table(SectionRow, Section, {"course": "course"}),
    Table(TeachesRow, TeachesSection, {"educator": "educator", "section": "section"}),
    Table(StudentRow, Student, {"school": "school", "homeroom": "homeroom"}, flags=True),
    Table(AttendsRow, AttendsSection, {**STUDENT, "section": "section"}, keeps_history=True),
    Table(AttendanceRow, Attendance, STUDENT, day="day"),
    Table(IncidentRow, Incident, STUDENT, day="occurred_at"),
    Table(AssessmentRow, Assessment, STUDENT, day="taken_on"),
    Table(DibelsRow, DibelsResult, STUDENT, day="taken_on"),
    Table(StarRow, StarResult, STUDENT),
    Table(PlanRow, Plan504, STUDENT),
    Table(AccommodationRow, Accommodation, STUDENT),
    Table(DocumentRow, Document, STUDENT),
)

TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in ALL})
