"""The table that decides whether one educator may see one student: the first row that fires decides.

``decide`` is the table as it is read, one student at a time; ``visible`` is the same table as one condition
of SQL. A property test holds them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from staffroom.config import Instance
from staffroom.metrics.declaration import msg
from staffroom.students.access_settings import AccessSettings, access_settings
from staffroom.students.labels import HOUSEMASTER
from staffroom.students.models import (
    AttendsSection,
    Educator,
    Grants,
    Homeroom,
    Section,
    Student,
    TeachesSection,
)

EVERYTHING = ~Q(pk__in=())
NOTHING = Q(pk__in=())


class Reason(StrEnum):
    """Why a student is visible, in the order in which the rows of the table fire."""

    DISTRICTWIDE = "districtwide"
    HOUSEMASTER = "housemaster"
    SCHOOLWIDE = "schoolwide"
    GRADE_LEVEL = "grade_level"
    HOMEROOM = "homeroom"
    SECTION = "section"


class Denial(StrEnum):
    """Why a student is not visible to an educator."""

    NOT_SPECIAL_EDUCATION = "not_special_education"
    FLUENT = "fluent"
    OTHER_SCHOOL = "other_school"
    NOTHING_OPENS = "nothing_opens"
    NOT_PRESENT = "not_present"


WORDS: Mapping[Reason | Denial, str] = {
    Reason.DISTRICTWIDE: msg("Sees every student of the district."),
    Reason.HOUSEMASTER: msg("Is a housemaster, and the student is in a grade that housemasters see."),
    Reason.SCHOOLWIDE: msg("Sees every student of this school."),
    Reason.GRADE_LEVEL: msg("Sees this grade of this school."),
    Reason.HOMEROOM: msg("Has the student in the homeroom."),
    Reason.SECTION: msg("Teaches a section that the student is in."),
    Denial.NOT_SPECIAL_EDUCATION: msg("Sees students of special education only, which the student is not."),
    Denial.FLUENT: msg("Sees English learners only, and the student is fluent."),
    Denial.OTHER_SCHOOL: msg("Belongs to another school than the student."),
    Denial.NOTHING_OPENS: msg("Has no grant, homeroom or section of this term that opens the student."),
    Denial.NOT_PRESENT: msg("Is no longer named by the student information system."),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings on one day. ``open_terms`` are those whose sections count, by a section's year."""

    settings: AccessSettings
    open_terms: Mapping[int, tuple[str, ...]]

    def open_sections(self) -> Q:
        """For ``Section``; nothing where no term is open."""
        condition = NOTHING
        if self.settings.uses_sections:
            for year, terms in self.open_terms.items():
                condition |= Q(year=year, term__in=terms)
        return condition

    def present(self) -> Q:
        """For ``Educator``: those who may see anything at all."""
        return Q(missing_since=None) | Q(login__in=self.settings.kept_logins)


def rules_on(day: date, instance: Instance) -> Rules:
    chosen = access_settings(instance)
    return Rules(chosen, chosen.open_terms(day, instance.institution))


def rules_now(instance: Instance | None = None) -> Rules:
    """The rules of this site, or of ``instance``, today, by the institution's calendar."""
    instance = instance or settings.INSTANCE
    return rules_on(datetime.now(instance.institution.zone).date(), instance)


@dataclass(frozen=True, slots=True)
class Sight:
    """What one educator brings to the table."""

    educator_id: int
    school_id: int | None
    is_administrator: bool
    grants: Grants
    labels: frozenset[str]

    @property
    def is_housemaster(self) -> bool:
        return HOUSEMASTER in self.labels

    @property
    def whole_school_id(self) -> int | None:
        """The school all of whose students are open; an educator without a school has none."""
        return self.school_id if self.grants.schoolwide or self.is_administrator else None


def sight_of(educator: Educator) -> Sight:
    """Reads the grants and labels of ``educator``, or takes them as they were fetched along."""
    return Sight(
        educator_id=educator.pk,
        school_id=educator.school_id,
        is_administrator=educator.is_administrator,
        grants=getattr(educator, "grants", None) or Grants(educator=educator),
        labels=frozenset(label.key for label in educator.labels.all()),
    )


@dataclass(frozen=True, slots=True)
class Ties:
    """Which educators have a student in their homeroom, and in a section that is open."""

    homeroom: int | None
    sections: frozenset[int]


def ties_of(student: Student, rules: Rules) -> Ties:
    sections = AttendsSection.objects.current().filter(student=student).values("section")
    open_ones = Section.objects.filter(rules.open_sections(), pk__in=sections)
    teachers = TeachesSection.objects.current().filter(section__in=open_ones)
    homeroom = Homeroom.objects.filter(students=student).values_list("educator_id", flat=True)
    return Ties(
        homeroom=homeroom.first(),
        sections=frozenset(teachers.values_list("educator_id", flat=True)),
    )


def decide(sight: Sight, student: Student, ties: Ties, rules: Rules) -> Reason | Denial:
    """The first row that fires."""
    grants, words = sight.grants, rules.settings
    if grants.districtwide:
        return Reason.DISTRICTWIDE
    if sight.is_housemaster and student.grade in words.housemaster_grades:
        return Reason.HOUSEMASTER
    if grants.only_special_education and student.program not in words.special_education_programs:
        return Denial.NOT_SPECIAL_EDUCATION
    if grants.only_english_learners and student.language_status in words.fluent_statuses:
        return Denial.FLUENT
    if sight.school_id is not None and sight.school_id != student.school_id:
        return Denial.OTHER_SCHOOL
    if sight.whole_school_id is not None:
        return Reason.SCHOOLWIDE
    if sight.school_id is not None and student.grade in grants.grade_levels:
        return Reason.GRADE_LEVEL
    if ties.homeroom == sight.educator_id:
        return Reason.HOMEROOM
    if sight.educator_id in ties.sections:
        return Reason.SECTION
    return Denial.NOTHING_OPENS


def visible(sight: Sight, rules: Rules) -> Q:
    """The same table for ``Student``: the students whom ``sight`` may see."""
    if sight.grants.districtwide:
        return EVERYTHING
    condition = _narrowed(sight, rules) & _opened(sight, rules)
    if sight.is_housemaster:
        condition |= Q(grade__in=rules.settings.housemaster_grades)
    return condition


def _narrowed(sight: Sight, rules: Rules) -> Q:
    condition = EVERYTHING
    if sight.grants.only_special_education:
        condition &= Q(program__in=rules.settings.special_education_programs)
    if sight.grants.only_english_learners:
        condition &= ~Q(language_status__in=rules.settings.fluent_statuses)
    if sight.school_id is not None:
        condition &= Q(school=sight.school_id)
    return condition


def _opened(sight: Sight, rules: Rules) -> Q:
    if sight.whole_school_id is not None:
        return EVERYTHING
    mine = Homeroom.objects.filter(educator=sight.educator_id)
    condition = Q(homeroom__in=mine.values("pk")) | Q(pk__in=_students_taught(sight, rules))
    if sight.school_id is not None:
        condition |= Q(grade__in=sight.grants.grade_levels)
    return condition


def taught_sections(sight: Sight, rules: Rules) -> Q:
    """For ``Section``: those that the educator teaches and that are open."""
    taught = TeachesSection.objects.current().filter(educator=sight.educator_id)
    return rules.open_sections() & Q(pk__in=taught.values("section"))


def _students_taught(sight: Sight, rules: Rules) -> QuerySet[AttendsSection, Any]:
    sections = Section.objects.filter(taught_sections(sight, rules))
    return AttendsSection.objects.current().filter(section__in=sections.values("pk")).values("student")
