"""Whole tables of a district, with the columns that other programs know."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from staffroom.config import Instance, Institution
from staffroom.students.days import days_on
from staffroom.students.exports import discipline, wide_students
from staffroom.students.models import Incident, Note, Service, Student
from staffroom.students.roster_columns import Basis
from tests.students.district import District

pytestmark = pytest.mark.django_db
INSTANCE = Instance(
    Path(),
    Institution(),
    {"students": {"notes": {"kinds": ["sst SST meeting"]}, "services": {"kinds": ["math Math help"]}}},
)
BASIS = Basis(INSTANCE, days_on(date(2018, 3, 13), INSTANCE))
COLUMNS = """
id grade free_reduced_lunch homeroom_id first_name last_name state_id home_language school_id
registration_date local_id counselor hispanic_latino house race sped_liaison student_address
program_assigned sped_placement disability sped_level_of_need plan_504 limited_english_proficiency
ell_entry_date ell_transition_date most_recent_mcas_math_growth most_recent_mcas_ela_growth
most_recent_mcas_math_performance most_recent_mcas_ela_performance most_recent_mcas_math_scaled
most_recent_mcas_ela_scaled most_recent_star_reading_percentile most_recent_star_math_percentile
enrollment_status missing_from_last_export date_of_birth gender primary_email primary_phone
homeroom_name absences_count tardies_count discipline_incidents_count
"""
"""Their names and order are those of the exports that districts have had so far."""


def test_a_row_a_student_with_all_that_is_known(district: District) -> None:
    mira, vera = district.students["mira"], district.educators["vera"]
    Student.objects.filter(pk=mira.pk).update(
        born_on=date(2004, 3, 12), is_hispanic=True, lunch="Free Lunch", address="1 Lake Road", plan_504="504"
    )
    at = datetime(2018, 3, 1, 9, tzinfo=UTC)
    Service.objects.create(
        student=mira, kind="math", starts_on=date(2018, 2, 1), recorded_at=at, recorded_by=vera
    )
    Note.objects.create(student=mira, author=vera, kind="sst", text="A secret", recorded_at=at, changed_at=at)
    made = wide_students(Student.objects.all(), BASIS)
    assert [column.name for column in made.columns] == [
        *COLUMNS.split(),
        "Math help (active_service_date_started)",
        "SST meeting (last_event_note_recorded_at)",
    ]
    (row,) = [row for row in made.rows if row["id"] == mira.pk]
    known = {name: value for name, value in row.items() if value is not None}
    assert known == {
        "id": mira.pk,
        "grade": "9",
        "free_reduced_lunch": "Free Lunch",
        "homeroom_id": district.homerooms["L1"].pk,
        "homeroom_name": "L1",
        "first_name": "Mira",
        "last_name": "Mirasen",
        "school_id": district.schools["high"].pk,
        "local_id": "1003",
        "hispanic_latino": True,
        "student_address": "1 Lake Road",
        "enrollment_status": "Active",
        "missing_from_last_export": False,
        "date_of_birth": date(2004, 3, 12),
        "plan_504": "504",
        "absences_count": 0,
        "tardies_count": 0,
        "discipline_incidents_count": 0,
        "Math help (active_service_date_started)": date(2018, 2, 1),
        "SST meeting (last_event_note_recorded_at)": at,
    }
    assert sorted(made.local_ids) == ["1001", "1002", "1003", "1004", "1005"]


def test_a_row_an_incident_with_its_student_the_newest_first(district: District) -> None:
    for name, day in (("mira", 1), ("anton", 2), ("mira", 3), ("rafael", 4)):
        Incident.objects.create(
            student=district.students[name],
            occurred_at=datetime(2018, 3, day, 15, tzinfo=UTC),
            has_exact_time=True,
            code="Skipping",
        )
    made = discipline(Student.objects.filter(grade="9"), BASIS)
    assert [(row["occurred_at"].day, row["student.first_name"]) for row in made.rows] == [
        (3, "Mira"),
        (2, "Anton"),
        (1, "Mira"),
    ]
    assert made.rows[0]["incident_code"] == "Skipping"
    assert made.rows[0]["incident_location"] is None
    assert made.local_ids == ["1003", "1004"]
    names = [column.name for column in made.columns]
    assert names[:6] == [
        "id",
        "incident_code",
        "incident_location",
        "incident_description",
        "occurred_at",
        "has_exact_time",
    ]
    assert names[6:] == [
        f"student.{column.name}" for column in wide_students(Student.objects.none(), BASIS).columns
    ]
