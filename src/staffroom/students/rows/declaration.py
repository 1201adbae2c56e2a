"""What a source is: the columns of its file, and the function that makes typed rows of one of its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, ClassVar, Protocol
from zoneinfo import ZoneInfo

from staffroom.students.settings import FileSettings, StudentsSettings

KEEP, FLAG, REMOVE = "keep", "flag", "remove"
"""What becomes of stored records that a file no longer names."""

EVERYTHING = "*"
"""Nobody can tell of which record an unreadable row was: then none may be removed."""

REASONS = {
    "fields": "It has more or fewer fields than the header.",
    "quote": "A quote in it is never closed.",
    "too_long": "It is longer than 1 MiB.",
    "blank": "A value that it cannot do without is missing.",
    "date": "A date in it is none, is in the future, or over 50 years old.",
    "number": "A number in it is none, or out of range.",
    "value": "A value in it is not in the list of the settings.",
    "grade": "Its grade is not in the list of the settings.",
    "name": "Its name is not “Last, First”.",
    "unknown_student": "No student of that id is here.",
    "unknown_educator": "No educator of that login is here.",
    "unknown_school": "No school of that code is in the settings.",
    "unknown_course": "No course of that number is in that school.",
    "unknown_section": "No such section is in that course, term and year.",
    "unknown_plan": "The 504 plan that it belongs to is not here.",
    "other_student": "What it belongs to is another student's.",
    "not_enrolled": "The student is not in that section.",
    "contradicts": "An earlier row of the same record says something else.",
    "file_name": "The file's name does not say whose it is.",
    "other_name": "The file is named for somebody else than the student of that id.",
    "not_readable": "The document is locked, damaged, or not what its name says.",
}
"""The vocabulary of reasons for which a row is set aside."""

LEFT_OUT = {
    "school": "It is of a school that is not imported.",
    "old": "It is older than what is read.",
    "other_test": "It is of a test that is not imported.",
    "nothing": "It says nothing: neither absent nor tardy, no named disability.",
    "unknown_student": "It is of a student who is not here, as the settings allow.",
    "no_login": "An educator without login or address.",
    "role": "It is of somebody in another role.",
}
"""The vocabulary of reasons for which a row is passed over, by rule and not by fault."""


class TypedRow(Protocol):
    """A frozen dataclass of one kind of record; TABLE names where it is kept, KEY by what it is known."""

    TABLE: ClassVar[str]
    KEY: ClassVar[tuple[str, ...]]
    __dataclass_fields__: ClassVar[dict[str, Any]]


@dataclass(slots=True)
class Fault(Exception):
    """A row that cannot be used. ``spares`` is of whom it was, as far as can be told: what is stored of them
    is not removed because of a row that could not be read."""

    reason: str
    column: str = ""
    spares: str = EVERYTHING

    @property
    def said(self) -> str:
        return f"{self.reason}:{self.column}" if self.column else self.reason


@dataclass(slots=True)
class PassedOver(Exception):
    """A row that the settings do not ask for."""

    reason: str


class Fields(dict[str, str]):
    """One row by our names of columns; what the file lacks is empty."""

    def __missing__(self, key: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the rows of one file are read by. Days before ``oldest`` are not read."""

    settings: StudentsSettings
    file: FileSettings
    today: date
    zone: ZoneInfo
    oldest: date
    school_year: int
    """The calendar year in which today's school year ends: 2027 in the autumn of 2026."""


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of file. ``rows`` makes typed rows of a row, or raises Fault or PassedOver.

    ``fills`` names the fields of typed rows that come from an optional column alone: where the column is
    missing, what is stored of them stays. ``owns`` are the fields of a table that this source says something
    about, where another source says the rest.
    """

    name: str
    about: str
    order: int
    tables: tuple[type[TypedRow], ...]
    rows: Callable[[Fields, Reading], Iterable[Any]]
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    headerless: bool = False
    unmarked: str = KEEP
    fresh_days: int = 3
    fills: Mapping[str, str] = field(default_factory=dict)
    owns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    part: Mapping[str, str] = field(default_factory=dict)
    """Which records of a table that several sources share are this one's: those with these values."""
    also_called: Mapping[str, str] = field(default_factory=dict)
    """Other names of columns, as in an older layout of the same file."""
    creates: bool = True
    """Whether a record that is not there is made; else such a row is a reject."""

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.required, *self.optional)


def field_names(row: type[TypedRow]) -> tuple[str, ...]:
    return tuple(one.name for one in fields(row))
