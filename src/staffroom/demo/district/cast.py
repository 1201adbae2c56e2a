"""Who of the demo district may sign in."""

from __future__ import annotations

from staffroom.demo.district.staff import (
    COUNSELOR,
    HOMEROOM_TEACHER,
    NOBODY,
    OFFICER,
    PRINCIPAL,
    SECTION_TEACHER,
    DemoEducator,
)
from staffroom.demo.parts import Part


def _part(one: DemoEducator, sees: str) -> Part:
    return Part(one.email, f"{one.first_name} {one.last_name}", sees)


DISTRICT_CAST = (
    _part(HOMEROOM_TEACHER, "the students of a kindergarten homeroom"),
    _part(SECTION_TEACHER, "the students of six biology sections, who is low in them"),
    _part(COUNSELOR, "a whole high school, and restricted notes"),
    _part(PRINCIPAL, "a whole middle school, as its principal"),
    _part(OFFICER, "every student of the district; who may see whom (project lead)"),
    _part(NOBODY, "no student: works in the cafeteria"),
)
