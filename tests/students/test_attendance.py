"""Absences, tardies and incidents are counted by student, between two days."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from staffroom.students.attendance import (
    absences_by_student,
    attendance_by_student,
    tardies_by_student,
)
from staffroom.students.behavior import incidents_by_student
from staffroom.students.models import Attendance, Incident, Student
from tests.students.district import TODAY, District

pytestmark = pytest.mark.django_db
SINCE = date(2018, 1, 27)


def absent(student: Student, day: date, *, excused: bool | None = None, kind: str = "absence") -> None:
    Attendance.objects.create(student=student, day=day, kind=kind, is_excused=excused)


def test_absences_count_from_the_first_to_the_last_day(district: District) -> None:
    mira, anton = district.students["mira"], district.students["anton"]
    absent(mira, date(2018, 1, 26))
    absent(mira, SINCE, excused=True)
    absent(mira, TODAY)
    absent(mira, date(2018, 3, 14))
    absent(mira, date(2018, 2, 1), kind="tardy")
    absent(anton, date(2018, 2, 1), excused=False)
    everybody = Student.objects.all()
    assert absences_by_student(everybody, since=SINCE, until=TODAY) == {mira.pk: 2, anton.pk: 1}
    assert absences_by_student(everybody, since=SINCE, until=TODAY, unexcused=True) == {
        mira.pk: 1,
        anton.pk: 1,
    }
    assert tardies_by_student(everybody, since=SINCE, until=TODAY) == {mira.pk: 1}
    assert attendance_by_student(everybody, since=SINCE, until=TODAY) == {mira.pk: (2, 1), anton.pk: (1, 0)}


def test_only_the_students_that_are_given_are_counted_and_only_what_is_shown_now(district: District) -> None:
    mira, anton = district.students["mira"], district.students["anton"]
    absent(mira, TODAY)
    absent(anton, TODAY)
    Attendance.objects.create(student=mira, day=SINCE, kind="absence", arrived_in=1)
    only_mira = Student.objects.filter(pk=mira.pk)
    assert absences_by_student(only_mira, since=SINCE, until=TODAY) == {mira.pk: 1}


def test_incidents_count_by_the_instant(district: District) -> None:
    mira = district.students["mira"]
    for hour in (8, 9, 10):
        when = datetime(2018, 3, 1, hour, tzinfo=UTC)
        Incident.objects.create(student=mira, occurred_at=when, has_exact_time=True)
    counted = incidents_by_student(
        Student.objects.all(),
        since=datetime(2018, 3, 1, 9, tzinfo=UTC),
        before=datetime(2018, 3, 1, 10, tzinfo=UTC),
    )
    assert counted == {mira.pk: 1}
