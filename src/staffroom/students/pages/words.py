"""Grants in the reader's language, and what each opens or closes."""

from __future__ import annotations

from collections.abc import Mapping

from staffroom.metrics.declaration import msg
from staffroom.students.granting import FLAGS, GRADE_LEVELS
from staffroom.students.labels import LABELS
from staffroom.students.models import Educator, Grants
from staffroom.web.words import say

TITLES: Mapping[str, str] = {
    "districtwide": msg("Districtwide"),
    "schoolwide": msg("Schoolwide"),
    "only_special_education": msg("Special education only"),
    "only_english_learners": msg("English learners only"),
    "reads_restricted_notes": msg("Reads restricted notes"),
    "sets_access": msg("Project lead"),
    GRADE_LEVELS: msg("Grades"),
    **{f"label:{label.key}": label.title for label in LABELS},
}
"""By the name under which a change is kept."""

MEANINGS: Mapping[str, str] = {
    "districtwide": msg("Every student, school and section."),
    "schoolwide": msg("Every student of their own school, and its school pages."),
    "only_special_education": msg("Takes away all students outside special education, unless districtwide."),
    "only_english_learners": msg("Takes away all students who are fluent in English, unless districtwide."),
    "reads_restricted_notes": msg("The text of restricted notes about students whom they may see."),
    "sets_access": msg("Changes what is granted to others. Given on the command line only."),
    GRADE_LEVELS: msg("Students of these grades of their own school, such as KF, 1, 2."),
    **{f"label:{label.key}": label.grants for label in LABELS},
}


def granted(educator: Educator) -> list[str]:
    """The names of all that is granted to ``educator``, whose grants and labels were fetched along."""
    grants: Grants | None = getattr(educator, "grants", None)
    labels = [f"label:{label.key}" for label in educator.labels.all()]
    if grants is None:
        return labels
    flags = [name for name in FLAGS if getattr(grants, name)]
    grades = [f"grades:{','.join(grants.grade_levels)}"] if grants.grade_levels else []
    return [*flags, *grades, *labels]


def in_words(name: str) -> str:
    """One of ``granted`` as people read it; what is no longer on the list stays as it is kept."""
    if name.startswith("grades:"):
        return say(msg("Grades {grades}"), grades=name.removeprefix("grades:").replace(",", ", "))
    return say(TITLES[name]) if name in TITLES else name


def value_in_words(value: object) -> str:
    """What a change was from or to."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or say(msg("none"))
    return say(msg("yes")) if value else say(msg("no"))
