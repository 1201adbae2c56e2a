"""A typed row is matched with who and what is here: its content in natural keys, or why it cannot be used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from staffroom.students.importing.directory import Directory
from staffroom.students.importing.tables import IS_MISSING, Table
from staffroom.students.rows.declaration import Fault, PassedOver
from staffroom.students.settings import StudentsSettings

Content = list[Any]
"""The values of a record in the order of ``Table.content``, references as natural keys."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What an import is limited to: some schools, or all that are here."""

    schools: frozenset[str] = frozenset()

    def holds(self, school: str) -> bool:
        return not self.schools or school in self.schools


@dataclass(slots=True)
class Matcher:
    """Matches the rows of one table. What is removed is limited by the same scope."""

    table: Table
    directory: Directory
    scope: Scope
    settings: StudentsSettings
    unmatched: Counter[str]
    """Counts references that led nowhere and were left empty."""

    def content(self, row: Any) -> Content:
        """Raises Fault or PassedOver."""
        values = {name: getattr(row, name) for name in self.table.fields}
        _MATCHERS[self.table.name](self, values)
        if self.table.flags:
            values[IS_MISSING] = False
        return list(values.values())

    def school(self, code: str) -> str:
        """A school that is imported, as it is stored. Raises PassedOver."""
        found = self.directory.school(code)
        if found is None or not self.scope.holds(found):
            raise PassedOver("school")
        return found

    def school_in(self, values: Mapping[str, Any]) -> str:
        """The school that a record belongs to; empty where it has none."""
        if self.table.name == "student" or "student" not in values:
            for name in ("school", "section", "course"):
                if name in values:
                    natural = values[name]
                    return str(natural if isinstance(natural, str) else natural[0])
        return self.directory.school_of(values["student"])

    def owner(self, values: Mapping[str, Any]) -> str:
        """Of whom a record is, as ``Fault.spares`` names them."""
        for name in ("student", "login", "educator", "local_id"):
            if name in values:
                return str(values[name])
        return ""


def _educator(match: Matcher, values: dict[str, Any]) -> None:
    if values["login"] in match.settings.always_import_logins:
        values["school"] = match.directory.school(values["school"]) or ""
    elif values["school"] or match.scope.schools:
        values["school"] = match.school(values["school"])


def _homeroom(match: Matcher, values: dict[str, Any]) -> None:
    values["school"] = match.school(values["school"])


def _student_row(match: Matcher, values: dict[str, Any]) -> None:
    values["school"] = match.school(values["school"])
    homeroom = (values["school"], values["homeroom"])
    if values["homeroom"] and homeroom not in match.directory.of("homeroom").numbers:
        match.unmatched["homeroom"] += 1
        values["homeroom"] = ""


def _course(match: Matcher, values: dict[str, Any]) -> None:
    values["school"] = match.school(values["school"])


def _section(match: Matcher, values: dict[str, Any]) -> None:
    school, number = values["course"]
    values["course"] = (match.school(school), number)


def _find_section(match: Matcher, values: dict[str, Any], spares: str) -> None:
    school, *rest = values["section"]
    stored = match.directory.school(school)
    if stored is None:
        raise PassedOver("school")
    natural = (stored, *rest)
    if natural not in match.directory.of("section").numbers:
        known = (stored, rest[0]) in match.directory.of("course").numbers
        raise Fault("unknown_section" if known else "unknown_course", "", spares)
    if not match.scope.holds(stored):
        raise PassedOver("school")
    values["section"] = natural


def _teaches(match: Matcher, values: dict[str, Any]) -> None:
    if values["educator"] not in match.directory.of("educator").numbers:
        raise Fault("unknown_educator", "", "")
    _find_section(match, values, values["educator"])


def _student(match: Matcher, values: dict[str, Any]) -> None:
    """Whoever is not here has nothing stored that could be removed."""
    local_id = values["student"]
    if local_id not in match.directory.of("student").numbers:
        raise Fault("unknown_student", "", "")
    if not match.scope.holds(match.directory.school_of(local_id)):
        raise PassedOver("school")


def _attends(match: Matcher, values: dict[str, Any]) -> None:
    if values["student"] not in match.directory.of("student").numbers:
        raise Fault("unknown_student", "", "")
    _find_section(match, values, values["student"])


def _accommodation(match: Matcher, values: dict[str, Any]) -> None:
    _student(match, values)
    plans = match.directory.of("plan").numbers
    if (values["plan"], values["student"]) not in plans:
        others = any(oid == values["plan"] for oid, _ in plans)
        raise Fault("other_student" if others else "unknown_plan", "", values["student"])


_MATCHERS: dict[str, Callable[[Matcher, dict[str, Any]], None]] = {
    "educator": _educator,
    "homeroom": _homeroom,
    "student": _student_row,
    "course": _course,
    "section": _section,
    "teaches_section": _teaches,
    "attends_section": _attends,
    "attendance": _student,
    "incident": _student,
    "assessment": _student,
    "dibels_result": _student,
    "star_result": _student,
    "plan_504": _student,
    "accommodation": _accommodation,
    "document": _student,
}
