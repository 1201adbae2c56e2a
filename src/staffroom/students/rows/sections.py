"""The files of courses and sections, and of who teaches and attends them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, NamedTuple

from staffroom.students.logins import normal_login
from staffroom.students.rows.declaration import REMOVE, Fault, Fields, Reading, Source
from staffroom.students.rows.values import decimal_or_none, needed, whole_or_none

TERMS = ("9", "FY", "1", "S1", "Q1", "Q2", "2", "S2", "Q3", "Q4")
SECTION_COLUMNS = ("course_number", "school_local_id", "section_number", "term_local_id")


class SectionKey(NamedTuple):
    """By what a section is known."""

    school: str
    course: str
    number: str
    term: str
    year: int


@dataclass(frozen=True, slots=True)
class CourseRow:
    TABLE: ClassVar[str] = "course"
    KEY: ClassVar[tuple[str, ...]] = ("school", "number")
    school: str
    number: str
    title: str


@dataclass(frozen=True, slots=True)
class SectionRow:
    TABLE: ClassVar[str] = "section"
    KEY: ClassVar[tuple[str, ...]] = ("course", "number", "term", "year")
    course: tuple[str, str]
    """School and number."""
    number: str
    term: str
    year: int
    schedule: str
    room: str


@dataclass(frozen=True, slots=True)
class TeachesRow:
    TABLE: ClassVar[str] = "teaches_section"
    KEY: ClassVar[tuple[str, ...]] = ("educator", "section")
    educator: str
    section: SectionKey


@dataclass(frozen=True, slots=True)
class AttendsRow:
    TABLE: ClassVar[str] = "attends_section"
    KEY: ClassVar[tuple[str, ...]] = ("student", "section")
    student: str
    section: SectionKey
    grade_numeric: Decimal | None = None
    grade_letter: str = ""


def sections(fields: Fields, reading: Reading) -> Iterator[CourseRow | SectionRow]:  # noqa: ARG001 - as Source asks
    school, course = needed(fields, "school_local_id"), needed(fields, "course_number")
    yield CourseRow(school, course, fields["course_description"])
    key = section_of(fields, spares="")
    yield SectionRow(
        (school, course),
        key.number,
        key.term,
        key.year,
        fields["section_schedule"],
        fields["section_room_number"],
    )


def section_of(fields: Fields, *, spares: str, year: int | None = None) -> SectionKey:
    """The section that a row names. Raises Fault where a part of it is missing."""
    term = needed(fields, "term_local_id", spares=spares)
    if term not in TERMS:
        raise Fault("value", "term_local_id", spares)
    year = year or whole_or_none(fields["district_school_year"])
    if year is None or not 1900 < year < 2200:
        raise Fault("number", "district_school_year", spares)
    return SectionKey(
        needed(fields, "school_local_id", spares=spares),
        needed(fields, "course_number", spares=spares),
        needed(fields, "section_number", spares=spares),
        term,
        year,
    )


def educator_sections(fields: Fields, reading: Reading) -> Iterator[TeachesRow]:  # noqa: ARG001 - as every source is called
    login = normal_login(needed(fields, "login_name"))
    yield TeachesRow(login, section_of(fields, spares=login))


def student_sections(fields: Fields, reading: Reading) -> Iterator[AttendsRow]:  # noqa: ARG001 - as every source is called
    local_id = needed(fields, "local_id")
    yield AttendsRow(local_id, section_of(fields, spares=local_id))


def grades(fields: Fields, reading: Reading) -> Iterator[AttendsRow]:
    local_id = needed(fields, "local_id")
    numeric, letter = grade_parts(fields["grade"])
    yield AttendsRow(local_id, section_of(fields, spares=local_id, year=reading.school_year), numeric, letter)


def grade_parts(text: str) -> tuple[Decimal | None, str]:
    """``85.12 B+`` is 85.12 and B+; what does not begin with a number is no grade."""
    first, _, rest = text.partition(" ")
    number = decimal_or_none(first)
    return (None, "") if number is None else (number, rest.split()[0][:10] if rest.split() else "")


COURSES_SECTIONS = Source(
    name="courses_sections",
    about="Courses and their sections.",
    order=1,
    tables=(CourseRow, SectionRow),
    rows=sections,
    required=(*SECTION_COLUMNS, "district_school_year"),
    optional=("course_description", "section_schedule", "section_room_number"),
    fills={
        "title": "course_description",
        "schedule": "section_schedule",
        "room": "section_room_number",
    },
)

EDUCATOR_SECTIONS = Source(
    name="educator_sections",
    about="Who teaches which section.",
    order=2,
    tables=(TeachesRow,),
    rows=educator_sections,
    required=("login_name", *SECTION_COLUMNS, "district_school_year"),
    optional=("local_id",),
    unmarked=REMOVE,
)

STUDENT_SECTIONS = Source(
    name="student_sections",
    about="Who attends which section.",
    order=4,
    tables=(AttendsRow,),
    rows=student_sections,
    required=("local_id", *SECTION_COLUMNS, "district_school_year"),
    unmarked=REMOVE,
    owns={"attends_section": ("student", "section")},
)

GRADES = Source(
    name="grades",
    about="Current grades in sections; the file has no header.",
    order=5,
    tables=(AttendsRow,),
    rows=grades,
    required=("section_number", "local_id", "school_local_id", "course_number", "term_local_id", "grade"),
    headerless=True,
    creates=False,
)
