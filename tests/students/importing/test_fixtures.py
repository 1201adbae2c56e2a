"""The export files of a real district give what is expected of them, known defects corrected."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from staffroom.students.models import (
    Accommodation,
    Assessment,
    AttendsSection,
    DibelsResult,
    Homeroom,
    Incident,
    Plan504,
    StarResult,
    Student,
    TeachesSection,
)
from tests.students.importing.district import District, facts, fixture, table

SECTIONS = (
    "course_number,course_description,school_local_id,section_number,term_local_id,district_school_year\n"
    "SOC6,Social studies,ESCS,SOC6-001,FY,2018\n"
    "SOC6,Social studies,SHS,SOC6-001,FY,2018\n"
    "ELA6,English,SHS,ELA6-002,FY,2018\n"
    "ALG2,Algebra 2,SHS,ALG2-004,FY,2018\n"
)


def test_students(district: District) -> None:
    result = district.one("students", fixture("fake_students_export.csv"))
    assert facts(result) == {
        "created": 4,
        "rejected": {"date:registration_date": 1},
        "unmatched": {"homeroom": 4},
    }
    assert not Homeroom.objects.exists()
    first = Student.objects.get(local_id="100")
    assert (first.school.local_id, first.state_id, first.first_name, first.last_name) == (
        "HEA",
        "1000000000",
        "First",
        "Fake Student",
    )
    assert (
        first.program,
        first.language_status,
        first.sped_placement,
        first.disability,
        first.sped_level,
    ) == (
        "Sp Ed",
        "Fluent",
        "Full Inclusion",
        "Specific LDs",
        "Moderate",
    )
    assert (first.address, first.phone, first.email) == (
        "155 9th St, San Francisco, CA",
        "617-555-1212",
        "parent@example.com",
    )
    assert (first.registered_on, first.born_on, first.lunch) == (
        date(2008, 2, 20),
        date(1998, 7, 15),
        "Not Eligible",
    )
    assert (first.race, first.is_hispanic, first.gender, first.grade) == ("Black", False, "F", "7")
    assert (first.house, first.counselor, first.plan_504) == ("", "", "Not 504")
    second = Student.objects.get(local_id="101")
    assert (second.state_id, second.grade, second.house, second.counselor, second.sped_placement) == (
        "1000000001",
        "10",
        "Elm",
        "LABERGE",
        "",
    )
    assert table(Student, "state_id", "race", "is_hispanic", "grade", local_id="103") == [
        ("1000000002", "White", True, "7")
    ]


def test_students_twice(district: District) -> None:
    district.one("students", fixture("fake_students_export.csv"))
    again = district.one("students")
    assert facts(again) == {
        "unchanged": 4,
        "stored": 4,
        "rejected": {"date:registration_date": 1},
        "unmatched": {"homeroom": 4},
    }


def test_students_whom_the_file_no_longer_names_are_flagged(district: District) -> None:
    whole = fixture("fake_students_export.csv")
    lines = whole.splitlines(keepends=True)
    district.configure(held_count=3)
    district.one("students", whole)
    result = district.one("students", b"".join([lines[0], *lines[-2:]]))
    assert (result.counters.actions["flagged"], result.counters.unchanged) == (3, 1)
    assert table(Student, "local_id", missing_since=None) == [("105",)]
    kept = district.one("students", b"".join([lines[0], lines[1]]), unmarked="keep")
    assert (kept.counters.actions["flagged"], kept.counters.actions["updated"]) == (0, 1)
    assert table(Student, "local_id", missing_since=None) == [("100",), ("105",)]


def test_incidents(district: District) -> None:
    header = b"local_id,full_name,school_local_id,grade,enrollment_status\n"
    rows = b"".join(b'%d,"Fake, One",SHS,9,Active\n' % number for number in (10, 11, 13, 14))
    district.one("students", header + rows)
    result = district.one("behavior", fixture("fake_behavior_export.csv"))
    assert facts(result) == {"created": 3, "rejected": {"date:event_date": 1}, "mended": {"quotes": 2}}
    assert table(Incident, "student__local_id", "occurred_at", "has_exact_time", "code", "description") == [
        ("10", datetime(2015, 10, 1, 13, tzinfo=UTC), True, "Hitting", "Hit another student."),
        (
            "11",
            datetime(2015, 10, 1, 13, tzinfo=UTC),
            True,
            "Lorem ipsuming",
            '... yelling "NO" to the teacher ...',
        ),
        ("13", datetime(2015, 10, 3, tzinfo=UTC), False, "Bullying", "Bullied another student."),
    ]


def people_of_sections(district: District) -> None:
    header = "local_id,full_name,school_local_id,grade,enrollment_status\n"
    rows = '111,"A, B",ESCS,6,Active\n222,"C, D",ESCS,6,Active\n333,"E, F",SHS,9,Active\n'
    district.one("students", header + rows)
    logins = ("oguillen", "arodriguez", "djeter", "ngarciaparra", "mtejada")
    district.one(
        "educators",
        "login_name,school_local_id\n" + "".join(f"{login},SHS\n" for login in logins),
    )
    district.one("courses_sections", SECTIONS)


def test_grades(district: District) -> None:
    people_of_sections(district)
    roster = (
        "local_id,course_number,school_local_id,section_number,term_local_id,district_school_year\n"
        "333,SOC6,SHS,SOC6-001,FY,2018\n111,SOC6,ESCS,SOC6-001,FY,2018\n"
        "222,SOC6,ESCS,SOC6-001,FY,2018\n333,ELA6,SHS,ELA6-002,FY,2018\n"
    )
    district.one("student_sections", roster)
    result = district.one("grades", fixture("student_section_grades_fixture.csv"))
    assert facts(result) == {
        "updated": 4,
        "filled": 4,
        "stored": 4,
        "rejected": {"blank:local_id": 1, "blank:section_number": 1},
    }
    grades = ("student__local_id", "section__number", "grade_numeric", "grade_letter")
    expected = [
        ("111", "SOC6-001", Decimal("85.45"), "B+"),
        ("222", "SOC6-001", Decimal("85.78"), "B+"),
        ("333", "ELA6-002", Decimal("85.99"), "B+"),
        ("333", "SOC6-001", Decimal("85.12"), "B+"),
    ]
    assert table(AttendsSection, *grades) == expected
    again = district.one("student_sections")
    assert facts(again) == {"unchanged": 4, "stored": 4}
    assert table(AttendsSection, *grades) == expected


def test_a_grade_that_changes_leaves_its_history(district: District) -> None:
    people_of_sections(district)
    roster = "local_id,course_number,school_local_id,section_number,term_local_id,district_school_year\n"
    district.one("student_sections", roster + "333,ELA6,SHS,ELA6-002,FY,2018\n")
    for grade in ("85.0 B+", "85.0 B+", "94.0 A", "NONSENSE"):
        district.one("grades", f"ELA6-002,333,SHS,ELA6,FY,{grade}\n")
    history = AttendsSection.objects.order_by("arrived_in").values_list("grade_numeric", "grade_letter")
    assert list(history) == [(None, ""), (Decimal("85.00"), "B+"), (Decimal("94.00"), "A"), (None, "")]
    assert AttendsSection.objects.current().count() == 1


def test_a_section_without_a_year_is_none(district: District) -> None:
    people_of_sections(district)
    roster = "local_id,course_number,school_local_id,section_number,term_local_id,district_school_year\n"
    result = district.one("student_sections", roster + "333,ELA6,SHS,ELA6-002,FY,\n")
    assert facts(result) == {"rejected": {"number:district_school_year": 1}}


def test_who_teaches_which_section(district: District) -> None:
    people_of_sections(district)
    data = fixture("educator_section_assignment_export.csv").replace(b"<district_school_year>", b"2018")
    before = (
        "login_name,course_number,school_local_id,section_number,term_local_id,district_school_year\n"
        "ngarciaparra,SOC6,SHS,SOC6-001,FY,2018\nmtejada,SOC6,SHS,SOC6-001,FY,2018\n"
    )
    district.one("educator_sections", before)
    result = district.one("educator_sections", data)
    assert facts(result) == {
        "created": 3,
        "removed": 1,
        "unchanged": 1,
        "stored": 2,
        "rejected": {"unknown_educator": 1},
    }
    assert table(TeachesSection, "educator__login", "section__number") == [
        ("arodriguez", "SOC6-001"),
        ("djeter", "ALG2-004"),
        ("mtejada", "ELA6-002"),
        ("ngarciaparra", "SOC6-001"),
    ]


def test_assessments(district: District) -> None:
    district.one(
        "students",
        'local_id,full_name,school_local_id,grade,enrollment_status\n100,"Fake, One",HEA,8,Active\n',
    )
    result = district.one("assessments", fixture("fake_x2_assessments.csv"))
    assert facts(result) == {"created": 6, "left_out": {"other_test": 2}}
    assert table(Assessment, "test", "subject", "taken_on", "scale_score", "growth_percentile") == [
        ("access", "Composite", date(2013, 1, 1), 367, 92),
        ("access", "Composite", date(2014, 1, 1), 368, None),
        ("access", "Composite", date(2015, 1, 1), 367, None),
        ("mcas", "ELA", date(2014, 5, 1), 222, 70),
        ("mcas", "Mathematics", date(2014, 5, 1), 214, None),
    ]
    assert table(Assessment, "performance_level", taken_on=date(2014, 5, 1)) == [("NI",), ("W",)]
    assert table(DibelsResult, "benchmark", "subtests") == [("STRATEGIC", "91%")]


def test_only_recent_assessments(district: District) -> None:
    district.now = datetime(2014, 6, 12, tzinfo=UTC)
    district.one(
        "students",
        'local_id,full_name,school_local_id,grade,enrollment_status\n100,"Fake, One",HEA,8,Active\n',
    )
    result = district.one("assessments", fixture("fake_x2_assessments.csv"), window_days=90)
    # The result of 2015 lies in the future of this clock: it is set aside, where the reference took it.
    assert facts(result) == {
        "created": 2,
        "left_out": {"old": 3, "other_test": 2},
        "rejected": {"date:assessment_date": 1},
    }


def test_504_plans_and_accommodations(district: District) -> None:
    district.populate()
    lonely = district.one("ed_plan_accommodations", fixture("ed_plan_accommodations_fixture.csv"))
    assert facts(lonely) == {"rejected": {"unknown_plan": 1}}
    assert facts(district.one("ed_plans", fixture("ed_plans_fixture.csv"))) == {"created": 2}
    first, second = Plan504.objects.current().order_by("oid")
    assert (first.oid, first.student.first_name, first.status) == ("test-sep-oid-1", "Garfield", "2")
    assert (first.effective_on, first.review_on, first.parent_signed_on, first.ends_on) == (
        date(2015, 9, 15),
        date(2015, 10, 15),
        date(2015, 9, 15),
        date(2015, 10, 15),
    )
    assert first.changed_at == datetime(2015, 3, 8, 14, 9, 3, tzinfo=UTC)
    assert (first.last_meeting_on, first.district_signed_on) == (None, None)
    assert (first.named_disability, first.responsible, first.details) == (
        "Health disability",
        "Rich Districtwide, Laura Principal",
        {"005": "Category"},
    )
    assert (second.student.first_name, second.status, second.changed_at) == (
        "Ryan",
        "4",
        datetime(2018, 6, 1, 12, 54, 25, tzinfo=UTC),
    )
    assert second.named_disability == "ADHD\\\nGeneral Anxiety Disorder"
    assert second.responsible == "Ryan Rodriguez (student), Marcus Counselor (counselor)"
    assert facts(district.one("ed_plan_accommodations")) == {"created": 1}
    assert table(Accommodation, "oid", "plan", "given_by", "changed_at") == [
        (
            "test-iac-oid-101",
            "test-sep-oid-1",
            "Student, teachers",
            datetime(2016, 2, 2, 12, 34, 28, tzinfo=UTC),
        )
    ]


def star_student(district: District) -> None:
    district.configure(star_time_zone="America/New_York")
    district.one(
        "students",
        'local_id,full_name,school_local_id,grade,enrollment_status\n10,"Fake, One",WSNS,5,Active\n',
    )


STAR = ("subject", "percentile", "total_seconds", "grade_equivalent", "taken_at")


def test_star_by_the_offset_of_the_day_itself(district: District) -> None:
    star_student(district)
    for subject in ("math", "reading"):
        district.one(f"star_{subject}", fixture(f"star_{subject}_v2.csv"))
    january = datetime(2015, 1, 21, 14, 18, 27, tzinfo=UTC)
    assert table(StarResult, *STAR) == [
        ("math", 70, 600, "1.00", january),
        ("reading", 90, 710, "1.00", january),
    ]


def test_star_in_the_older_layout_is_the_same_result(district: District) -> None:
    star_student(district)
    district.one("star_math", fixture("star_math_v2.csv"))
    older = (
        "SchoolLocalID,StudentLocalID,PercentileRank,AssessmentDate,TotalTime,GradeEquivalent\n"
        "WSNS,10,70,01/21/2015 09:18:27,600,1.00\n"
    )
    assert facts(district.one("star_math", older)) == {"unchanged": 1, "stored": 1}


def test_one_subject_of_star_takes_nothing_from_the_other(district: District) -> None:
    star_student(district)
    district.one("star_math", fixture("star_math_v2.csv"))
    later = fixture("star_reading_v2.csv").replace(b"2015-01-21", b"2015-02-21")
    district.one("star_reading", fixture("star_reading_v2.csv"))
    result = district.one("star_reading", later, unmarked="remove")
    assert facts(result) == {"created": 1, "stored": 1}  # nothing that is stored was named
    both = fixture("star_reading_v2.csv") + later.splitlines(keepends=True)[1]
    assert facts(district.one("star_reading", both, unmarked="remove")) == {"unchanged": 2, "stored": 2}
    assert facts(district.one("star_reading", later, unmarked="remove")) == {
        "removed": 1,
        "unchanged": 1,
        "stored": 2,
    }
    assert table(StarResult, "subject") == [("math",), ("reading",)]


def test_star_out_of_range(district: District) -> None:
    star_student(district)
    for subject in ("math", "reading"):
        result = district.one(f"star_{subject}", fixture(f"star_{subject}_v2_invalid.csv"))
        assert facts(result) == {"rejected": {"number:PercentileRank": 1}}
    limited = district.one("star_math", fixture("star_math_v2.csv"), schools=["SHS"])
    assert facts(limited) == {"left_out": {"school": 1}}
