"""The one door to students: who may see whom, and why.

A viewer is a person who signed in, or a project lead who sees as another educator sees (``ViewingAs``): ask
``viewing.viewer_of``. Everybody else, administrators of the instance among them, sees nobody. Nothing is
remembered from one request to another, so that whoever is demoted is so at the next page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import and_

from django.db.models import Exists, OuterRef, Q, QuerySet

from staffroom.accounts.access import active
from staffroom.accounts.models import Person
from staffroom.students.access_rules import (
    EVERYTHING,
    NOTHING,
    WORDS,
    Denial,
    Reason,
    Rules,
    Sight,
    decide,
    rules_now,
    rules_on,
    sight_of,
    taught_sections,
    ties_of,
    visible,
)
from staffroom.students.labels import HOUSEMASTER
from staffroom.students.models import (
    Educator,
    Homeroom,
    Label,
    School,
    Section,
    Student,
    TeachesSection,
)
from staffroom.students.models.people import StudentQuerySet

__all__ = ["WORDS", "Denial", "Reason", "Rules", "ViewingAs", "rules_now", "rules_on"]


@dataclass(frozen=True, slots=True)
class ViewingAs:
    """A project lead who is shown what ``educator`` sees, of that which they may see themselves."""

    lead: Person
    educator: Educator


@dataclass(frozen=True, slots=True)
class Standing:
    """A viewer as they stand in one request, which reads that once. Made by ``standing`` and never kept."""

    viewer: object
    educators: tuple[Educator, ...]


def standing(viewer: object, *, rules: Rules) -> Standing:
    """``viewer`` with the educators that they are, for all that one request has to ask."""
    return Standing(viewer, _educators(viewer, rules))


def educator_of(viewer: object, *, rules: Rules | None = None) -> Educator | None:
    """The educator whose pages ``viewer`` is shown; None for who is none, and for educators who are gone."""
    seen = _educators(viewer, rules or rules_now())
    return seen[-1] if seen else None


def writer_of(viewer: object, *, rules: Rules | None = None) -> Educator | None:
    """The educator in whose name ``viewer`` may write; None besides for who only sees as another does."""
    seen = viewer.viewer if isinstance(viewer, Standing) else viewer
    return None if isinstance(seen, ViewingAs) else educator_of(viewer, rules=rules)


def students_for(viewer: object, *, rules: Rules | None = None) -> StudentQuerySet:
    """The students whom ``viewer`` may see, those who left included: ``.active()`` leaves these out."""
    rules = rules or rules_now()
    return Student.objects.filter(_within(viewer, rules, visible))


def why_visible(viewer: object, student: Student, *, rules: Rules | None = None) -> Reason | None:
    """The reason why ``viewer`` may see ``student``, or None."""
    rules = rules or rules_now()
    educators = _educators(viewer, rules)
    if not educators:
        return None
    ties = ties_of(student, rules)
    verdicts = [decide(sight_of(educator), student, ties, rules) for educator in educators]
    if any(isinstance(verdict, Denial) for verdict in verdicts):
        return None
    return Reason(verdicts[-1])


def verdict_on(educator: Educator, student: Student, *, rules: Rules | None = None) -> Reason | Denial:
    """The reason for or against, whether or not the educator has an account."""
    rules = rules or rules_now()
    if not Educator.objects.filter(rules.present(), pk=educator.pk).exists():
        return Denial.NOT_PRESENT
    return decide(sight_of(educator), student, ties_of(student, rules), rules)


def reasons_for_all(student: Student, *, rules: Rules | None = None) -> list[tuple[Educator, Reason]]:
    """The educators who may see ``student``, with or without an account, by reason and name."""
    rules = rules or rules_now()
    ties = ties_of(student, rules)
    housemasters = Label.objects.filter(key=HOUSEMASTER).values("educator")
    candidates = Educator.objects.filter(
        Q(school=student.school_id)
        | Q(grants__districtwide=True)
        | Q(pk__in=housemasters)
        | Q(pk__in=[*ties.sections, ties.homeroom or 0]),
        rules.present(),
    )
    found = [
        (educator, verdict)
        for educator in candidates.select_related("grants", "school").prefetch_related("labels")
        if isinstance(verdict := decide(sight_of(educator), student, ties, rules), Reason)
    ]
    order = list(Reason)
    return sorted(found, key=lambda one: (order.index(one[1]), one[0].full_name, one[0].login))


def schools_for(viewer: object, *, rules: Rules | None = None) -> QuerySet[School]:
    """The schools whose pages are open to ``viewer``; being the SIS's administrator of one is not enough."""
    rules = rules or rules_now()
    return School.objects.filter(_within(viewer, rules, _schools))


