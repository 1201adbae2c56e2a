"""The students' file: one row a student, with all that the SIS says of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from staffroom.students.rows.declaration import FLAG, Fault, Fields, Reading, Source
from staffroom.students.rows.values import day_or_none, grade_of, needed, two_names, yes_or_none
from staffroom.students.settings import StudentsSettings

ACTIVE = "Active"


@dataclass(frozen=True, slots=True)
class StudentRow:
    TABLE: ClassVar[str] = "student"
    KEY: ClassVar[tuple[str, ...]] = ("local_id",)
    local_id: str
    state_id: str
    first_name: str
    last_name: str
    school: str
    homeroom: str
    """Its name within the school; empty where the student has none or is not enrolled."""
    grade: str
    enrollment_status: str
    registered_on: date | None
    born_on: date | None
    gender: str
    race: str
    is_hispanic: bool | None
    home_language: str
    lunch: str
    program: str
    sped_placement: str
    disability: str
    sped_level: str
    sped_liaison: str
    plan_504: str
    language_status: str
    ell_entry_on: date | None
    ell_transition_on: date | None
    address: str
    phone: str
    email: str
    house: str
    counselor: str

    @property
    def rank(self) -> int:
        """Of two rows of one student, as in two schools, the one where they are enrolled counts."""
        return int(self.enrollment_status != ACTIVE)


TEXTS = {
    "state_id": "state_id",
    "enrollment_status": "enrollment_status",
    "gender": "gender",
    "race": "race",
    "home_language": "home_language",
    "lunch": "free_reduced_lunch",
    "program": "program_assigned",
    "sped_placement": "sped_placement",
    "disability": "disability",
    "sped_level": "sped_level_of_need",
    "sped_liaison": "sped_liaison",
    "plan_504": "plan_504",
    "language_status": "limited_english_proficiency",
    "address": "student_address",
    "phone": "primary_phone",
    "email": "primary_email",
    "house": "house",
}
"""Fields that are a column's text as it stands."""

DAYS = {
    "born_on": "date_of_birth",
    "ell_entry_on": "ell_entry_date",
    "ell_transition_on": "ell_transition_date",
}


def rows(fields: Fields, reading: Reading) -> Iterator[StudentRow]:
    local_id = needed(fields, "local_id")
    for column in reading.settings.ignored_student_columns:
        fields[column] = ""
    first_name, last_name = _names(fields, local_id)
    texts: dict[str, Any] = {name: fields[column] for name, column in TEXTS.items()}
    _check_plan(texts["plan_504"], reading.settings, local_id)
    days: dict[str, Any] = {name: day_or_none(fields, column, reading) for name, column in DAYS.items()}
    is_active = fields["enrollment_status"] == ACTIVE
    homeroom = "" if fields["homeroom"] in reading.settings.no_homeroom else fields["homeroom"]
    yield StudentRow(
        local_id=local_id,
        first_name=first_name,
        last_name=last_name,
        school=needed(fields, "school_local_id", spares=local_id),
        homeroom=homeroom if is_active else "",
        grade=_grade(fields, reading.settings, local_id),
        registered_on=_registered(fields, reading, local_id),
        is_hispanic=yes_or_none(fields["hispanic_latino"]),
        counselor=counselor_of(fields["counselor"], reading.settings),
        **texts,
        **days,
    )


def _names(fields: Fields, local_id: str) -> tuple[str, str]:
    if fields["first_name"] and fields["last_name"]:
        return fields["first_name"], fields["last_name"]
    try:
        return two_names(fields["full_name"])
    except Fault as fault:
        raise Fault(fault.reason, fault.column, local_id) from None


def _grade(fields: Fields, settings: StudentsSettings, local_id: str) -> str:
    grade = grade_of(fields["grade"])
    if grade not in settings.grades:
        raise Fault("grade" if grade else "blank", "grade", local_id)
    return grade


def _registered(fields: Fields, reading: Reading, local_id: str) -> date | None:
    found = day_or_none(fields, "registration_date", reading)
    if found is not None and found > reading.today:
        raise Fault("date", "registration_date", local_id)
    return found


def _check_plan(text: str, settings: StudentsSettings, local_id: str) -> None:
    allowed = settings.plan_504_values
    if allowed and text and text not in allowed:
        raise Fault("value", "plan_504", local_id)


def counselor_of(text: str, settings: StudentsSettings) -> str:
    """The name in “LABERGE, J x-1234” or in “Counselor Laberge”, as the settings say."""
    if settings.counselor == "before_comma":
        return text.partition(",")[0].strip()
    if settings.counselor == "last_word":
        return re.split(r"\s+", text.strip())[-1]
    return text


FILLS = {
    **{name: column for name, column in (*TEXTS.items(), *DAYS.items()) if name != "enrollment_status"},
    "homeroom": "homeroom",
    "registered_on": "registration_date",
    "is_hispanic": "hispanic_latino",
    "counselor": "counselor",
}

SOURCE = Source(
    name="students",
    about="Students, with contacts, programmes and plans.",
    order=3,
    tables=(StudentRow,),
    rows=rows,
    required=("local_id", "full_name", "school_local_id", "grade", "enrollment_status"),
    optional=(*FILLS.values(), "first_name", "last_name"),
    unmarked=FLAG,
    fills=FILLS,
)
