"""The section ``[students]`` of staffroom.toml: what differs from district to district, as settings.

``[[students.schools]]`` and ``[[students.files]]`` are lists; ``[students.columns.<source>]`` says what a
column is called in this district, ``[students.values.<column>]`` which of its values mean another one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from staffroom.config import SETTINGS_FILE, Instance, at_least, fit
from staffroom.errors import SettingsError
from staffroom.intake.names import check_pattern
from staffroom.intake.settings import folder_sources
from staffroom.intake.texts import check_encoding
from staffroom.students.grades import GRADES

SECTION = f"{SETTINGS_FILE} [students]"
SCHOOL_KINDS = ("ECS", "ES", "ESMS", "MS", "HS", "OTHER")
UNMARKED = ("keep", "flag", "remove")
COUNSELORS = ("whole", "before_comma", "last_word")
FROM_COLUMN = "column"
READ_ELSEWHERE = ("access", "notes", "services", "home")
"""Tables of [students] that have settings of their own: ``access_settings``, ``notes_settings`` …"""
ONEROSTER = "oneroster"


@dataclass(frozen=True, slots=True)
class SchoolSettings:
    """``[[students.schools]]``: one school that is imported."""

    local_id: str
    """Its short code in the exports, such as HEA."""
    name: str
    """Its name on pages."""
    kind: str = "OTHER"
    """ECS (early childhood), ES, ESMS, MS, HS or OTHER: lists stand in this order."""
    slug: str = ""
    """What stands for it in addresses; empty for its code in small letters."""


@dataclass(frozen=True, slots=True)
class FileSettings:
    """``[[students.files]]``: one file that comes every night, and what it is."""

    source: str
    """What it is: one of the names that ``staffroom students sources`` lists."""
    delivered_by: str = "sis"
    """The name of the [[sources]] into whose ``exports`` folder it comes."""
    file: str = ""
    """Its name there: ``attendance.csv``, ``attendance_%Y%m%d*.csv``; the newest that fits is taken."""
    member: str = ""
    """Which file of an archive it is, such as ``SR_v2.csv``; empty where it holds one."""
    format: str = "csv"
    """``csv``, or ``oneroster`` for an archive of OneRoster 1.1 or 1.2 that this source is taken from."""
    encoding: str = "utf-8"
    """How it is written; UTF-16 is known by its byte order mark."""
    second_encoding: str = "cp1252"
    """How bytes are read that are none in ``encoding``; empty marks them as unreadable."""
    delimiter: str = ","
    """What stands between columns."""
    backslash_escapes: bool = True
    """A backslash before a quote or a line end escapes it, as in exports of MySQL."""
    date_formats: tuple[str, ...] = ()
    """How days are written in this file; empty for those of [students]."""
    unmarked: str = ""
    """What becomes of stored records that it no longer names: keep, flag or remove; empty for the usual."""
    unknown_students: str = "reject"
    """Rows of students who are not here: ``reject`` sets them aside, ``ignore`` counts them only."""
    window_days: int = at_least(0, default=0)
    """Only rows of so many days are read, and only records of them removed; 0 reads all."""
    fresh_days: int = at_least(0, default=0)
    """A file that is older is told of; 0 for the usual of its source."""


@dataclass(frozen=True, slots=True)
class StudentsSettings:
    """What the exports of this district look like, and how far an import may go by itself."""

    date_formats: tuple[str, ...] = ("%Y-%m-%d",)
    """How days are written, in the order in which they are tried."""
    null_values: tuple[str, ...] = ("NULL", "\\N")
    """Texts that mean nothing."""
    grades: tuple[str, ...] = GRADES
    """The grades that there are, in their order; a student of another one is set aside."""
    email: str = FROM_COLUMN
    """How an educator's address is made: ``{login}@k12.example.org``, or ``column`` where the file has it."""
    administrators: tuple[str, ...] = ("Administrator",)
    """Staff types whose educators lead a school: new ones see all of it."""
    always_import_logins: tuple[str, ...] = ()
    """Educators who are imported whatever school they are of."""
    no_homeroom: tuple[str, ...] = ()
    """Texts in the column of homerooms that mean none, such as 0-000."""
    ignored_student_columns: tuple[str, ...] = ()
    """Columns of the students' file that are not to be believed here, such as house."""
    counselor: str = "whole"
    """What of the column counselor is the name: ``whole``, ``before_comma`` or ``last_word``."""
    attendance_true: tuple[str, ...] = ("1",)
    """What absence and tardy say where it is so, whatever the case."""
    attendance_details: bool = True
    """Whether dismissed, excused, reason and comment of the attendance file are to be believed."""
    attendance_years: int = at_least(1, default=20)
    """Attendance and behaviour of so many years are read."""
    plans_decide_504: bool = False
    """A student has a 504 plan where an active one was imported, whatever the students' file says."""
    plan_504_values: tuple[str, ...] = ()
    """What the column plan_504 may say; empty for anything."""
    learner_values: tuple[str, ...] = ("Limited",)
    """What limited_english_proficiency says of those who learn English now."""
    former_learner_values: tuple[str, ...] = ("FLEP",)
    """What it says of those who did."""
    sped_levels: tuple[str, ...] = ("Low < 2", "Low >= 2", "Moderate", "High")
    """The levels of need in special education, in their order."""
    mcas_tests: tuple[str, ...] = ("MCAS",)
    """Regular expressions of tests that are MCAS; a group ``subject`` in one says the subject."""
    access_tests: tuple[str, ...] = ("ACCESS", "WIDA", "WIDA-ACCESS")
    """The same for ACCESS."""
    dibels_tests: tuple[str, ...] = ("DIBELS",)
    """The same for DIBELS; empty where it is not imported."""
    star_time_zone: str = ""
    """The zone of the times in STAR files; empty for the institution's."""
    held_share_pct: float = 10.0
    """A file that would change or remove a larger share of what is stored is held for a person to approve,"""
    held_count: int = at_least(0, default=10)
    """if that is also more than so many records."""
    schools: tuple[SchoolSettings, ...] = ()
    files: tuple[FileSettings, ...] = ()
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def is_used(self) -> bool:
        """Whether this instance imports students at all."""
        return bool(self.files)

    def files_of(self, source: str) -> tuple[FileSettings, ...]:
        return tuple(one for one in self.files if one.source == source)


