"""Grants and labels are changed here and nowhere else, each change with its line of history."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from staffroom.accounts.models import Person
from staffroom.errors import PermanentError
from staffroom.students.grades import GRADES, grade_order
from staffroom.students.labels import LABEL_KEYS
from staffroom.students.models import Educator, GrantChange, Grants, Label

FLAGS = (
    "districtwide",
    "schoolwide",
    "only_special_education",
    "only_english_learners",
    "reads_restricted_notes",
    "sets_access",
)
GRADE_LEVELS = "grade_levels"
FIELDS = (*FLAGS, GRADE_LEVELS)
"""What can be granted, labels aside."""
ONLY = ("only_special_education", "only_english_learners")

Value = bool | list[str]


class GrantRefused(PermanentError):
    """A grant that does not exist, or that cannot be meant."""


@dataclass(frozen=True, slots=True)
class By:
    """Who changes something: a person's id where somebody is signed in, and by which way."""

    person_id: int | None
    through: str


COMMAND_LINE = By(None, "command line")
IMPORT = By(None, "import")


def by_person(person: Person) -> By:
    return By(person.pk, "page")


def grants_of(educator: Educator) -> Grants:
    """What is granted to ``educator``; all closed, and not stored, where nothing ever was."""
    return Grants.objects.filter(educator=educator).first() or Grants(educator=educator)


def change_grants(educator: Educator, by: By, **values: object) -> list[GrantChange]:
    """Set fields of the educator's grants, all or none; returns what was different. Raises GrantRefused."""
    wanted = {name: _checked(name, value) for name, value in values.items()}
    with transaction.atomic():
        locked = Educator.objects.select_for_update().get(pk=educator.pk)
        grants = grants_of(locked)
        changed = {name: value for name, value in wanted.items() if getattr(grants, name) != value}
        _check_together(locked, changed)
        changes = [
            _change(locked, by, name, before=getattr(grants, name), after=value)
            for name, value in changed.items()
        ]
        for name, value in changed.items():
            setattr(grants, name, value)
        if changes:
            grants.save()
            GrantChange.objects.bulk_create(changes)
    return changes


def give_label(educator: Educator, key: str, by: By) -> bool:
    """False where they had it. Raises GrantRefused for a label that does not exist."""
    if key not in LABEL_KEYS:
        raise _unknown("label", key, LABEL_KEYS)
    with transaction.atomic():
        _, made = Label.objects.get_or_create(educator=educator, key=key)
        if made:
            _change(educator, by, f"label:{key}", before=False, after=True).save()
    return made


def take_label(educator: Educator, key: str, by: By) -> bool:
    """False where they did not have it. A label that no longer exists can still be taken."""
    with transaction.atomic():
        taken, _ = Label.objects.filter(educator=educator, key=key).delete()
        if taken:
            _change(educator, by, f"label:{key}", before=True, after=False).save()
    return taken > 0


def first_grants(educators: Iterable[Educator]) -> int:
    """Give new educators whom the SIS calls administrators their school and its restricted notes.

    Only once, when an import first brings them: what a project lead takes later stays taken. Those who have
    grants already are passed over. Returns to how many something was given.
    """
    given = 0
    for educator in educators:
        if educator.is_administrator and not Grants.objects.filter(educator=educator).exists():
            change_grants(educator, IMPORT, schoolwide=True, reads_restricted_notes=True)
            given += 1
    return given


def _checked(name: str, value: object) -> Value:
    if name not in FIELDS:
        raise _unknown("grant", name, FIELDS)
    if name == GRADE_LEVELS:
        return _grades(value)
    if not isinstance(value, bool):
        raise GrantRefused(f"grant {name}", f"is {value!r}, which is neither true nor false.")
    return value


def _grades(value: object) -> list[str]:
    """Known grades in their order, each once; whole numbers become texts."""
    if not isinstance(value, list | tuple):
        raise GrantRefused(f"grant {GRADE_LEVELS}", "is not a list of grades.")
    grades = [str(grade) if type(grade) is int else grade for grade in value]
    for grade in grades:
        if grade not in GRADES:
            raise GrantRefused(
                f"grade {grade!r}", "is not a grade.", next_step=f"Known grades: {', '.join(GRADES)}."
            )
        if grades.count(grade) > 1:
            raise GrantRefused(f"grade {grade!r}", "is named twice.")
    return sorted(grades, key=grade_order)


def _check_together(educator: Educator, changed: dict[str, Value]) -> None:
    for name in ONLY:
        if changed.get(name) and educator.is_administrator:
            raise GrantRefused(
                f"educator {educator.login}",
                f"is an administrator of a school, who cannot have {name}.",
                happened="Nothing was changed.",
            )


def _change(educator: Educator, by: By, field: str, *, before: Any, after: Any) -> GrantChange:
    return GrantChange(
        educator=educator,
        changed_by=by.person_id,
        through=by.through,
        field=field,
        before=before,
        after=after,
    )


def _unknown(what: str, name: str, known: Collection[str]) -> GrantRefused:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}."
    return GrantRefused(f"{what} {name!r}", "does not exist.", next_step=hint)
