"""A district in miniature: three schools, fifteen educators, five students, on one day in the third quarter.

| who | where | what |
|---|---|---|
| Ursula | Brook | the SIS's administrator, districtwide, project lead |
| Rolf | no school | districtwide |
| Lorna | Brook | principal: the SIS's administrator, schoolwide |
| Vera | Brook | homeroom B1, with Gwen |
| Sven | Brook | homeroom B2, empty |
| Alma | Brook | English learners only, nothing opened |
| Silas | Brook | special education only, nothing opened |
| Lars | Hill | schoolwide |
| Mona | Hill | homeroom H1, empty |
| Selma, Hanna | Lake High | schoolwide, housemasters |
| Jonas | Lake High | homeroom L1, with Mira and Anton |
| Bruno | Lake High | homeroom L2, empty; teaches biology to Mira, and to nobody next quarter |
| Hilda | Lake High | teaches art to Kaja, all year |
| Frida | Lake High | schoolwide; taught physics to Anton in the first semester |

Rafael, in grade 8 at Hill, has no homeroom.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from staffroom.accounts import people
from staffroom.accounts.models import Person
from staffroom.config import Instance, Institution
from staffroom.students.access import Rules, rules_on
from staffroom.students.models import (
    AttendsSection,
    Course,
    Educator,
    Grants,
    Homeroom,
    Label,
    School,
    Section,
    Student,
    TeachesSection,
)

TODAY = date(2018, 3, 13)
DOMAIN = "lake.example"


def rules(day: date = TODAY, **settings: Any) -> Rules:
    """The rules on ``day`` with these settings."""
    return rules_on(day, Instance(Path(), Institution(), {"students": {"access": settings}}))


def an_educator(
    login: str, school: School | None = None, *, labels: tuple[str, ...] = (), **more: Any
) -> Educator:
    """An educator with an account. Fields of ``Grants`` among ``more`` are granted."""
    name = login.title()
    granted = {key: more.pop(key) for key in list(more) if key in GRANTED}
    more = {"full_name": f"{name}son, {name}", "email": f"{login}@{DOMAIN}", "school": school, **more}
    educator = Educator.objects.create(login=login, **more)
    educator.person = people.create_person(educator.email, name=name)
    educator.save()
    if granted:
        Grants.objects.create(educator=educator, **granted)
    Label.objects.bulk_create(Label(educator=educator, key=key) for key in labels)
    return educator


GRANTED = {field.name for field in Grants._meta.fields} - {"educator"}


def a_school(local_id: str, name: str, kind: str) -> School:
    return School.objects.create(local_id=local_id, name=name, kind=kind, slug=local_id.lower())


def a_student(local_id: str, first_name: str, school: School, grade: str, **more: Any) -> Student:
    more = {"enrollment_status": "Active", "last_name": f"{first_name}sen", **more}
    return Student.objects.create(
        local_id=local_id, first_name=first_name, school=school, grade=grade, **more
    )


def a_section(course: Course, number: str, term: str, *, year: int = 2018) -> Section:
    return Section.objects.create(course=course, number=number, term=term, year=year)


def teaches(educator: Educator, *sections: Section) -> None:
    for section in sections:
        TeachesSection.objects.create(educator=educator, section=section)


def attends(student: Student, *sections: Section) -> None:
    for section in sections:
        AttendsSection.objects.create(student=student, section=section)


@dataclass(frozen=True)
class District:
    schools: dict[str, School]
    educators: dict[str, Educator]
    students: dict[str, Student]
    homerooms: dict[str, Homeroom]
    sections: dict[str, Section]

    def person(self, login: str) -> Person:
        person = Educator.objects.get(login=login).person
        assert person is not None
        return person


def make_district() -> District:
    brook = a_school("BRK", "Brook School", "ESMS")
    hill = a_school("HIL", "Hill School", "ESMS")
    high = a_school("LHS", "Lake High School", "HS")
    educators = _educators(brook, hill, high)
    homerooms = {
        name: Homeroom.objects.create(name=name, school=school, educator=educators[login])
        for name, school, login in (
            ("B1", brook, "vera"),
            ("B2", brook, "sven"),
            ("H1", hill, "mona"),
            ("L1", high, "jonas"),
            ("L2", high, "bruno"),
        )
    }
    students = {
        "gwen": a_student("1001", "Gwen", brook, "KF", homeroom=homerooms["B1"]),
        "rafael": a_student("1002", "Rafael", hill, "8"),
        "mira": a_student("1003", "Mira", high, "9", homeroom=homerooms["L1"]),
        "anton": a_student("1004", "Anton", high, "9", homeroom=homerooms["L1"]),
        "kaja": a_student("1005", "Kaja", high, "12"),
    }
    sections = _sections(high)
    teaches(educators["bruno"], sections["BIO-1"], sections["BIO-2"])
    teaches(educators["hilda"], sections["ART-1"], sections["ART-2"])
    teaches(educators["frida"], sections["PHY-1"], sections["PHY-2"])
    attends(students["mira"], sections["BIO-1"])
    attends(students["anton"], sections["PHY-1"])
    attends(students["kaja"], sections["ART-1"])
    schools = {"brook": brook, "hill": hill, "high": high}
    return District(schools, educators, students, homerooms, sections)


def _educators(brook: School, hill: School, high: School) -> dict[str, Educator]:
    whole: Any = {"schoolwide": True, "reads_restricted_notes": True}
    made = [
        an_educator("ursula", brook, is_administrator=True, districtwide=True, sets_access=True, **whole),
        an_educator("rolf", is_administrator=True, districtwide=True, **whole),
        an_educator("lorna", brook, is_administrator=True, staff_type="Principal", **whole),
        an_educator("vera", brook),
        an_educator("sven", brook),
        an_educator("alma", brook, only_english_learners=True),
        an_educator("silas", brook, only_special_education=True),
        an_educator("lars", hill, labels=("writes_transition_notes",), **whole),
        an_educator("mona", hill),
        an_educator("selma", high, labels=("feed_by_counselor", "housemaster"), schoolwide=True),
        an_educator("hanna", high, labels=("feed_by_house", "housemaster"), **whole),
        an_educator("jonas", high),
        an_educator("bruno", high),
        an_educator("hilda", high),
        an_educator("frida", high, labels=("feed_by_section",), schoolwide=True),
    ]
    return {educator.login: educator for educator in made}


def _sections(high: School) -> dict[str, Section]:
    biology = Course.objects.create(number="BIO-700", school=high, title="Biology")
    art = Course.objects.create(number="ART-302", school=high, title="Art")
    physics = Course.objects.create(number="PHY-201", school=high, title="Physics")
    return {
        number: a_section(course, number, term)
        for course, number, term in (
            (biology, "BIO-1", "Q3"),
            (biology, "BIO-2", "Q4"),
            (art, "ART-1", "FY"),
            (art, "ART-2", "FY"),
            (physics, "PHY-1", "S1"),
            (physics, "PHY-2", "S1"),
        )
    }
