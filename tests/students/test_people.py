"""People and organisation as they are stored."""

from __future__ import annotations

import pytest
from django.db import IntegrityError
from django.utils import timezone

from staffroom.students.models import Educator, School, Student

pytestmark = pytest.mark.django_db


def a_school(local_id: str = "BRK") -> School:
    return School.objects.create(local_id=local_id, name="Brook School", slug=local_id.lower())


def test_active_are_those_who_are_enrolled_and_still_named_by_the_sis() -> None:
    school = a_school()
    for local_id, status, missing in (
        ("1", "Active", None),
        ("2", "Transferred", None),
        ("3", "Active", timezone.now()),
        ("4", "", None),
    ):
        Student.objects.create(
            local_id=local_id, school=school, enrollment_status=status, missing_since=missing
        )
    assert list(Student.objects.active().values_list("local_id", flat=True)) == ["1"]
    assert [student.local_id for student in Student.objects.all() if student.is_active] == ["1"]


def test_a_school_is_one_whatever_the_case_of_its_code() -> None:
    a_school("BRK")
    with pytest.raises(IntegrityError):
        School.objects.create(local_id="brk", name="Another", slug="another")


def test_a_login_name_is_kept_in_one_form_and_once() -> None:
    assert Educator.objects.create(login=" ÉLISE ").login == "élise"
    with pytest.raises(IntegrityError):
        Educator.objects.create(login="Élise")


def test_no_log_or_traceback_would_hold_a_name() -> None:
    school = a_school()
    one = Student.objects.create(local_id="1", first_name="Ines", last_name="Ibarra", school=school)
    wren = Educator.objects.create(login="wren", full_name="Wade, Wren", school=school)
    assert (repr(one), repr(wren)) == (
        f"<Student: student {one.pk}>",
        f"<Educator: educator {wren.pk}>",
    )
