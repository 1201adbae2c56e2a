"""What each panel divides a school's students by, and what its values are called."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from staffroom.config import Instance, Institution
from staffroom.students.days import days_on
from staffroom.students.models import Note, Plan504, Service, Student
from staffroom.students.panels import panels
from staffroom.students.roster_columns import Basis
from staffroom.students.rosters import facts_of
from staffroom.students.slicing import Sliced, sliced
from tests.students.district import District

pytestmark = pytest.mark.django_db
INSTANCE = Instance(Path(), Institution(), {})
NOW = datetime(2018, 3, 1, tzinfo=UTC)
BASIS = Basis(INSTANCE, days_on(date(2018, 3, 13), INSTANCE))


def sliced_by_all(basis: Basis = BASIS) -> Sliced:
    made = panels(basis)
    needed = dict.fromkeys(column for panel in made for column in panel.needs)
    return sliced(facts_of(Student.objects.all(), needed, basis), made, {})


def values_of(name: str, basis: Basis = BASIS) -> list[tuple[str, str, int]]:
    (panel,) = [one for one in sliced_by_all(basis).slices if one.panel.name == name]
    return [(value.value, value.said, value.students) for value in panel.values]


def change(district: District, name: str, **values: Any) -> None:
    Student.objects.filter(pk=district.students[name].pk).update(**values)


def test_panels_without_a_known_value_are_not_there(district: District) -> None:
    assert [one.panel.name for one in sliced_by_all().slices] == [
        "grade",
        "homeroom",
        "absences",
        "tardies",
        "incidents",
    ]


def test_grades_stand_in_their_order(district: District) -> None:
    change(district, "rafael", grade="10")
    assert [value for value, _, _ in values_of("grade")] == ["KF", "9", "10", "12"]


def test_levels_of_need_stand_in_the_order_of_the_settings(district: District) -> None:
    for name, level in (("gwen", "High"), ("mira", "Low < 2"), ("anton", "Odd"), ("kaja", "Moderate")):
        change(district, name, sped_level=level)
    assert [value for value, _, _ in values_of("sped_level")] == ["Low < 2", "Moderate", "High", "Odd", ""]


def test_years_enrolled_are_whole_ones(district: District) -> None:
    change(district, "gwen", registered_on=date(2017, 3, 14))
    change(district, "mira", registered_on=date(2017, 3, 13))
    change(district, "anton", registered_on=date(2008, 3, 1))
    assert values_of("years") == [("0", "0", 1), ("1", "1", 1), ("10", "10", 1), ("", "not stated", 2)]


def test_homerooms_stand_by_number_and_are_called_by_name(district: District) -> None:
    rooms = district.homerooms
    assert values_of("homeroom") == [
        (str(rooms["B1"].pk), "B1", 1),
        (str(rooms["L1"].pk), "L1", 2),
        ("", "not stated", 2),
    ]


def test_no_name_of_a_person_stands_in_an_address(district: District) -> None:
    change(district, "mira", counselor="Fishman")
    (coded, called, count), not_stated = values_of("counselor")
    assert (called, count, not_stated) == ("Fishman", 1, ("", "not stated", 4))
    assert len(coded) == 8 and "fishman" not in coded.lower()


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (199, "not stated"),
        (200, "Warning"),
        (220, "Needs improvement"),
        (240, "Proficient"),
        (280, "Advanced"),
        (281, "not stated"),
        (440, "Not meeting expectations"),
        (470, "Partially meeting expectations"),
        (529, "Meeting expectations"),
        (560, "Exceeding expectations"),
        (300, "not stated"),
        (None, "not stated"),
    ],
)
def test_bands_of_both_generations_of_mcas(score: int | None, band: str) -> None:
    (panel,) = [one for one in panels(BASIS) if one.name == "mcas_ela_score"]
    facts = {"mcas_ela_score": score}
    (value,) = panel.values(facts)
    assert (panel.said(value, facts) if value else panel.nothing) == band


@pytest.mark.parametrize(
    ("days", "bucket"),
    [(0, "0"), (1, "1–4"), (4, "1–4"), (5, "5–9"), (10, "10–20"), (20, "10–20"), (21, "21+")],
)
def test_buckets_of_days(days: int, bucket: str) -> None:
    (panel,) = [one for one in panels(BASIS) if one.name == "absences"]
    (value,) = panel.values({"absences": days})
    assert panel.said(value, {}) == bucket


def test_services_that_go_on_and_kinds_of_notes_of_this_year(district: District) -> None:
    mira, kaja, vera = district.students["mira"], district.students["kaja"], district.educators["vera"]
    for student, kind in ((mira, "math"), (mira, "math"), (mira, "reading"), (kaja, "forgotten")):
        Service.objects.create(
            student=student, kind=kind, starts_on=date(2018, 1, 1), recorded_at=NOW, recorded_by=vera
        )
    for kind, at in (
        ("sst", NOW),
        ("sst", NOW),
        ("parent", NOW),
        ("mtss", datetime(2017, 7, 31, tzinfo=UTC)),
    ):
        Note.objects.create(student=mira, author=vera, kind=kind, text="A", recorded_at=at, changed_at=at)
    Note.objects.create(
        student=kaja, author=vera, kind="sst", text="A", is_restricted=True, recorded_at=NOW, changed_at=NOW
    )
    assert values_of("service") == [
        ("reading", "Reading intervention", 1),
        ("math", "Math intervention", 1),
        ("forgotten", "forgotten", 1),
        ("", "none", 3),
    ]
    assert values_of("note") == [
        ("sst", "SST meeting", 1),
        ("parent", "Parent conversation", 1),
        ("", "none", 4),
    ]


def test_where_plans_decide_who_has_a_504_plan_the_students_file_does_not(district: District) -> None:
    change(district, "gwen", plan_504="504")
    for number, (name, status) in enumerate((("mira", "1"), ("anton", "2"))):
        Plan504.objects.create(
            oid=str(number), student=district.students[name], status=status, effective_on=date(2018, 1, 1)
        )
    assert values_of("plan_504") == [("504", "504", 1), ("", "not stated", 4)]
    by_plans = replace(INSTANCE, sections={"students": {"plans_decide_504": True}})
    basis = Basis(by_plans, BASIS.days)
    assert values_of("plan_504", basis) == [("504", "504", 1), ("", "not stated", 4)]
    (panel,) = [one for one in panels(basis) if one.name == "plan_504"]
    found = facts_of(Student.objects.all(), panel.needs, basis)
    assert [pk for pk, facts in found.items() if panel.values(facts) == ("504",)] == [
        district.students["mira"].pk
    ]
