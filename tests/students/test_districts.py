"""Three districts that differ in everything are three files of settings, which the documentation shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from staffroom.config import Instance, load_instance
from staffroom.operations.sections import wrong_sections
from staffroom.students.models import Assessment, Attendance, Educator, Incident, StarResult, Student
from staffroom.students.settings import students_settings
from tests.students.importing.district import District, facts, fixture, table
from tests.students.importing.test_documents import archive

EXAMPLES = Path(__file__).parents[2] / "docs" / "administrators" / "districts"
Opened = Callable[[str], District]


def example(name: str, root: Path) -> Instance:
    root.mkdir(exist_ok=True)
    (root / "staffroom.toml").write_bytes((EXAMPLES / f"{name}.toml").read_bytes())
    return load_instance(root, {})


@pytest.fixture
def opened(db: None, settings: Settings, tmp_path: Path) -> Opened:
    def district(name: str) -> District:
        instance = example(name, tmp_path / name)
        for source in instance.sections["sources"]:
            instance.path(source["exports"]).mkdir(parents=True)
        settings.INSTANCE = replace(settings.INSTANCE, root=instance.root, sections=instance.sections)
        return District(
            instance, instance.root / "deliveries" / "sis", now=datetime(2018, 3, 13, 15, 3, tzinfo=UTC)
        )

    return district


@pytest.mark.parametrize("name", [path.stem for path in sorted(EXAMPLES.glob("*.toml"))])
def test_each_example_is_understood(name: str, tmp_path: Path) -> None:
    instance = example(name, tmp_path / name)
    assert list(wrong_sections(instance)) == []
    assert students_settings(instance).is_used


def test_there_are_three() -> None:
    assert sorted(path.stem for path in EXAMPLES.glob("*.toml")) == ["a", "b", "c"]


def take(district: District, source: str, data: bytes | str, name: str = "") -> dict[str, object]:
    path = district.folder / (name or f"{source}.csv")
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    (result,) = district.run(source).sources
    assert not result.problem, result.problem
    return facts(result)


def test_district_a(opened: Opened) -> None:
    district = opened("a")
    assert take(district, "students", fixture("fake_students_export.csv"))["created"] == 4
    header = "local_id,full_name,school_local_id,grade,enrollment_status\n"
    more = '10,"Fake, Ten",WSNS,5,Active\n11,"Fake, Two",SHS,9,Active\n13,"Fake, Three",SHS,9,Withdrawn\n'
    assert take(district, "students", header + more) == {"created": 3, "stored": 4}
    assert Student.objects.filter(missing_since=None).count() == 7
    assert take(district, "behavior", fixture("fake_behavior_export.csv"))["created"] == 3
    assert table(Incident, "occurred_at", student__local_id="10") == [
        (datetime(2015, 10, 1, 13, tzinfo=ZoneInfo("America/New_York")),)
    ]
    files = {"SM_v2.csv": fixture("star_math_v2.csv"), "SR_v2.csv": fixture("star_reading_v2.csv")}
    (district.instance.root / "deliveries" / "star" / "Example.zip").write_bytes(archive(**files))
    assert [facts(one) for one in district.run("star_math", "star_reading").sources] == [{"created": 1}] * 2
    assert table(StarResult, "subject", "taken_at") == [
        ("math", datetime(2015, 1, 21, 14, 18, 27, tzinfo=UTC)),
        ("reading", datetime(2015, 1, 21, 14, 18, 27, tzinfo=UTC)),
    ]


def test_district_b(opened: Opened) -> None:
    district = opened("b")
    educators = "login_name,school_local_id,homeroom\nnora,410,0-000\n"
    assert take(district, "educators", educators) == {"created": 1}
    assert table(Educator, "email", "school__local_id") == [("nora@schools.example.org", "410")]
    students = "local_id,full_name,school_local_id,grade,enrollment_status,house,homeroom\n"
    rows = '1,"One, A",410,07,Active,Elm,0-000\n2,"Two, B",410,7,Active,Elm,\n'
    assert take(district, "students", students + rows) == {"created": 2}
    assert take(district, "students", students + rows.splitlines()[0]) == {
        "flagged": 1,
        "unchanged": 1,
        "stored": 2,
    }
    assert table(Student, "local_id", "grade", "house") == [("1", "7", ""), ("2", "7", "")]
    attendance = "local_id,absence,tardy,event_date,reason\n1,1,0,2018-03-01,Medical\n99,1,0,2018-03-01,\n"
    assert take(district, "attendance", attendance) == {"created": 1, "left_out": {"unknown_student": 1}}
    assert table(Attendance, "reason", "is_excused") == [("", None)]
    older = "SchoolLocalID,StudentLocalID,PercentileRank,AssessmentDate,TotalTime,GradeEquivalent\n"
    star = archive(**{"SM.csv": (older + "410,1,70,07/21/2015 09:18:27,600,1.00\n").encode()})
    assert take(district, "star_math", star, "star.zip") == {"created": 1}
    assert table(StarResult, "taken_at") == [(datetime(2015, 7, 21, 13, 18, 27, tzinfo=UTC),)]


def test_district_c(opened: Opened) -> None:
    district = opened("c")
    educators = "login_name,school_local_id,email\nnora,Lane,Nora@town.example.org\nnone,Lane,\n"
    assert take(district, "educators", educators) == {"created": 1, "left_out": {"no_login": 1}}
    assert table(Educator, "email") == [("nora@town.example.org",)]
    students = (
        "local_id,full_name,school_local_id,grade,enrollment_status,free_reduced_lunch,sped_liaison,counselor,"
        "date_of_birth\n"
        '1,"One, A",Davis,KF,Active,Not Eligibile,N/a/N/A,Counselor Laberge,07/15/2012\n'
    )
    assert take(district, "students", students) == {"created": 1}
    assert table(Student, "lunch", "sped_liaison", "counselor", "born_on") == [
        ("Not Eligible", "", "Laberge", date(2012, 7, 15))
    ]
    attendance = "local_id,absence,tardy,event_date,excused\n1,true,false,03/01/2018,true\n"
    assert take(district, "attendance", attendance) == {"created": 1}
    assert table(Attendance, "day", "kind", "is_excused") == [(date(2018, 3, 1), "absence", True)]
    assessments = (
        "local_id,assessment_date,assessment_scale_score,assessment_performance_level,assessment_growth,"
        "assessment_subject,assessment_test\n"
        "1,5/15/2017,239.0,NI,31.0,,MCAS Gr 10 Math\n1,5/15/2017,550,M,,,MCAS Gr 5 ELA\n"
        "1,5/15/2017,1,,,,Other\n"
    )
    assert take(district, "assessments", assessments) == {"created": 2, "left_out": {"other_test": 1}}
    assert table(Assessment, "test", "subject", "taken_on", "scale_score", "growth_percentile") == [
        ("mcas", "Mathematics", date(2017, 5, 15), 239, 31),
        ("mcas_next_gen", "ELA", date(2017, 5, 15), 550, None),
    ]
