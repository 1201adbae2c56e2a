"""Changing grants: what is refused, and the line of history that each change leaves."""

from __future__ import annotations

from typing import Any

import pytest

from staffroom.accounts import people
from staffroom.students.granting import (
    COMMAND_LINE,
    GrantRefused,
    by_person,
    change_grants,
    first_grants,
    give_label,
    grants_of,
    take_label,
)
from staffroom.students.models import Educator, GrantChange, Grants, Label, School

pytestmark = pytest.mark.django_db

KNOWN = "Known grades: OOPK, OPK, TK, PPK, PK, KF, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, SP."


@pytest.fixture
def wren() -> Educator:
    school = School.objects.create(local_id="BRK", name="Brook School", slug="brk")
    return Educator.objects.create(login="wren", full_name="Wade, Wren", school=school)


def history(educator: Educator) -> list[tuple[Any, ...]]:
    changes = GrantChange.objects.filter(educator=educator).order_by("id")
    return [(one.changed_by, one.through, one.field, one.before, one.after) for one in changes]


def test_who_was_granted_nothing_has_nothing(wren: Educator) -> None:
    grants = grants_of(wren)
    assert [grants.districtwide, grants.schoolwide, grants.sets_access, grants.grade_levels] == [
        False,
        False,
        False,
        [],
    ]
    assert Grants.objects.count() == 0


def test_each_field_that_changes_leaves_a_line_and_the_others_none(wren: Educator) -> None:
    lead = people.create_person("lead@brook.example", name="Lea Lead")
    change_grants(wren, by_person(lead), schoolwide=True, grade_levels=[6, "5"], districtwide=False)
    change_grants(wren, COMMAND_LINE, schoolwide=True, grade_levels=["5"])
    assert history(wren) == [
        (lead.pk, "page", "schoolwide", False, True),
        (lead.pk, "page", "grade_levels", [], ["5", "6"]),
        (None, "command line", "grade_levels", ["5", "6"], ["5"]),
    ]
    grants = grants_of(wren)
    assert (grants.schoolwide, grants.grade_levels, grants.districtwide) == (True, ["5"], False)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        (
            {"schoolwid": True},
            "grant 'schoolwid': does not exist. Did you mean 'schoolwide'?",
        ),
        ({"schoolwide": 1}, "grant schoolwide: is 1, which is neither true nor false."),
        ({"grade_levels": None}, "grant grade_levels: is not a list of grades."),
        ({"grade_levels": "56"}, "grant grade_levels: is not a list of grades."),
        ({"grade_levels": ["5", 5]}, "grade '5': is named twice."),
        ({"grade_levels": ["K2"]}, f"grade 'K2': is not a grade. {KNOWN}"),
        ({"grade_levels": [True]}, f"grade True: is not a grade. {KNOWN}"),
    ],
)
def test_a_grant_that_cannot_be_meant_is_refused_and_changes_nothing(
    wren: Educator, values: dict[str, object], problem: str
) -> None:
    with pytest.raises(GrantRefused) as refused:
        change_grants(wren, COMMAND_LINE, **{"districtwide": True, **values})
    assert str(refused.value) == problem
    assert (history(wren), grants_of(wren).districtwide) == ([], False)


@pytest.mark.parametrize("flag", ["only_special_education", "only_english_learners"])
def test_an_administrator_of_a_school_cannot_be_narrowed_but_can_be_widened_again(
    wren: Educator, flag: str
) -> None:
    change_grants(wren, COMMAND_LINE, **{flag: True})
    Educator.objects.filter(pk=wren.pk).update(is_administrator=True)
    change_grants(wren, COMMAND_LINE, schoolwide=True)
    change_grants(wren, COMMAND_LINE, **{flag: False})
    with pytest.raises(GrantRefused) as refused:
        change_grants(wren, COMMAND_LINE, **{flag: True})
    assert str(refused.value) == (
        f"educator wren: is an administrator of a school, who cannot have {flag}. Nothing was changed."
    )
    assert [(field, after) for *_, field, _, after in history(wren)] == [
        (flag, True),
        ("schoolwide", True),
        (flag, False),
    ]


def test_labels_are_given_and_taken_once_with_their_history(wren: Educator) -> None:
    assert give_label(wren, "housemaster", COMMAND_LINE)
    assert not give_label(wren, "housemaster", COMMAND_LINE)
    assert list(wren.labels.values_list("key", flat=True)) == ["housemaster"]
    assert take_label(wren, "housemaster", COMMAND_LINE)
    assert not take_label(wren, "housemaster", COMMAND_LINE)
    assert Label.objects.count() == 0
    assert history(wren) == [
        (None, "command line", "label:housemaster", False, True),
        (None, "command line", "label:housemaster", True, False),
    ]


def test_a_label_that_is_not_on_the_list_is_refused(wren: Educator) -> None:
    with pytest.raises(GrantRefused) as refused:
        give_label(wren, "house_master", COMMAND_LINE)
    assert str(refused.value) == "label 'house_master': does not exist. Did you mean 'housemaster'?"


def test_only_new_educators_whom_the_sis_calls_administrators_begin_with_their_school(wren: Educator) -> None:
    kit = Educator.objects.create(login="kit", is_administrator=True, school=wren.school)
    assert first_grants([wren, kit]) == 1
    change_grants(kit, COMMAND_LINE, schoolwide=False)
    assert first_grants([wren, kit]) == 0
    assert history(wren) == []
    assert history(kit) == [
        (None, "import", "schoolwide", False, True),
        (None, "import", "reads_restricted_notes", False, True),
        (None, "command line", "schoolwide", True, False),
    ]
    assert grants_of(kit).reads_restricted_notes
