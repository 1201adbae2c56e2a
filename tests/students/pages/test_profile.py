"""A student's profile says what is known, to those who may know it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from staffroom.students.models import (
    Accommodation,
    Assessment,
    Attendance,
    AttendsSection,
    Incident,
    Label,
    Plan504,
    Service,
    StarResult,
)
from tests.students.district import District
from tests.students.pages.visitors import seen, signed_in, text_of

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])

TABS = ("", "notes/", "attendance/", "behavior/", "grades/", "assessments/", "services/")


def profile(district: District, name: str, tab: str = "") -> str:
    return f"/students/{district.students[name].pk}/{tab}"


@pytest.fixture
def mira(district: District) -> Any:
    """Mira, of whom there is something on every tab."""
    today = timezone.localdate()
    student = district.students["mira"]
    for days, excused in ((3, True), (4, False), (400, None)):
        day = today - timedelta(days=days)
        Attendance.objects.create(student=student, day=day, kind="absence", is_excused=excused, reason="flu")
    Attendance.objects.create(student=student, day=today, kind="tardy")
    when = timezone.now() - timedelta(days=2)
    Incident.objects.create(student=student, occurred_at=when, has_exact_time=True, code="Hitting")
    star = {"student": student, "subject": "reading", "grade_equivalent": "5.5", "total_seconds": 754}
    StarResult.objects.create(taken_at=datetime(2026, 1, 5, tzinfo=UTC), percentile=61, **star)
    StarResult.objects.create(taken_at=datetime(2026, 5, 5, tzinfo=UTC), percentile=64, **star)
    mcas = {"student": student, "test": "mcas_next_gen", "subject": "ELA"}
    Assessment.objects.create(taken_on=date(2026, 5, 1), scale_score=505, growth_percentile=40, **mcas)
    AttendsSection.objects.filter(student=student).update(grade_numeric="67.5", grade_letter="D")
    return student


def test_every_tab_opens_for_those_who_see_the_student_and_for_nobody_else(
    district: District, mira: Any
) -> None:
    may = {"ursula", "rolf", "selma", "jonas", "hanna", "frida"}
    for login in district.educators:
        client = signed_in(district.person(login))
        for tab in TABS:
            status = client.get(profile(district, "mira", tab)).status_code
            assert status == (200 if login in may else 404), (login, tab)


def test_tabs_have_their_number_of_the_last_weeks(district: District, mira: Any) -> None:
    tabs = signed_in(district.person("jonas")).get(profile(district, "mira")).context["page"].tabs
    assert [(tab.title, tab.figure) for tab in tabs] == [
        ("Overview", ""),
        ("Notes", "0"),
        ("Attendance", "2"),
        ("Behavior", "1"),
        ("Grades", "1"),
        ("Assessments", ""),
        ("Services", "0"),
    ]


def test_attendance_is_counted_by_month_and_told_day_by_day(district: District, mira: Any) -> None:
    jonas = signed_in(district.person("jonas"))
    months = jonas.get(profile(district, "mira", "attendance/absences.json")).json()["results"]
    assert len(months) == 48
    assert (sum(one["unexcused"] for one in months), sum(one["excused"] for one in months)) == (2, 1)
    days = jonas.get(profile(district, "mira", "attendance/days.json")).json()["results"]
    assert [(day["kind"], day["is_excused"], day["reason"]) for day in days] == [
        ("tardy", None, None),
        ("absence", True, "flu"),
        ("absence", False, "flu"),
        ("absence", None, "flu"),
    ]


def test_scores_say_what_they_mean(district: District, mira: Any) -> None:
    page = text_of(signed_in(district.person("jonas")), profile(district, "mira", "assessments/"))
    assert "The latest percentile is 64; half of all students reach 50." in page
    assert "The latest score is 505: Meeting expectations." in page
    assert "No result of this test has been imported." in page


def test_grades_name_course_and_teacher_and_what_is_low(district: District, mira: Any) -> None:
    rows = signed_in(district.person("jonas")).get(profile(district, "mira", "grades/sections.json")).json()
    assert [(row["section"], row["teachers"], row["grade"], row["is_low"]) for row in rows["results"]] == [
        ("BIO-1", "Brunoson, Bruno", 67.5, True)
    ]


@pytest.mark.parametrize(
    "tab", ["attendance/absences.svg", "behavior/months.svg", "assessments/star-reading.svg"]
)
def test_charts_are_drawn_with_the_beginnings_of_services(district: District, mira: Any, tab: str) -> None:
    writer = district.educators["jonas"]
    Service.objects.create(
        student=mira,
        kind="counseling_in_house",
        starts_on=timezone.localdate() - timedelta(days=90),
        recorded_at=timezone.now(),
        recorded_by=writer,
    )
    answer = signed_in(district.person("jonas")).get(profile(district, "mira", tab))
    assert answer.status_code == 200
    assert b"<svg" in answer.content


def test_the_head_tells_of_plans_language_and_supporters(district: District, mira: Any) -> None:
    mira.language_status, mira.disability, mira.sped_level = "Limited", "Autism", "Moderate"
    mira.plan_504, mira.counselor, mira.born_on = "504", "Sandoval, Ruth", date(2010, 2, 28)
    mira.save()
    composite = {"test": "access", "subject": "Composite", "performance_level": "3.4"}
    Assessment.objects.create(student=mira, taken_on=date(2026, 2, 1), **composite)
    plan = {"student": mira, "status": "1", "effective_on": date(2026, 9, 1), "named_disability": "Asthma"}
    Plan504.objects.create(oid="p1", responsible="Nurse", **plan)
    Accommodation.objects.create(student=mira, oid="a1", plan="p1", description="Rest breaks", given_by="All")
    page = text_of(signed_in(district.person("jonas")), profile(district, "mira"))
    for told in (
        "Learns English, level 3",
        "IEP for Autism, 6 to 14 hours a week",
        "Asthma · Nurse",
        "Rest breaks (All)",
        "Sandoval, Ruth",
        "Jonasson, Jonas",
        "Has the student in the homeroom.",
    ):
        assert told in page


def test_who_sees_a_student_is_told_to_holders_of_the_label(district: District, mira: Any) -> None:
    jonas = signed_in(district.person("jonas"))
    assert jonas.get(profile(district, "mira", "who-sees/")).status_code == 404
    Label.objects.create(educator=district.educators["jonas"], key="sees_who_has_access")
    rows = jonas.get(profile(district, "mira", "who-sees/educators.json")).json()["results"]
    assert [(row["name"], row["reason"]) for row in rows] == [
        ("Rolfson, Rolf", "districtwide"),
        ("Ursulason, Ursula", "districtwide"),
        ("Fridason, Frida", "schoolwide"),
        ("Hannason, Hanna", "schoolwide"),
        ("Selmason, Selma", "schoolwide"),
        ("Jonasson, Jonas", "homeroom"),
    ]


def test_each_answer_about_a_student_is_in_the_trail(district: District, mira: Any) -> None:
    jonas = signed_in(district.person("jonas"))
    for tab in ("", "attendance/", "attendance/days.csv"):
        jonas.get(profile(district, "mira", tab))
    assert seen() == [
        ("students/student.html", ["1003"]),
        ("students/student-attendance.html", ["1003"]),
        ("students/student-attendance.csv", ["1003"]),
    ]
