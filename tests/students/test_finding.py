"""Students are found by parts of names and ids, in any order, with or without accents."""

from __future__ import annotations

import pytest

from staffroom.students.finding import find_students
from staffroom.students.models import Student
from tests.students.district import District, a_student

pytestmark = pytest.mark.django_db


def found(asked: str) -> list[str]:
    numbers = find_students(Student.objects.all(), asked)
    names = dict(Student.objects.values_list("pk", "first_name"))
    return [names[number] for number in numbers]


@pytest.fixture
def named(district: District) -> None:
    hill = district.schools["hill"]
    for local_id, first, last in (
        ("2001", "Zoë", "Núñez"),
        ("2002", "Łukasz", "O’Neill-Żak"),
        ("2003", "Ana", "Zoega"),
        ("12001", "Mirabel", "Ruiz"),
        ("2004", "محمد", "علي"),
    ):
        a_student(local_id, first, hill, "4", last_name=last)


@pytest.mark.parametrize(
    ("asked", "students"),
    [
        ("zoe", ["Zoë", "Ana"]),  # the whole name first, then the beginning of another
        ("NUNEZ zoe", ["Zoë"]),
        ("nun", ["Zoë"]),
        ("unez", ["Zoë"]),
        ("oneill", ["Łukasz"]),
        ("o'neill zak lukasz", ["Łukasz"]),
        ("neill-żak", ["Łukasz"]),
        ("mira", ["Mira", "Mirabel"]),
        ("2001", ["Zoë", "Mirabel"]),
        ("محمد", ["محمد"]),
        ("zoe ruiz", []),
        ("", []),
        ("  - ", []),
        ("%", []),
        ("_", []),
    ],
)
def test_what_is_asked_finds_whom_it_means(named: None, asked: str, students: list[str]) -> None:
    assert found(asked) == students


def test_only_those_who_are_given_are_found(district: District) -> None:
    assert find_students(Student.objects.filter(grade="12"), "mira") == []
