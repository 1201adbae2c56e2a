"""OneRoster deliveries of both versions give the same people, sections and enrolments as our own files."""

from __future__ import annotations

import pytest

from staffroom.students.models import AttendsSection, Educator, Homeroom, Section, Student, TeachesSection
from tests.students.importing.district import District, facts, table
from tests.students.importing.test_documents import archive

MANIFEST = "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.users,{mode}\n"
ORGS = (
    "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n"
    "o1,,,Healey,school,HEA,\no2,,,High,school,SHS,\n"
)
USERS_1_1 = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,"
    "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n"
    "u1,,,true,o1,teacher,Vivian,,Vivian,Teacher,,901,vivian@town.example.org,,,,,\n"
    "u2,,,true,o1,student,,,Garfield,Skywalker,,111111111,,,617-555-0100,,KG,\n"
    'u3,,,true,"o2,o1",student,,,Mari,Kenobi,,111222222,,,,,09,\n'
    "u4,,,false,o2,student,,,Kylo,Ren,,2225555555,,,,,12,\n"
    "u5,,,true,o1,guardian,,,Anakin,Skywalker,,,,,,,,\n"
)
USERS_1_2 = (
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,"
    "email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,primaryOrgSourcedId\n"
    "u1,,,true,Vivian,,Vivian,Teacher,,901,vivian@town.example.org,,,,,,,o1\n"
    "u2,,,true,,,Garfield,Skywalker,,111111111,,,617-555-0100,,KG,,,o1\n"
    "u3,,,true,,,Mari,Kenobi,,111222222,,,,,09,,,o2\n"
    "u4,,,false,,,Kylo,Ren,,2225555555,,,,,12,,,o2\n"
    "u5,,,true,,,Anakin,Skywalker,,,,,,,,,,o1\n"
)
ROLES = (
    "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId\n"
    "r1,,,u1,primary,teacher,,,o1\nr2,,,u2,primary,student,,,o1\nr3,,,u3,secondary,student,,,o1\n"
    "r4,,,u3,primary,student,,,o2\nr5,,,u4,primary,student,,,o2\nr6,,,u5,primary,guardian,,,o1\n"
)
DEMOGRAPHICS = (
    "sourcedId,status,dateLastModified,birthDate,sex,americanIndianOrAlaskaNative,asian,"
    "blackOrAfricanAmerican,nativeHawaiianOrOtherPacificIslander,white,demographicRaceTwoOrMoreRaces,"
    "hispanicOrLatinoEthnicity\n"
    "u2,,,2012-05-04,male,false,false,false,false,true,false,true\n"
    "u3,,,2004-03-12,female,false,true,true,false,false,false,false\n"
)
SESSIONS = (
    "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\n"
    "y,,,2017-2018,schoolYear,2017-08-28,2018-06-22,,2018\n"
    "a,,,Autumn,semester,2017-08-28,2018-01-26,y,2018\nb,,,Spring,semester,2018-01-29,2018-06-22,y,2018\n"
)
COURSES = (
    "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId\n"
    "c1,,,y,Biology 1,BIO-700,,o2\n"
)
CLASSES = (
    "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,"
    "schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods\n"
    "k1,,,Biology,,c1,BIO-TUES,scheduled,12,o2,b,,,3\n"
    'k2,,,Biology,,c1,BIO-YEAR,scheduled,12,o2,"a,b",,,4\n'
    "k3,,,Homeroom,,c1,HEA 003,homeroom,1,o1,y,,,1\n"
)
ENROLLMENTS = (
    "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,"
    "endDate\n"
    "e1,,,k1,o2,u1,teacher,true,,\ne2,,,k1,o2,u3,student,,,\ne3,,,k2,o2,u3,student,,,2018-01-01\n"
    "e4,,,k3,o1,u1,teacher,true,,\ne5,,,k3,o1,u2,student,,,\ne6,,,nope,o2,u3,student,,,\n"
)
SOURCES = ("educators", "courses_sections", "educator_sections", "students", "student_sections")


def delivery(version: str, mode: str = "bulk") -> bytes:
    files = {
        "manifest.csv": MANIFEST.format(mode=mode),
        "orgs.csv": ORGS,
        "users.csv": USERS_1_1 if version == "1.1" else USERS_1_2,
        "demographics.csv": DEMOGRAPHICS,
        "academicSessions.csv": SESSIONS,
        "courses.csv": COURSES,
        "classes.csv": CLASSES,
        "enrollments.csv": ENROLLMENTS,
        **({"roles.csv": ROLES} if version == "1.2" else {}),
    }
    return archive(**{name: text.encode() for name, text in files.items()})


def configure(district: District, data: bytes) -> None:
    (district.folder / "oneroster.zip").write_bytes(data)
    district.configure(
        email="column",
        values={"grade": {"KG": "KF"}},
        files=[{"source": name, "file": "oneroster.zip", "format": "oneroster"} for name in SOURCES],
    )


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_a_delivery_gives_people_sections_and_enrolments(district: District, version: str) -> None:
    configure(district, delivery(version))
    result = district.run()
    assert {one.source: facts(one) for one in result.sources} == {
        "educators": {"created": 2, "left_out": {"role": 4}},
        "courses_sections": {"created": 3, "left_out": {"nothing": 1}, "repeated_records": 1},
        "educator_sections": {"created": 1, "left_out": {"nothing": 1, "role": 4}},
        "students": {"created": 3, "left_out": {"role": 2}},
        "student_sections": {
            "created": 1,
            "left_out": {"nothing": 1, "old": 1, "role": 2},
            "rejected": {"unknown_section:classSourcedId": 1},
        },
    }
    assert table(Educator, "login", "email", "staff_type", "school__local_id") == [
        ("vivian", "vivian@town.example.org", "Teacher", "HEA")
    ]
    assert table(Homeroom, "name", "educator__login") == [("HEA 003", "vivian")]
    assert table(
        Student, "local_id", "grade", "school__local_id", "homeroom__name", "race", "enrollment_status"
    ) == [
        ("111111111", "KF", "HEA", "HEA 003", "White", "Active"),
        ("111222222", "9", "SHS", None, "Two or more races", "Active"),
        ("2225555555", "12", "SHS", None, "", "Inactive"),
    ]
    assert table(Section, "number", "term", "year", "course__title") == [
        ("BIO-TUES", "S2", 2018, "Biology 1"),
        ("BIO-YEAR", "FY", 2018, "Biology 1"),
    ]
    assert table(TeachesSection, "educator__login", "section__number") == [("vivian", "BIO-TUES")]
    assert table(AttendsSection, "student__local_id", "section__number") == [("111222222", "BIO-TUES")]


def test_what_oneroster_does_not_tell_stays(district: District) -> None:
    header = "local_id,full_name,school_local_id,grade,enrollment_status,house\n"
    district.one("students", header + '111222222,"Kenobi, Mari",SHS,8,Active,Beacon\n')
    configure(district, delivery("1.1"))
    district.run("students")
    assert table(Student, "grade", "house", local_id="111222222") == [("9", "Beacon")]


def test_changes_alone_are_refused(district: District) -> None:
    configure(district, delivery("1.1", mode="delta"))
    (result,) = district.run("students").sources
    assert (result.state, "only whole files (bulk) are read" in result.problem) == ("failed", True)


def test_a_source_that_oneroster_does_not_give(district: District) -> None:
    configure(district, delivery("1.1"))
    district.configure(files=[{"source": "behavior", "file": "oneroster.zip", "format": "oneroster"}])
    (result,) = district.run("behavior").sources
    assert result.problem.startswith("oneroster.zip: is OneRoster, which gives no behavior.")
