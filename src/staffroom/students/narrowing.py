"""Whose news and numbers an educator reads: by labels, fewer than the students whom they may see.

Labels narrow one after the other. None of them opens anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models.functions import Lower

from staffroom.metrics.declaration import msg
from staffroom.students.access import Rules, labels_of
from staffroom.students.access_rules import sight_of, taught_sections
from staffroom.students.home_settings import HomeSettings
from staffroom.students.models import AttendsSection, Educator, Section, Service
from staffroom.students.models.people import StudentQuerySet
from staffroom.students.services import active
from staffroom.students.settings import StudentsSettings

COMMUNITY_SCHOOL = "community_schools"
"""The kind of service that the label feed_by_community_school looks for."""


@dataclass(frozen=True)
class Reader:
    """For whom pages are narrowed: whose students, by which rules and settings, on which day."""

    viewer: object
    educator: Educator
    rules: Rules
    settings: HomeSettings
    words: StudentsSettings
    today: date

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Those of their labels that narrow, in the order in which they do."""
        held = labels_of(self.viewer, rules=self.rules)
        return tuple(key for key in _NARROWINGS if key in held)


@dataclass(frozen=True, slots=True)
class _Narrowing:
    """``whom`` says which students are kept (a msgid)."""

    whom: str
    keep: Callable[[StudentQuerySet, Reader], StudentQuerySet]


def narrowed(students: StudentQuerySet, reader: Reader) -> StudentQuerySet:
    """Those of the students whom the reader's labels keep."""
    for key in reader.labels:
        students = _NARROWINGS[key].keep(students, reader)
    return students


def narrowed_to(reader: Reader) -> list[str]:
    """Whom each of the reader's labels keeps, as msgids."""
    return [_NARROWINGS[key].whom for key in reader.labels]


def _by_counselor(students: StudentQuerySet, reader: Reader) -> StudentQuerySet:
    names = reader.settings.named_for(reader.educator.login, reader.settings.counselors)
    return students.annotate(counselor_lower=Lower("counselor")).filter(counselor_lower__in=names)


def _by_house(students: StudentQuerySet, reader: Reader) -> StudentQuerySet:
    names = reader.settings.named_for(reader.educator.login, reader.settings.houses)
    return students.annotate(house_lower=Lower("house")).filter(house_lower__in=names)


def _by_section(students: StudentQuerySet, reader: Reader) -> StudentQuerySet:
    mine = Section.objects.filter(taught_sections(sight_of(reader.educator), reader.rules))
    attend = AttendsSection.objects.current().filter(section__in=mine.values("pk"))
    return students.filter(pk__in=attend.values("student"))


def _by_english_learners(students: StudentQuerySet, reader: Reader) -> StudentQuerySet:
    return students.filter(language_status__in=reader.words.learner_values)


def _by_community_school(students: StudentQuerySet, reader: Reader) -> StudentQuerySet:
    going_on = active(Service.objects.filter(kind=COMMUNITY_SCHOOL), reader.today)
    return students.filter(pk__in=going_on.values("student"))


_NARROWINGS: Mapping[str, _Narrowing] = {
    "feed_by_counselor": _Narrowing(msg("whose counselor you are"), _by_counselor),
    "feed_by_house": _Narrowing(msg("who are of your house"), _by_house),
    "feed_by_section": _Narrowing(msg("who attend your sections"), _by_section),
    "feed_by_english_learners": _Narrowing(msg("who are learning English"), _by_english_learners),
    "feed_by_community_school": _Narrowing(msg("who have a community school service"), _by_community_school),
}
