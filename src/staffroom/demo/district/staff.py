"""The educators of the demo district: homeroom teachers, teachers of sections, and those who lead."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from staffroom.demo.district.schools import (
    COURSES,
    HIGH,
    MIDDLE,
    SCHOOLS,
    SECTIONS_A_COURSE,
    TERM,
    DemoSchool,
)
from staffroom.demo.people import FAMILY_NAMES, GIVEN_NAMES, plain

MAIL = "k12.example.edu"
TEACHERS = 120


@dataclass(frozen=True, slots=True)
class DemoEducator:
    """One educator as the SIS has them; ``login`` is empty for one who never got an account there."""

    login: str
    first_name: str
    last_name: str
    school: DemoSchool | None
    staff_type: str = "Teacher"
    homeroom: str = ""

    @property
    def email(self) -> str:
        return f"{self.login}@{MAIL}" if self.login else ""

    @property
    def full_name(self) -> str:
        return f"{self.last_name}, {self.first_name}"


@dataclass(frozen=True, slots=True)
class DemoSection:
    """A course of the high school as it is taught to one group."""

    course: str
    title: str
    number: str
    teacher: DemoEducator
    schedule: str
    room: str


PRINCIPAL = DemoEducator("bram.quillfeather", "Bram", "Quillfeather", MIDDLE, "Administrator")
COUNSELOR = DemoEducator("rania.windermoss", "Rania", "Windermoss", HIGH, "Counselor")
OFFICER = DemoEducator("mairead.northbeck", "Mairéad", "Northbeck", None, "District")
SECTION_TEACHER = DemoEducator("tariq.larkspurr", "Tariq", "Larkspurr", HIGH)
HOMEROOM_TEACHER = DemoEducator("paloma.holmquarry", "Paloma", "Holmquarry", SCHOOLS[0], homeroom="101")
NOBODY = DemoEducator("wanda.sandgate", "Wanda", "Sandgate", SCHOOLS[0], "Cafeteria")
"""Has no homeroom, no section and no grant: sees no student."""
NAMED = (PRINCIPAL, COUNSELOR, OFFICER, SECTION_TEACHER, HOMEROOM_TEACHER, NOBODY)


def demo_educators(seed: int) -> tuple[DemoEducator, ...]:
    """Those who are named, then others, until there is one for each homeroom and each course."""
    chance = random.Random(f"{seed} educators")  # noqa: S311 - a demo, not a secret
    rooms = [(school, room) for school in SCHOOLS for room in homerooms(school) if room != "101"]
    made = [*NAMED]
    for number in range(len(NAMED), TEACHERS):
        school, room = rooms[number] if number < len(rooms) else (chance.choice(SCHOOLS), "")
        made.append(_educator(chance, number, school, room))
    return tuple(made)


def homerooms(school: DemoSchool) -> list[str]:
    """The names of a school's homerooms, grade by grade."""
    return [str(school.number + number) for number in range(1, len(school.grades) * school.classes + 1)]


def demo_sections(educators: tuple[DemoEducator, ...]) -> tuple[DemoSection, ...]:
    """Each course in several sections; the named teacher teaches all of biology."""
    teachers = [one for one in educators if one.school is HIGH and one.staff_type == "Teacher"]
    return tuple(_sections(teachers))


def _sections(teachers: list[DemoEducator]) -> Iterator[DemoSection]:
    for place, (course, title) in enumerate(COURSES):
        teacher = SECTION_TEACHER if course == "BIO" else teachers[1 + place % (len(teachers) - 1)]
        for number in range(1, SECTIONS_A_COURSE + 1):
            schedule = f"{number}(M-F)"
            yield DemoSection(course, title, f"{course}-{number}", teacher, schedule, f"R{310 + place}")


def _educator(chance: random.Random, number: int, school: DemoSchool, room: str) -> DemoEducator:
    first, last = chance.choice(GIVEN_NAMES), chance.choice(FAMILY_NAMES)
    login = "" if number == TEACHERS - 1 else plain(f"{first}.{last}{number}".lower())
    return DemoEducator(login, first, last, school, "Teacher", room)


__all__ = ["NAMED", "TERM", "DemoEducator", "DemoSection", "demo_educators", "demo_sections", "homerooms"]
