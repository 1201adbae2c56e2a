"""The students of the demo district, and how each of them is: how often absent, how good at school."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from staffroom.demo.district.schools import HIGH, PUPILS_A_CLASS, SCHOOLS, Calendar, DemoSchool
from staffroom.demo.district.staff import homerooms
from staffroom.demo.people import FAMILY_NAMES, GIVEN_NAMES

FIRST_ID = 410_001
UNUSUAL = (
    ("Seán", "O'Brannagh"),
    ("نور", "الهادي"),
    ("Mia 🌻", "Van der Sloop"),
    ("Anne-Marie", "D'Almarguén-Ruiz"),
    ("Zoë", "St. Lindenhay"),
)
"""Names that break what is built carelessly: an apostrophe, right-to-left, an emoji, hyphens, a dot."""
LANGUAGES = ("English", "English", "English", "Spanish", "Portuguese", "Haitian Creole", "Nepali")
RACES = ("White", "Black or African American", "Asian", "White", "Two or more")
DISABILITIES = ("Specific Learning Disabilities", "Autism", "Communication", "Health", "Emotional")
HOUSES = ("Beacon", "Broadway", "Elm", "Highland")


@dataclass(frozen=True, slots=True)
class Pupil:
    """One student. ``trouble`` is from 0 to 1: who has much is absent more often and does less well."""

    local_id: str
    first_name: str
    last_name: str
    school: DemoSchool
    grade: str
    homeroom: str
    born_on: date
    trouble: float
    skill: float
    """From 0 to 1, with which scores and grades go."""
    facts: dict[str, str] = field(default_factory=dict)
    """The other columns of the students' file."""
    is_enrolled: bool = True

    @property
    def full_name(self) -> str:
        return f"{self.last_name}, {self.first_name}"


def demo_pupils(seed: int, calendar: Calendar) -> tuple[Pupil, ...]:
    """About fifteen hundred, in the order of schools and grades; some have left."""
    chance = random.Random(f"{seed} pupils")  # noqa: S311 - a demo, not a secret
    return tuple(_pupils(chance, calendar))


def _pupils(chance: random.Random, calendar: Calendar) -> Iterator[Pupil]:
    number = FIRST_ID
    for school in SCHOOLS:
        for place, room in enumerate(homerooms(school)):
            grade = school.grades[place // school.classes]
            for _ in range(PUPILS_A_CLASS - chance.randrange(4)):
                yield _pupil(chance, number, (school, grade, room), calendar)
                number += 1


def _pupil(
    chance: random.Random, number: int, where: tuple[DemoSchool, str, str], calendar: Calendar
) -> Pupil:
    school, grade, room = where
    names = (chance.choice(GIVEN_NAMES), chance.choice(FAMILY_NAMES))
    first, last = UNUSUAL[number % 10] if number % 150 < len(UNUSUAL) else names
    age = 5 if grade == "KF" else 5 + int(grade)
    born_on = date(calendar.year_begins.year - age, 1 + chance.randrange(12), 1 + chance.randrange(28))
    trouble = chance.betavariate(1.2, 5)
    return Pupil(
        local_id=str(number),
        first_name=first,
        last_name=last,
        school=school,
        grade=grade,
        homeroom=room,
        born_on=born_on,
        trouble=trouble,
        skill=min(1.0, max(0.0, chance.gauss(0.62 - trouble / 2, 0.17))),
        facts=_facts(chance, school, number),
        is_enrolled=chance.random() > 0.02,
    )


def _facts(chance: random.Random, school: DemoSchool, number: int) -> dict[str, str]:
    language = chance.choice(LANGUAGES)
    learns = language != "English" and chance.random() < 0.45
    sped = chance.random() < 0.14
    return {
        "home_language": language,
        "limited_english_proficiency": "Limited" if learns else chance.choice(("Fluent", "Fluent", "FLEP")),
        "race": chance.choice(RACES),
        "hispanic_latino": "1" if language == "Spanish" else "0",
        "gender": chance.choice(("F", "M", "F", "M", "F", "M", "X")),
        "free_reduced_lunch": chance.choice(("Free Lunch", "Not Eligible", "Not Eligible", "Reduced Lunch")),
        "program_assigned": "Sp Ed" if sped else "Reg Ed",
        "disability": chance.choice(DISABILITIES) if sped else "NULL",
        "sped_placement": "Partial Inclusion" if sped else "Not special ed",
        "sped_level_of_need": chance.choice(("Low < 2", "Low >= 2", "Moderate", "High")) if sped else "NULL",
        "sped_liaison": "WINDERMOSS" if sped and school is HIGH else "NULL",
        "plan_504": "504" if not sped and chance.random() < 0.05 else "Not 504",
        "student_address": f"{10 + number % 300} Lantern Street, Apt {number % 9 + 1}",
        "primary_phone": f"555-0{100 + number % 100} (home)",
        "primary_email": f"family{number}@example.org",
        "house": HOUSES[number % len(HOUSES)] if school is HIGH else "",
        "counselor": "WINDERMOSS, R x-1207" if school is HIGH and number % 3 == 0 else "",
        "registration_date": "2022-08-29",
    }