def sections_for(viewer: object, *, rules: Rules | None = None) -> QuerySet[Section]:
    """The sections that ``viewer`` may open; whom they see in them is said by ``students_for``."""
    rules = rules or rules_now()
    return Section.objects.filter(_within(viewer, rules, _sections))


def sections_taught(viewer: object, educator: Educator, *, rules: Rules | None = None) -> QuerySet[Section]:
    """Of the sections that ``viewer`` may open those that ``educator`` is assigned to."""
    assigned = TeachesSection.objects.current().filter(educator=educator).values("section")
    return sections_for(viewer, rules=rules).filter(pk__in=assigned)


def homerooms_for(viewer: object, *, rules: Rules | None = None) -> QuerySet[Homeroom]:
    """Homerooms with active students, all of whom ``viewer`` may see."""
    active_ones = Student.objects.active().filter(homeroom=OuterRef("pk"))
    seen = students_for(viewer, rules=rules).active().values("pk")
    return Homeroom.objects.filter(Exists(active_ones), ~Exists(active_ones.exclude(pk__in=seen)))


def may_read_restricted(viewer: object, student: Student, *, rules: Rules | None = None) -> bool:
    """Whether ``viewer`` may read the restricted text of notes about ``student``."""
    rules = rules or rules_now()
    educators = _educators(viewer, rules)
    if not all(sight_of(educator).grants.reads_restricted_notes for educator in educators):
        return False
    return why_visible(viewer, student, rules=rules) is not None


def sees_district(viewer: object, *, rules: Rules | None = None) -> bool:
    """Whether every student, school and section is open to ``viewer``, and the district's own pages."""
    educators = _educators(viewer, rules or rules_now())
    return bool(educators) and all(sight_of(educator).grants.districtwide for educator in educators)


def has_label(viewer: object, key: str, *, rules: Rules | None = None) -> bool:
    """Whether the label ``key`` is granted to ``viewer``, and to whom they see as."""
    return key in labels_of(viewer, rules=rules)


def labels_of(viewer: object, *, rules: Rules | None = None) -> frozenset[str]:
    """Every label that is granted to ``viewer``, and to whom they see as."""
    held = [sight_of(educator).labels for educator in _educators(viewer, rules or rules_now())]
    return reduce(and_, held) if held else frozenset()


def sets_access(viewer: object, *, rules: Rules | None = None) -> bool:
    """Whether ``viewer`` is a project lead; whoever sees as another is none meanwhile."""
    educator = writer_of(viewer, rules=rules)
    return educator is not None and sight_of(educator).grants.sets_access


def _educators(viewer: object, rules: Rules) -> tuple[Educator, ...]:
    """All of whom have to be allowed what ``viewer`` is shown: nobody, one, or a project lead and another."""
    if isinstance(viewer, Standing):
        return viewer.educators
    if isinstance(viewer, ViewingAs):
        lead, shown = _own(viewer.lead, rules), _present(rules, pk=viewer.educator.pk)
        if not lead or not shown or not sight_of(lead).grants.sets_access or not rules.settings.view_as:
            return ()
        return lead, shown
    educator = _own(viewer, rules)
    return (educator,) if educator else ()


def _own(viewer: object, rules: Rules) -> Educator | None:
    person = active(viewer)
    return _present(rules, person=person) if person else None


def _present(rules: Rules, **found_by: object) -> Educator | None:
    known = Educator.objects.filter(rules.present(), **found_by)
    return known.select_related("grants", "school").prefetch_related("labels").first()


def _within(viewer: object, rules: Rules, condition: Callable[[Sight, Rules], Q]) -> Q:
    """``condition`` for each of those who have to be allowed; nothing where there is nobody."""
    educators = _educators(viewer, rules)
    if not educators:
        return NOTHING
    return reduce(and_, (condition(sight_of(educator), rules) for educator in educators))


def _schools(sight: Sight, rules: Rules) -> Q:  # noqa: ARG001 - as `visible` is called
    if sight.grants.districtwide:
        return EVERYTHING
    if sight.school_id is not None and (sight.grants.schoolwide or sight.grants.grade_levels):
        return Q(pk=sight.school_id)
    return NOTHING


def _sections(sight: Sight, rules: Rules) -> Q:
    if not rules.settings.uses_sections:
        return NOTHING
    if sight.grants.districtwide:
        return EVERYTHING
    if sight.whole_school_id is not None:
        return Q(course__school=sight.whole_school_id)
    taught = taught_sections(sight, rules)
    return taught if sight.school_id is None else taught & Q(course__school=sight.school_id)
