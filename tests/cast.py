"""The fixed cast of the tests, on one fixed day.

Ada administers. Stella is staff of Lake Biology 2024, Ruth of the run whose key merely starts the same.
Nora has no role. Ivan was staff of Lake Biology and has left.
"""

from __future__ import annotations

from dataclasses import dataclass

from staffroom.accounts import people
from staffroom.accounts.models import Person
from staffroom.events.keys import CourseKey

LAKE = CourseKey("course-v1:Lake+BIO+2024")
LAKE_T1 = CourseKey("course-v1:Lake+BIO+2024_T1")
LEGACY = CourseKey("Lake/CHEM/2013_Spring")
NON_ASCII = CourseKey("course-v1:Universität+Ökologie+2024")

PASSWORD = "a long enough phrase"


@dataclass(frozen=True)
class Cast:
    ada: Person
    stella: Person
    ruth: Person
    nora: Person
    ivan: Person


def make_cast() -> Cast:
    cast = Cast(
        ada=people.create_person("ada@lake.example", name="Ada Administrator", administrator=True),
        stella=people.create_person("stella@lake.example", name="Stella Staff"),
        ruth=people.create_person("ruth@lake.example", name="Ruth Run"),
        nora=people.create_person("nora@lake.example", name="Nora Norole"),
        ivan=people.create_person("ivan@lake.example", name="Ivan Inactive"),
    )
    people.give_course(cast.stella, LAKE)
    people.give_course(cast.ruth, LAKE_T1)
    people.give_course(cast.ivan, LAKE)
    people.set_active(cast.ivan, False)
    return cast
