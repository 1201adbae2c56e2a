"""The generated district, small: everybody is somewhere, and readers find their pages in it."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from bench.district import CLASS_SIZE, Plan, Sizes, fill_district
from bench.student_readers import as_read, invite, never_read, route_of, whole_tables
from django.db.models import Count

from staffroom.students.access import students_for
from staffroom.students.models import Attendance, Educator, Homeroom, Student
from tests.students.district import TODAY, rules

SMALL = Sizes(students=390, educators=60, attendance=4_000, notes=200)


def test_every_grade_has_as_many_students_and_a_homeroom_is_of_one_grade() -> None:
    plan = Plan(SMALL, TODAY)
    grades = Counter(pupil.grade for pupil in plan.pupils)
    assert set(grades.values()) == {30}
    rooms = Counter((pupil.homeroom, pupil.grade, pupil.school) for pupil in plan.pupils)
    assert len(rooms) == len(plan.homerooms)
    assert max(rooms.values()) == CLASS_SIZE


def test_school_days_are_those_of_four_years_up_to_yesterday() -> None:
    days = Plan(SMALL, date(2018, 3, 13)).school_days
    assert (days[0], days[-1]) == (date(2014, 8, 25), date(2018, 3, 12))
    assert not [day for day in days if day.month == 7 or day.weekday() > 4]


@pytest.mark.django_db
def test_all_tables_are_filled_and_everybody_sees_whom_they_should() -> None:
    counts = fill_district(SMALL, TODAY)
    assert (counts["student"], counts["educator"], counts["note"]) == (390, 60, 200)
    assert 3_800 < counts["attendance"] < 4_200
    assert Attendance.objects.current().count() == counts["attendance"]
    assert all(counts.values())
    assert not Homeroom.objects.annotate(many=Count("students")).filter(many=0).exists()
    people = {reader.title: Educator.objects.get(email=email).person for reader, email in invite()}
    seen = {title: students_for(person, rules=rules()).count() for title, person in people.items()}
    assert seen["district officer"] == Student.objects.count()
    assert 0 < seen["homeroom teacher"] < seen["counselor"] < seen["district officer"]


@pytest.mark.django_db
def test_addresses_are_known_by_their_route_and_face() -> None:
    assert route_of("/students/7/attendance/") == "student-attendance"
    assert route_of("/students/schools/s01/students.csv?grade=4") == "school csv"
    assert route_of("/students/access/4/view-as/") is None
    assert route_of("/students/elsewhere") is None
    found = {"home": ["/a/"], "home csv": ["/b"], "mine json": ["/c"], "district-exports csv": ["/d"]}
    assert as_read(found) == {"home": ["/a/"], "CSV and JSON": ["/b", "/c"]}
    assert whole_tables(found) == ["/d"]
    assert {"home", "mine"} <= set(never_read({"student"}))
