"""The table in SQL and the table in Python say the same of every educator and student of any district."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from staffroom.accounts.models import Person
from staffroom.students import access
from staffroom.students.access import Reason, ViewingAs
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
from tests.students.district import rules

SCHOOLS, HOMEROOMS, SECTIONS = 2, 3, 5
GRADES = ("", "8", "9")
flag = st.booleans()


def rarely() -> st.SearchStrategy[bool]:
    return st.sampled_from((False, False, False, True))


def some_of(count: int) -> st.SearchStrategy[set[int]]:
    return st.sets(st.integers(0, count - 1), max_size=count)


educators = st.fixed_dictionaries(
    {
        "school": st.sampled_from((None, 0, 0, 0, 1)),
        "is_administrator": rarely(),
        "missing": rarely(),
        "housemaster": flag,
        "homerooms": some_of(HOMEROOMS),
        "sections": some_of(SECTIONS),
        "grants": st.none()
        | st.fixed_dictionaries(
            {
                "districtwide": rarely(),
                "sets_access": flag,
                "schoolwide": flag,
                "only_special_education": flag,
                "only_english_learners": flag,
                "reads_restricted_notes": flag,
                "grade_levels": st.sampled_from(([], ["8"], ["8", "9"])),
            }
        ),
    }
)
students = st.fixed_dictionaries(
    {
        "school": st.sampled_from((0, 0, 1)),
        "homeroom": st.sampled_from((None, *range(HOMEROOMS))),
        "sections": some_of(SECTIONS),
        "grade": st.sampled_from(GRADES),
        "program": st.sampled_from(("", "Sp Ed", "Reg Ed")),
        "language_status": st.sampled_from(("", "Limited", "Fluent")),
        "enrollment_status": st.sampled_from(("Active", "Active", "Transferred")),
    }
)
words = st.fixed_dictionaries(
    {
        "housemaster_grades": st.sampled_from(([], ["8"], ["8", "9"])),
        "uses_sections": st.sampled_from((True, True, False)),
    }
)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    staff=st.lists(educators, min_size=2, max_size=3),
    pupils=st.lists(students, min_size=1, max_size=4),
    said=words,
)
def test_both_say_the_same_of_every_pair(
    staff: list[dict[str, Any]], pupils: list[dict[str, Any]], said: dict[str, Any]
) -> None:
    with transaction.atomic():
        _make(staff, pupils)
        today = rules(**said)
        educators = list(Educator.objects.select_related("person").order_by("pk"))
        for educator in educators:
            _check(educator, today)
        for lead, other in itertools.pairwise(educators):
            _check_both(ViewingAs(Person.objects.get(educator=lead), other), today)
        transaction.set_rollback(True)


def _check(educator: Educator, today: access.Rules) -> None:
    person = educator.person
    seen = set(access.students_for(person, rules=today))
    for student in Student.objects.all():
        why = access.why_visible(person, student, rules=today)
        told = dict(access.reasons_for_all(student, rules=today)).get(educator)
        verdict = access.verdict_on(educator, student, rules=today)
        assert (why is not None) == (student in seen)
        assert told == why
        assert (verdict if isinstance(verdict, Reason) else None) == why
    rooms = {room.pk for room in access.homerooms_for(person, rules=today)}
    assert rooms == {
        room.pk
        for room in Homeroom.objects.all()
        if (inside := set(Student.objects.active().filter(homeroom=room))) and inside <= seen
    }


def _check_both(viewer: ViewingAs, today: access.Rules) -> None:
    lead = access.sets_access(viewer.lead, rules=today)
    other = Person.objects.get(educator=viewer.educator)
    both = set(access.students_for(viewer.lead, rules=today)) & set(access.students_for(other, rules=today))
    seen = set(access.students_for(viewer, rules=today))
    assert seen == (both if lead else set())
    for student in Student.objects.all():
        assert (access.why_visible(viewer, student, rules=today) is not None) == (student in seen)


def _make(staff: list[dict[str, Any]], pupils: list[dict[str, Any]]) -> None:
    schools = [School.objects.create(local_id=f"S{n}", name=f"S{n}", slug=f"s{n}") for n in range(SCHOOLS)]
    rooms = [Homeroom.objects.create(name=f"H{n}", school=schools[n % SCHOOLS]) for n in range(HOMEROOMS)]
    courses = [Course.objects.create(number="C", school=school) for school in schools]
    sections = [
        Section.objects.create(course=courses[n % SCHOOLS], number=str(n), term=term, year=year)
        for n, (term, year) in enumerate(
            (("Q3", 2018), ("FY", 2018), ("S2", 2018), ("Q1", 2018), ("Q3", 2017))
        )
    ]
    for number, facts in enumerate(staff):
        _make_educator(number, facts, schools, rooms, sections)
    for number, facts in enumerate(pupils):
        plain = {key: facts[key] for key in ("grade", "program", "language_status", "enrollment_status")}
        room = None if facts["homeroom"] is None else rooms[facts["homeroom"]]
        student = Student.objects.create(
            local_id=str(number), school=schools[facts["school"]], homeroom=room, **plain
        )
        for index in facts["sections"]:
            AttendsSection.objects.create(student=student, section=sections[index])


def _make_educator(
    number: int,
    facts: dict[str, Any],
    schools: list[School],
    rooms: list[Homeroom],
    sections: list[Section],
) -> None:
    educator = Educator.objects.create(
        login=f"e{number}",
        school=None if facts["school"] is None else schools[facts["school"]],
        is_administrator=facts["is_administrator"],
        missing_since=timezone.now() if facts["missing"] else None,
        person=Person.objects.create(email=f"e{number}@lake.example", name=f"E{number}"),
    )
    if facts["grants"] is not None:
        Grants.objects.create(educator=educator, **facts["grants"])
    if facts["housemaster"]:
        Label.objects.create(educator=educator, key="housemaster")
    Homeroom.objects.filter(pk__in=[rooms[index].pk for index in facts["homerooms"]]).update(
        educator=educator
    )
    for index in facts["sections"]:
        TeachesSection.objects.create(educator=educator, section=sections[index])