def students_settings(instance: Instance) -> StudentsSettings:
    """The section, its lists and tables as what they mean. Raises SettingsError."""
    section = dict(instance.sections.get("students", {}))
    for name in READ_ELSEWHERE:
        section.pop(name, None)
    for name, shape in (("schools", SchoolSettings), ("files", FileSettings)):
        section[name] = [
            fit(shape, one, place=f"{SETTINGS_FILE} [[students.{name}]] number {number}")
            for number, one in enumerate(_list(section, name), 1)
        ]
    for name in ("columns", "values"):
        section[name] = _tables(section, name)
    settings = fit(StudentsSettings, section, place=SECTION)
    _check(settings)
    _check_deliveries(settings, instance)
    return replace(settings, schools=tuple(_with_slug(school) for school in settings.schools))


def _list(section: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = section.get(name, [])
    if not isinstance(found, list | tuple) or not all(isinstance(one, Mapping) for one in found):
        raise SettingsError(f"{SECTION} {name}", f"is no list of [[students.{name}]].")
    return list(found)


def _tables(section: Mapping[str, Any], name: str) -> dict[str, dict[str, str]]:
    tables = section.get(name, {})
    good = isinstance(tables, Mapping) and all(
        isinstance(table, Mapping) and all(isinstance(value, str) for value in table.values())
        for table in tables.values()
    )
    if not good:
        raise SettingsError(
            f"{SECTION} {name}",
            "is not understood.",
            next_step=f"Write [students.{name}.attendance] and lines such as local_id = 'LASID'.",
        )
    return {key: dict(table) for key, table in tables.items()}


def _with_slug(school: SchoolSettings) -> SchoolSettings:
    return replace(school, slug=school.slug or re.sub(r"[^a-z0-9_-]+", "-", school.local_id.lower()))


def _check(settings: StudentsSettings) -> None:
    _one_of(settings.counselor, COUNSELORS, f"{SECTION} counselor")
    if settings.email != FROM_COLUMN and "{login}" not in settings.email:
        raise SettingsError(f"{SECTION} email", "holds no {login}.", next_step="Or say 'column'.")
    for name in ("mcas_tests", "access_tests", "dibels_tests"):
        for pattern in getattr(settings, name):
            try:
                re.compile(pattern)
            except re.error as error:
                raise SettingsError(f"{SECTION} {name}", f"{pattern!r} is no expression: {error}.") from None
    seen: set[str] = set()
    for school in settings.schools:
        place = f"{SETTINGS_FILE} [[students.schools]] {school.local_id}"
        _one_of(school.kind, SCHOOL_KINDS, f"{place} kind")
        if school.local_id.lower() in seen or not school.local_id:
            raise SettingsError(place, "is named twice." if school.local_id else "has no local_id.")
        seen.add(school.local_id.lower())
    for one in settings.files:
        _check_file(one)


def _check_file(one: FileSettings) -> None:
    from staffroom.students.rows.catalogue import SOURCES  # which are made of these settings

    place = f"{SETTINGS_FILE} [[students.files]] {one.source}"
    _one_of(one.source, tuple(SOURCES), f"{place} source")
    _one_of(one.format, ("csv", ONEROSTER), f"{place} format")
    _one_of(one.unmarked, ("", *UNMARKED), f"{place} unmarked")
    _one_of(one.unknown_students, ("reject", "ignore"), f"{place} unknown_students")
    check_pattern(one.file, f"{place} file")
    check_encoding(one.encoding)
    if one.second_encoding:
        check_encoding(one.second_encoding)
    if len(one.delimiter) != 1:
        raise SettingsError(f"{place} delimiter", "is not one character.")


def _check_deliveries(settings: StudentsSettings, instance: Instance) -> None:
    named = {source.name for source in folder_sources(instance) if source.exports}
    wanted = {one.delivered_by: f"[[students.files]] {one.source} delivered_by" for one in settings.files}
    for name, place in wanted.items():
        if name not in named:
            raise SettingsError(
                f"{SETTINGS_FILE} {place}",
                f"is {name!r}, which is no [[sources]] with a folder of exports.",
                next_step=f"Known: {', '.join(sorted(named)) or 'none'}.",
            )


def _one_of(value: str, known: tuple[str, ...], place: str) -> None:
    if value not in known:
        raise SettingsError(
            place, f"is {value!r}.", next_step=f"Use one of {', '.join(filter(None, known))}."
        )
