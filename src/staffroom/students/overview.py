"""What opens students to each educator, side by side: grants, labels, homeroom and sections of open terms."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from staffroom.students.access import Rules
from staffroom.students.granting import FLAGS
from staffroom.students.models import Educator, Grants, Homeroom, Section, TeachesSection

SENSITIVE = ("sets_access", "reads_restricted_notes", "districtwide")
"""Grants that reach furthest, the furthest first; leading a school comes after them."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One educator. ``sections`` counts those that are open now."""

    educator: Educator
    grants: Grants
    labels: tuple[str, ...]
    homerooms: tuple[str, ...]
    sections: int

    @property
    def is_present(self) -> bool:
        return self.educator.missing_since is None

    @property
    def is_sensitive(self) -> bool:
        """Whether they hold a grant that reaches far, or lead a school."""
        return any(self.sensitive)

    @property
    def sensitive(self) -> tuple[bool, ...]:
        return (*(bool(getattr(self.grants, name)) for name in SENSITIVE), self.educator.is_administrator)

    @property
    def pattern(self) -> tuple[str, ...]:
        """Everything that opens, narrows or adds, by name: who has the same has the same access."""
        flags = [name for name in FLAGS if getattr(self.grants, name)]
        grades = [f"grades:{','.join(self.grants.grade_levels)}"] if self.grants.grade_levels else []
        leads = ["leads_school"] if self.educator.is_administrator else []
        classes = ["homeroom"] * bool(self.homerooms) + ["sections"] * bool(self.sections)
        return (*leads, *flags, *grades, *(f"label:{label}" for label in self.labels), *classes)


def openings(rules: Rules) -> list[Opening]:
    """All educators: those who are present first, the most open first, the same patterns side by side."""
    homerooms: dict[int, list[str]] = {}
    for educator, name in Homeroom.objects.exclude(educator=None).values_list("educator", "name"):
        homerooms.setdefault(int(educator or 0), []).append(name)
    taught = TeachesSection.objects.current().filter(
        section__in=Section.objects.filter(rules.open_sections()).values("pk")
    )
    sections = dict(taught.order_by().values_list("educator").annotate(Count("section")))
    found = Educator.objects.select_related("school", "grants", "person").prefetch_related("labels")
    made = [
        Opening(
            educator,
            getattr(educator, "grants", None) or Grants(educator=educator),
            tuple(label.key for label in educator.labels.all()),
            tuple(homerooms.get(educator.pk, ())),
            sections.get(educator.pk, 0),
        )
        for educator in found
    ]
    return sorted(made, key=_by_pattern)


def sensitive(found: list[Opening]) -> list[Opening]:
    """Of those who are present, who holds what reaches furthest; the furthest first."""
    held = [one for one in found if one.is_present and one.is_sensitive]
    return sorted(held, key=lambda one: ([not flag for flag in one.sensitive], _name(one)))


def _by_pattern(one: Opening) -> tuple[bool, int, tuple[str, ...], str]:
    return not one.is_present, -len(one.pattern), one.pattern, _name(one)


def _name(one: Opening) -> str:
    return one.educator.full_name or one.educator.login
