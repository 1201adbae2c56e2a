"""What an import does with what it is given: creates, updates, flags, removes, and what it leaves alone."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from staffroom.accounts.models import Person
from staffroom.students.models import Attendance, Course, Educator, Grants, Homeroom, Section, Student
from staffroom.students.models.imports import Import
from tests.students.importing.district import STUDENTS, District, facts, table

HEADER = "event_date,local_id,absence,tardy,dismissed,reason,excused,comment\n"
MARI, AMIR, KYLO, GARFIELD, RYAN = "111222222", "2222222211", "2225555555", "111111111", "333333333"
DAYS = ("student__local_id", "day", "kind")


def absences(*rows: tuple[str, str]) -> str:
    """Rows of absences: whose, and when."""
    return HEADER + "".join(f"{day},{student},1,0,0,,0,\n" for student, day in rows)


def test_an_absence_with_all_that_is_said_of_it(district: District) -> None:
    district.populate()
    row = f'2005-09-16,{MARI},1,0,0,"Medical",0,"Received doctor note."\n'
    assert facts(district.one("attendance", HEADER + row)) == {"created": 1}
    assert table(Attendance, *DAYS, "is_dismissed", "is_excused", "reason", "comment") == [
        (MARI, date(2005, 9, 16), "absence", False, False, "Medical", "Received doctor note.")
    ]
    assert facts(district.one("attendance")) == {"unchanged": 1, "stored": 1}


def test_a_district_that_does_not_say_why(district: District) -> None:
    district.populate()
    district.configure(attendance_details=False)
    district.one("attendance", HEADER + f'2005-09-16,{MARI},1,0,1,"Medical",1,"Note"\n')
    assert table(Attendance, "is_dismissed", "is_excused", "reason", "comment") == [(None, None, "", "")]


def test_a_district_that_says_true(district: District) -> None:
    district.populate()
    district.configure(attendance_true=["true"], date_formats=["%m/%d/%Y"])
    district.one("attendance", HEADER + f"09/16/2005,{MARI},True,true,false,,false,\n")
    assert table(Attendance, *DAYS) == [
        (MARI, date(2005, 9, 16), "absence"),
        (MARI, date(2005, 9, 16), "tardy"),
    ]


def test_days_in_the_future_or_too_long_ago_are_not_taken(district: District) -> None:
    district.populate()
    data = absences(
        (MARI, "2018-03-13"), (MARI, "2018-03-14"), (MARI, "1997-01-01"), (MARI, "1950-01-01"), (MARI, "")
    )
    assert facts(district.one("attendance", data)) == {
        "created": 1,
        "left_out": {"old": 1},
        "rejected": {"date:event_date": 3},
    }
    assert table(Attendance, "day") == [(date(2018, 3, 13),)]


def test_students_who_are_not_here_are_set_aside_or_ignored(district: District) -> None:
    district.populate()
    data = absences((MARI, "2018-03-12"), ("999", "2018-03-12"))
    assert facts(district.one("attendance", data)) == {"created": 1, "rejected": {"unknown_student": 1}}
    ignoring = district.one("attendance", data, unknown_students="ignore")
    assert facts(ignoring) == {"unchanged": 1, "stored": 1, "left_out": {"unknown_student": 1}}


def test_what_a_file_no_longer_names_goes_within_its_scope_alone(district: District) -> None:
    district.populate()
    district.one("attendance", absences((MARI, "2018-03-01"), (AMIR, "2018-03-01"), (RYAN, "2018-03-01")))
    result = district.one("attendance", absences((MARI, "2018-03-01")), schools=["SHS"])
    assert facts(result) == {"removed": 1, "unchanged": 1, "stored": 2}
    assert table(Attendance, "student__local_id") == [(MARI,), (RYAN,)]


def test_an_attendance_window_removes_nothing_older(district: District) -> None:
    district.populate()
    district.one("attendance", absences((MARI, "2016-03-01"), (MARI, "2018-03-01"), (MARI, "2018-03-02")))
    result = district.one("attendance", absences((MARI, "2018-03-02")), window_days=90)
    assert facts(result) == {"removed": 1, "unchanged": 1, "stored": 2}
    assert table(Attendance, "day") == [(date(2016, 3, 1),), (date(2018, 3, 2),)]


@pytest.mark.parametrize("data", [HEADER, absences(("999", "2018-03-01"))])
def test_a_file_that_names_nothing_removes_nothing(district: District, data: str) -> None:
    district.populate()
    district.one("attendance", absences((MARI, "2018-03-01")))
    result = district.one("attendance", data)
    assert result.counters.actions["removed"] == 0
    assert table(Attendance, "student__local_id") == [(MARI,)]


def test_a_row_that_has_become_invalid_does_not_remove_the_record(district: District) -> None:
    district.populate()
    district.one("attendance", absences((MARI, "2018-03-01"), (AMIR, "2018-03-01"), (KYLO, "2018-03-01")))
    result = district.one("attendance", absences((MARI, "2018-03-01"), (AMIR, "01.03.2018")))
    assert facts(result) == {
        "removed": 1,
        "unchanged": 1,
        "stored": 3,
        "withheld": 1,
        "rejected": {"date:event_date": 1},
    }
    assert table(Attendance, "student__local_id") == [(MARI,), (AMIR,)]


def test_a_row_that_nobody_can_read_may_have_been_anybodys(district: District) -> None:
    district.populate()
    district.one("attendance", absences((MARI, "2018-03-01"), (AMIR, "2018-03-01")))
    result = district.one("attendance", absences((MARI, "2018-03-01")) + "2018-03-01,22222\n")
    assert facts(result) == {"unchanged": 1, "stored": 2, "withheld": 1, "rejected": {"fields": 1}}


@pytest.mark.parametrize("order", [1, -1])
def test_rows_that_contradict_each_other_give_the_same_in_either_order(
    district: District, order: int
) -> None:
    district.populate()
    rows = [f"2018-03-01,{MARI},1,0,0,{reason},0,\n" for reason in ("Medical", "Family", "Medical")][::order]
    result = district.one("attendance", HEADER + "".join(rows))
    assert facts(result) == {"created": 1, "rejected": {"contradicts": 2}}
    assert table(Attendance, "reason") == [("Family",)]


def test_a_student_in_two_schools_is_where_they_are_enrolled(district: District) -> None:
    header = STUDENTS.splitlines(keepends=True)[0]
    rows = [
        '7,97,"Organa, Leia",HEA,5,Transferred,\n',
        '7,97,"Organa, Leia",WSNS,5,Active,\n',
    ]
    district.one("students", header + "".join(rows))
    assert table(Student, "local_id", "school__local_id") == [("7", "WSNS")]


def test_a_new_column_is_filled_and_a_missing_one_changes_nothing(district: District) -> None:
    district.populate()
    rows = [line + ",Elm" for line in STUDENTS.splitlines()[1:]]
    data = "\n".join([STUDENTS.splitlines()[0] + ",house", *rows]) + "\n"
    district.configure(held_count=10)
    district.one("students", data)
    assert table(Student, "house") == [("Elm",)] * 5
    result = district.one("students", STUDENTS)
    assert result.counters.unchanged == 5
    assert table(Student, "house") == [("Elm",)] * 5


EDUCATORS = "state_id,local_id,full_name,staff_type,homeroom,status,login_name,school_local_id\n"


def test_an_educator_with_a_homeroom(district: District) -> None:
    row = '1,2,"Tufts, Nora",Teacher,HEA 890,,NTufts,hea\n'
    assert facts(district.one("educators", EDUCATORS + row)) == {"created": 2}
    assert table(Educator, "login", "email", "school__local_id", "is_administrator") == [
        ("ntufts", "ntufts@k12.example.org", "HEA", False)
    ]
    assert table(Homeroom, "name", "school__local_id", "educator__login") == [("HEA 890", "HEA", "ntufts")]


def test_educators_who_are_passed_over(district: District) -> None:
    district.configure(always_import_logins=["vip"], no_homeroom=["0-000"])
    rows = (
        ',,"A, B",Teacher,,,,HEA\n'
        ',,"C, D",Teacher,,,elsewhere,XYZ\n'
        ',,"E, F",Teacher,,,vip,XYZ\n'
        ',,"G, H",Teacher,0-000,,gh,HEA\n'
    )
    result = district.one("educators", EDUCATORS + rows)
    assert facts(result) == {"created": 2, "left_out": {"no_login": 1, "school": 1}}
    assert table(Educator, "login", "school__local_id") == [("gh", "HEA"), ("vip", None)]
    assert not Homeroom.objects.exists()


def test_an_address_from_a_column(district: District) -> None:
    district.configure(email="column")
    header = EDUCATORS.replace("\n", ",email\n")
    rows = ",,A,Teacher,,,aa,HEA,AA@town.example.org\n,,B,Teacher,,,bb,HEA,\n,,C,Teacher,,,cc,HEA,NULL\n"
    district.one("educators", header + rows)
    assert table(Educator, "login", "email") == [("aa", "aa@town.example.org")]


def test_a_new_administrator_sees_their_school_and_keeps_what_a_lead_took(district: District) -> None:
    row = ',,"Principal, Laura",Administrator,,,laura,HEA\n'
    district.one("educators", EDUCATORS + row)
    assert table(Grants, "educator__login", "schoolwide", "reads_restricted_notes") == [("laura", True, True)]
    Grants.objects.update(schoolwide=False)
    district.one("educators", EDUCATORS + row.replace("Principal,", "Smith,"))
    assert table(Grants, "educator__login", "schoolwide") == [("laura", False)]
    assert table(Educator, "full_name") == [("Smith, Laura",)]


def test_educators_who_leave_are_flagged_and_return(district: District) -> None:
    both = EDUCATORS + ",,A,Teacher,,,aa,HEA\n,,B,Teacher,,,bb,HEA\n"
    district.one("educators", both)
    district.one("educators", EDUCATORS + ",,A,Teacher,,,aa,HEA\n")
    assert [row.login for row in Educator.objects.present()] == ["aa"]
    district.one("educators", both)
    assert [row.login for row in Educator.objects.present().order_by("login")] == ["aa", "bb"]


def test_who_has_left_signs_in_no_more(district: District) -> None:
    person = Person.objects.create(email="aa@k12.example.org")
    both = EDUCATORS + ",,A,Teacher,,,aa,HEA\n,,B,Teacher,,,bb,HEA\n"
    district.one("educators", both)
    assert table(Educator, "login", person=person) == [("aa",)]
    district.one("educators", EDUCATORS + ",,B,Teacher,,,bb,HEA\n")
    assert table(Person, "is_active", pk=person.pk) == [(False,)]


COURSES = (
    "course_number,course_description,school_local_id,section_number,term_local_id,section_schedule,"
    "section_room_number,district_school_year\n"
)


def test_courses_and_sections_are_kept_and_changed(district: District) -> None:
    row = "ART-205,Handmade Ceramics I,SHS,ART-205B,{term},3(M-R),{room},2018\n"
    district.one("courses_sections", COURSES + row.format(term="FY", room="232B"))
    district.one("courses_sections", COURSES + row.format(term="FY", room="9").replace("Handmade ", ""))
    assert table(Course, "number", "title") == [("ART-205", "Ceramics I")]
    assert table(Section, "number", "term", "year", "room", "schedule") == [
        ("ART-205B", "FY", 2018, "9", "3(M-R)")
    ]


def test_a_section_without_a_term_leaves_its_course(district: District) -> None:
    result = district.one("courses_sections", COURSES + "ART-205,Ceramics,SHS,ART-205B,,,,2018\n")
    assert facts(result) == {"created": 1, "rejected": {"blank:term_local_id": 1}}
    assert (Course.objects.count(), Section.objects.count()) == (1, 0)


def test_a_homeroom_of_the_same_school_is_found(district: District) -> None:
    district.one("educators", EDUCATORS + ",,V,Teacher,HEA 003,,vivian,HEA\n,,J,Teacher,HEA 003,,jodi,SHS\n")
    district.populate()
    assert table(Student, "first_name", "homeroom__educator__login") == [
        ("Amir", None),
        ("Garfield", "vivian"),
        ("Kylo", None),
        ("Mari", None),
        ("Ryan", None),
    ]


def test_a_failing_source_stops_none_of_the_others(district: District) -> None:
    district.deliver("students", STUDENTS)
    district.deliver("attendance", "nothing,of,this\n1,2,3\n")
    district.deliver("behavior", "local_id,incident_code,event_date\n" + f"{MARI},Hitting,2018-03-01\n")
    district.deliver("educators", b"")
    result = district.run()
    states = {one.source: one.state for one in result.sources}
    assert states == {"educators": "failed", "students": "done", "attendance": "failed", "behavior": "done"}
    assert {one.source: one.problem for one in result.sources if one.problem} == {
        "educators": "educators.csv: is empty. Ask whoever delivers it.",
        "attendance": "attendance.csv: lacks the columns local_id, absence, tardy, event_date. Nothing of it "
        "was used. Under [students.columns.attendance] say what the file calls them.",
    }
    assert table(Import, "source", "state") == [
        ("attendance", "failed"),
        ("behavior", "done"),
        ("educators", "failed"),
        ("students", "done"),
    ]


def test_a_file_that_does_not_come_is_told_of(district: District) -> None:
    district.deliver("students", STUDENTS).unlink()
    result = district.run()
    assert ([one.state for one in result.sources], result.facts()) == (["missing"], {"missing": ["students"]})


def test_an_old_file_is_told_of(district: District) -> None:
    import os

    path = district.deliver("students", STUDENTS)
    four_days_ago = district.now.timestamp() - 4 * 86400
    os.utime(path, (four_days_ago, four_days_ago))
    assert district.run().facts() == {"stale": ["students"]}
    district.deliver("students", STUDENTS, fresh_days=7)
    os.utime(path, (four_days_ago, four_days_ago))
    assert district.run().facts() == {}


def test_the_newest_file_is_taken(district: District) -> None:
    (district.folder / "students_20180312.csv").write_text(STUDENTS.replace("Mari", "Mara"))
    (district.folder / "students_20180310.csv").write_text(STUDENTS.replace("Mari", "Mona"))
    district.deliver("students", "ignored", name="x.csv")
    district.configure(files=[{"source": "students", "file": "students_%Y%m%d.csv"}])
    assert district.run().sources[0].file_name == "students_20180312.csv"
    assert table(Student, "first_name", local_id=MARI) == [("Mara",)]


@pytest.mark.parametrize(
    "data",
    [
        STUDENTS.encode("utf-16"),
        b"\xef\xbb\xbf" + STUDENTS.encode(),
        STUDENTS.replace("\n", "\r\n").encode(),
        STUDENTS.replace("\n", "\r").encode(),
        ("Export of 13 March,,,,,,\n" + STUDENTS).encode(),
        (STUDENTS.splitlines(keepends=True)[0] + STUDENTS).encode(),
        STUDENTS.replace("local_id,", "'Local ID',", 1).encode(),
    ],
    ids=["utf-16", "mark", "crlf", "cr", "title", "two headers", "spelling"],
)
def test_the_same_students_however_they_are_written(district: District, data: bytes) -> None:
    district.one("students", data)
    assert table(Student, "first_name") == [("Amir",), ("Garfield",), ("Kylo",), ("Mari",), ("Ryan",)]


def test_columns_in_another_order_and_under_other_names(district: District) -> None:
    district.configure(columns={"students": {"local_id": "LASID"}})
    data = 'grade,LASID,extra,enrollment_status,school_local_id,full_name\n07,5,x,Active,HEA,"Ürün, Zoë"\n'
    district.one("students", data)
    assert table(Student, "local_id", "first_name", "last_name", "grade") == [("5", "Zoë", "Ürün", "7")]


def test_names_of_all_sorts(district: District) -> None:
    header = "local_id,full_name,school_local_id,grade,enrollment_status\n"
    names = ["O'Brien, Seán", "Núñez-Ruiz, José María", "כהן, דוד", "Li, 李小龙", "Party, \U0001f389"]
    rows = [f'{place},"{name}",HEA,KF,Active\n' for place, name in enumerate(names)]
    district.one("students", header + "".join(rows) + '9,"Only",HEA,KF,Active\n8,"A, B, C",HEA,KF,Active\n')
    assert [
        f"{last}, {first}" for _, last, first in table(Student, "local_id", "last_name", "first_name")
    ] == names


def test_a_file_of_another_district_changes_nothing(district: District) -> None:
    district.populate()
    other = STUDENTS.replace("HEA", "X1").replace("WSNS", "X2").replace("SHS", "X3")
    result = district.one("students", other)
    assert facts(result) == {"stored": 5, "left_out": {"school": 5}}
    assert Student.objects.active().count() == 5


def test_instants_of_imports(district: District) -> None:
    district.populate()
    (record,) = Import.objects.all()
    assert (record.began_at, record.file_name, record.state) == (
        datetime(2018, 3, 13, 11, 3, tzinfo=UTC),
        "students.csv",
        "done",
    )
