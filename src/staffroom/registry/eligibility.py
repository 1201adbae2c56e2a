"""Which assessments a student may take without anybody naming them: rules about the student's own record.

An assessment has rules that enable and rules that disable. Where all that disable hold, the student is not
eligible; otherwise they are where all that enable hold. Without a rule that enables nobody is.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from staffroom.config import SETTINGS_FILE, Instance
from staffroom.errors import SettingsError
from staffroom.registry.fields import DAYS, DISTRICT, FLAGS, GRADES, INSTITUTION, NAMES, PLACE, STATE, Record
from staffroom.registry.settings import AssessmentSettings, assessment_settings

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
_SECTION = f"{SETTINGS_FILE} [[eligibility]]"
_GRADE = "gradeLevelWhenAssessed"
_WORDS = {"true": True, "yes": True, "false": False, "no": False}


@dataclass(frozen=True, slots=True)
class Rule:
    """``field operator value``. What is not known is equal to nothing and in no order to anything."""

    place: int
    holds: Callable[[Any, Any], bool]
    value: object
    is_grade: bool = False

    def __call__(self, record: Record) -> bool:
        has = record[self.place]
        if has is None or has == "":
            return False
        if self.is_grade:
            return self.holds(GRADES.index(str(has)), self.value)
        return self.holds(has, self.value)


@dataclass(frozen=True, slots=True)
class Assessment:
    name: str
    states: frozenset[str]
    districts: frozenset[str]
    institutions: frozenset[str]
    enable: tuple[Rule, ...]
    disable: tuple[Rule, ...]

    def is_open_to(self, record: Record) -> bool:
        if not self._is_offered(record):
            return False
        if self.disable and all(rule(record) for rule in self.disable):
            return False
        return bool(self.enable) and all(rule(record) for rule in self.enable)

    def _is_offered(self, record: Record) -> bool:
        return (
            (not self.states or record[STATE] in self.states)
            and (not self.districts or record[DISTRICT] in self.districts)
            and (not self.institutions or record[INSTITUTION] in self.institutions)
        )


def assessments(instance: Instance) -> tuple[Assessment, ...]:
    """The assessments of the settings. Raises SettingsError for a rule that cannot be."""
    found = tuple(_assessment(block) for block in assessment_settings(instance))
    names = [one.name for one in found]
    for name in names:
        if names.count(name) > 1:
            raise SettingsError(_SECTION, f"names {name!r} twice.")
    return found


def open_to(record: Record, known: Sequence[Assessment]) -> list[str]:
    """The names of the assessments that the student may take."""
    return [one.name for one in known if one.is_open_to(record)]


def _assessment(block: AssessmentSettings) -> Assessment:
    if not block.assessment or len(block.assessment) > 100 or not block.assessment.isprintable():
        raise SettingsError(f"{_SECTION} assessment", "has to be a name of up to 100 letters.")
    return Assessment(
        name=block.assessment,
        states=frozenset(block.states),
        districts=frozenset(block.districts),
        institutions=frozenset(block.institutions),
        enable=tuple(_rule(text) for text in block.enable),
        disable=tuple(_rule(text) for text in block.disable),
    )


def _rule(text: str) -> Rule:
    """``"birthDate >= 2010-09-01"`` as a rule."""
    place = f"{_SECTION} {text!r}"
    parts = text.split(None, 2)
    if len(parts) != 3 or parts[0] not in NAMES or parts[1] not in OPERATORS:
        raise SettingsError(
            place,
            "is not a rule.",
            next_step=f"Write: field operator value, with one of {' '.join(OPERATORS)} between.",
        )
    name, sign, value = parts
    if sign != "=" and name not in DAYS and name != _GRADE:
        raise SettingsError(place, f"cannot be: {name} has no order.", next_step="Use '='.")
    if name == _GRADE:
        if value not in GRADES:
            raise SettingsError(place, "names no grade.", next_step=f"Grades are {' '.join(GRADES)}.")
        return Rule(PLACE[name], OPERATORS[sign], GRADES.index(value), is_grade=True)
    if name in FLAGS:
        if value.lower() not in _WORDS:
            raise SettingsError(place, "is neither true nor false.")
        return Rule(PLACE[name], OPERATORS[sign], _WORDS[value.lower()])
    return Rule(PLACE[name], OPERATORS[sign], value)
