"""The people of the generated district, and the courses of its middle and high schools."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from bench.district import Plan, Pupil
from bench.filling import Table
from staffroom.demo.people import FAMILY_NAMES, GIVEN_NAMES
from staffroom.students.models import (
    AttendsSection,
    Course,
    Educator,
    Homeroom,
    School,
    Section,
    Student,
    TeachesSection,
)

MAIL = "bench.example"
COURSES_A_STUDENT, STUDENTS_A_SECTION = 6, 25
SUBJECTS = ("English", "Mathematics", "Science", "History", "Spanish", "Art", "Music", "Health")
STUDENT_FIELDS = (
    "id", "local_id", "state_id", "first_name", "last_name", "school", "homeroom", "grade",
    "enrollment_status", "born_on", "registered_on", "gender", "race", "is_hispanic", "home_language",
    "lunch", "program", "disability", "sped_level", "plan_504", "language_status", "address", "house",
    "counselor",
)  # fmt: skip


def login_of(educator: int) -> str:
    return f"educator{educator}"


def people_tables(plan: Plan) -> Iterator[Table]:
    yield School, ("id", "local_id", "name", "kind", "slug"), _schools(plan)
    yield Educator, ("id", "login", "email", "full_name", "school"), _educators(plan)
    yield Homeroom, ("id", "name", "school", "educator"), _homerooms(plan)
    yield Student, STUDENT_FIELDS, (_student(plan, pupil) for pupil in plan.pupils)


def course_tables(plan: Plan) -> Iterator[Table]:
    """Every subject, in as many sections as a school needs; a student takes some of the subjects."""
    sections = list(_sections(plan))
    courses = dict.fromkeys((school, place) for school, place, _ in sections)
    keys = {course: number for number, course in enumerate(courses, 1)}
    yield (
        Course,
        ("id", "number", "school", "title"),
        ((key, SUBJECTS[place][:3], school, SUBJECTS[place]) for (school, place), key in keys.items()),
    )
    yield (
        Section,
        ("id", "course", "year", "term", "number", "schedule", "room"),
        (
            (number, keys[school, place], plan.year, "FY", f"{SUBJECTS[place][:3]}-{nth}", "1(M-F)", "R1")
            for number, (school, place, nth) in enumerate(sections, 1)
        ),
    )
    yield TeachesSection, ("educator", "section"), _teaches(plan, sections)
    fields = ("student", "section", "grade_numeric", "grade_letter")
    yield AttendsSection, fields, _attends(plan, sections)


def _schools(plan: Plan) -> Iterator[tuple[Any, ...]]:
    for number, kind in enumerate(plan.schools, 1):
        yield number, f"S{number:02}", f"{FAMILY_NAMES[number]} School", kind, f"s{number:02}"


def _educators(plan: Plan) -> Iterator[tuple[Any, ...]]:
    for school, numbers in plan.educators.items():
        for number in numbers:
            name = f"{plan.chance.choice(FAMILY_NAMES)}, {plan.chance.choice(GIVEN_NAMES)}"
            yield number, login_of(number), f"{login_of(number)}@{MAIL}", name, school


def _homerooms(plan: Plan) -> Iterator[tuple[Any, ...]]:
    teachers = {school: iter(numbers) for school, numbers in plan.educators.items()}
    for number, school in plan.homerooms.items():
        yield number, f"R{number:03}", school, next(teachers[school], None)


def _student(plan: Plan, pupil: Pupil) -> tuple[Any, ...]:
    chance = plan.chance
    sped, learns, is_high = chance.random() < 0.15, chance.random() < 0.2, pupil.kind == "HS"
    age = 5 if pupil.grade == "KF" else 5 + int(pupil.grade)
    return (
        pupil.number,
        str(100_000 + pupil.number),
        str(9_000_000 + pupil.number),
        chance.choice(GIVEN_NAMES),
        chance.choice(FAMILY_NAMES),
        pupil.school,
        pupil.homeroom,
        pupil.grade,
        "Active" if chance.random() < 0.97 else "Withdrawn",
        date(plan.year - 1 - age, 1 + chance.randrange(12), 1 + chance.randrange(28)).isoformat(),
        f"{plan.year - 1 - chance.randrange(6)}-08-28",
        chance.choice("FMX"),
        chance.choice(("White", "Asian", "Black or African American", "Two or more")),
        chance.random() < 0.3,
        "Spanish" if learns else "English",
        chance.choice(("Free Lunch", "Reduced Lunch", "Not Eligible")),
        "Sp Ed" if sped else "Reg Ed",
        "Autism" if sped else "",
        chance.choice(("Low < 2", "Low >= 2", "Moderate", "High")) if sped else "",
        "504" if not sped and chance.random() < 0.05 else "Not 504",
        "Limited" if learns else "Fluent",
        f"{pupil.number % 400 + 1} Lantern Street",
        chance.choice(("Beacon", "Broadway", "Elm", "Highland")) if is_high else "",
        f"COUNSELOR{pupil.number % 8}" if is_high else "",
    )


def _sections(plan: Plan) -> Iterator[tuple[int, int, int]]:
    """School, place of the subject, and which of its sections."""
    for school, kind in enumerate(plan.schools, 1):
        if kind != "ES":
            students = sum(pupil.school == school for pupil in plan.pupils)
            each = max(1, round(students * COURSES_A_STUDENT / len(SUBJECTS) / STUDENTS_A_SECTION))
            for place in range(len(SUBJECTS)):
                for nth in range(each):
                    yield school, place, nth


def _teaches(plan: Plan, sections: list[tuple[int, int, int]]) -> Iterator[tuple[Any, ...]]:
    for number, (school, _, _) in enumerate(sections, 1):
        teachers = plan.educators[school]
        yield teachers[number % len(teachers)], number


def _attends(plan: Plan, sections: list[tuple[int, int, int]]) -> Iterator[tuple[Any, ...]]:
    of_subject: dict[tuple[int, int], list[int]] = {}
    for number, (school, place, _) in enumerate(sections, 1):
        of_subject.setdefault((school, place), []).append(number)
    for pupil in plan.pupils:
        if pupil.kind != "ES":
            for place in plan.chance.sample(range(len(SUBJECTS)), COURSES_A_STUDENT):
                mark = min(100.0, max(40.0, plan.chance.gauss(90 - 40 * pupil.trouble, 7)))
                yield pupil.number, plan.chance.choice(of_subject[pupil.school, place]), f"{mark:.2f}", "C"
