"""Who may see whom, and why: each row of the table, and what the table alone does not say."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from staffroom.accounts import people
from staffroom.students import access
from staffroom.students.access import WORDS, Denial, Reason, ViewingAs
from staffroom.students.models import Educator, Grants, Homeroom, Label, Student
from tests.students.district import (
    TODAY,
    District,
    a_school,
    a_section,
    a_student,
    an_educator,
    attends,
    rules,
    teaches,
)

EVERYBODY = ["anton", "gwen", "kaja", "mira", "rafael"]


def seen(viewer: object, *, today: date = TODAY, **settings: Any) -> list[str]:
    found = access.students_for(viewer, rules=rules(today, **settings))
    return sorted(name.lower() for name in found.values_list("first_name", flat=True))


def reasons(district: District, login: str, **settings: Any) -> dict[str, str]:
    """Each student whom the educator may see, with the reason."""
    found = {
        name: access.why_visible(district.person(login), student, rules=rules(**settings))
        for name, student in district.students.items()
    }
    return {name: str(reason) for name, reason in found.items() if reason}


def denial(login: str, student: Student, **settings: Any) -> str:
    return str(access.verdict_on(Educator.objects.get(login=login), student, rules=rules(**settings)))


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ("ursula", dict.fromkeys(EVERYBODY, "districtwide")),
        ("rolf", dict.fromkeys(EVERYBODY, "districtwide")),
        ("lorna", {"gwen": "schoolwide"}),
        ("vera", {"gwen": "homeroom"}),
        ("sven", {}),
        ("alma", {}),
        ("silas", {}),
        ("lars", {"rafael": "schoolwide"}),
        ("mona", {}),
        ("selma", dict.fromkeys(["mira", "anton", "kaja"], "schoolwide")),
        ("hanna", dict.fromkeys(["mira", "anton", "kaja"], "schoolwide")),
        ("jonas", {"mira": "homeroom", "anton": "homeroom"}),
        ("bruno", {"mira": "section"}),
        ("hilda", {"kaja": "section"}),
        ("frida", dict.fromkeys(["mira", "anton", "kaja"], "schoolwide")),
    ],
)
def test_everybody_of_the_cast_sees_their_students_for_a_reason(
    district: District, login: str, expected: dict[str, str]
) -> None:
    assert reasons(district, login) == expected
    assert seen(district.person(login)) == sorted(expected)


def test_housemasters_see_the_grades_that_the_setting_names_in_every_school(district: District) -> None:
    own = dict.fromkeys(["mira", "anton", "kaja"], "schoolwide")
    assert reasons(district, "selma", housemaster_grades=["8"]) == {"rafael": "housemaster", **own}
    assert seen(district.person("selma"), housemaster_grades=["8"]) == ["anton", "kaja", "mira", "rafael"]
    assert reasons(district, "frida", housemaster_grades=["8"]) == own


def test_housemaster_goes_before_every_restriction(district: District) -> None:
    Grants.objects.filter(educator__login="selma").update(only_special_education=True)
    assert reasons(district, "selma", housemaster_grades=["8", "12"]) == {
        "rafael": "housemaster",
        "kaja": "housemaster",
    }


@pytest.mark.parametrize("program", ["Sp Ed", "SEIP"])
def test_special_education_only_goes_before_schoolwide(district: District, program: str) -> None:
    brook = district.schools["brook"]
    Grants.objects.filter(educator__login="silas").update(schoolwide=True)
    a_student("2001", "Nils", brook, "3", program=program)
    a_student("2002", "Tova", brook, "3", program="Reg Ed")
    assert seen(district.person("silas")) == ["nils"]
    assert denial("silas", district.students["gwen"]) == "not_special_education"
    assert seen(district.person("silas"), special_education_programs=["Reg Ed"]) == ["tova"]


def test_english_learners_only_goes_before_schoolwide_and_hides_those_who_are_fluent(
    district: District,
) -> None:
    brook = district.schools["brook"]
    Grants.objects.filter(educator__login="alma").update(schoolwide=True)
    a_student("2001", "Nils", brook, "3", language_status="Limited")
    fluent = a_student("2002", "Tova", brook, "3", language_status="Fluent")
    assert seen(district.person("alma")) == ["gwen", "nils"]
    assert denial("alma", fluent) == "fluent"
    assert seen(district.person("alma"), fluent_statuses=["Limited", "Fluent"]) == ["gwen"]


def test_restrictions_also_go_before_homeroom_grade_and_section_but_not_before_districtwide(
    district: District,
) -> None:
    Grants.objects.create(
        educator=district.educators["jonas"], only_special_education=True, grade_levels=["9", "12"]
    )
    Grants.objects.create(educator=district.educators["bruno"], only_special_education=True)
    Grants.objects.filter(educator__login="rolf").update(only_special_education=True)
    assert [seen(district.person(login)) for login in ("jonas", "bruno", "rolf")] == [[], [], EVERYBODY]


def test_grade_levels_open_these_grades_of_the_own_school_only(district: District) -> None:
    Grants.objects.create(educator=district.educators["mona"], grade_levels=["8", "9"])
    assert reasons(district, "mona") == {"rafael": "grade_level"}
    assert denial("mona", district.students["mira"]) == "other_school"


def test_an_administrator_by_the_sis_alone_sees_the_school(district: District) -> None:
    Grants.objects.filter(educator__login="lorna").delete()
    assert reasons(district, "lorna") == {"gwen": "schoolwide"}


def test_a_homeroom_or_a_section_in_another_school_than_the_educators_opens_nobody(
    district: District,
) -> None:
    hill = district.schools["hill"]
    Educator.objects.filter(login__in=["jonas", "bruno"]).update(school=hill)
    assert [seen(district.person(login)) for login in ("jonas", "bruno")] == [[], []]


@pytest.mark.parametrize(
    "granted", [{"schoolwide": True}, {"grade_levels": ["9", "KF", "8", "12"]}, {"is_administrator": True}]
)
def test_an_educator_without_a_school_has_no_rights_over_schools_and_grades(
    district: District, granted: dict[str, Any]
) -> None:
    wanda = an_educator("wanda", None, **granted)
    Homeroom.objects.filter(name="B1").update(educator=wanda)
    teaches(wanda, district.sections["BIO-1"])
    assert reasons(district, "wanda") == {"gwen": "homeroom", "mira": "section"}
    assert seen(wanda.person) == ["gwen", "mira"]
    assert list(access.schools_for(wanda.person, rules=rules())) == []


@pytest.mark.parametrize(
    ("today", "students"),
    [
        (date(2018, 1, 11), []),
        (date(2018, 1, 12), ["mira"]),  # fourteen days before Q3 begins
        (date(2018, 4, 20), ["mira"]),  # fourteen days after it has ended
        (date(2018, 4, 21), []),
        (date(2017, 3, 13), []),
        (date(2019, 3, 13), []),
    ],
)
def test_a_section_opens_its_students_for_its_term_in_its_year_and_some_days_around(
    district: District, today: date, students: list[str]
) -> None:
    assert seen(district.person("bruno"), today=today) == students
    why = access.why_visible(district.person("bruno"), district.students["mira"], rules=rules(today))
    assert why == (Reason.SECTION if students else None)


def test_days_around_a_term_are_settings(district: District) -> None:
    strict = {"section_lead_days": 0, "section_grace_days": 0}
    days = [date(2018, 1, 25), date(2018, 1, 26), date(2018, 4, 6), date(2018, 4, 7)]
    assert [seen(district.person("bruno"), today=day, **strict) for day in days] == [
        [],
        ["mira"],
        ["mira"],
        [],
    ]


def test_a_section_of_a_term_that_the_settings_do_not_know_opens_nobody(district: District) -> None:
    assert seen(district.person("hilda"), terms=["Q3 01-26 04-06"]) == []
    assert seen(district.person("bruno"), terms=["Q3 01-26 04-06"]) == ["mira"]


def test_where_a_district_has_no_sections_they_open_nothing(district: District) -> None:
    assert seen(district.person("bruno"), uses_sections=False) == []
    assert list(access.sections_for(district.person("rolf"), rules=rules(uses_sections=False))) == []


def test_students_who_left_stay_visible_to_those_who_may_see_them(district: District) -> None:
    Student.objects.filter(first_name="Gwen").update(enrollment_status="Transferred")
    found = access.students_for(district.person("lorna"), rules=rules())
    assert (found.count(), found.active().count()) == (1, 0)


def test_nobody_else_sees_anybody(district: District) -> None:
    operator = people.create_person("ada@lake.example", name="Ada", administrator=True)
    ended = district.person("rolf")
    people.set_active(ended, False)
    for viewer in (operator, ended, AnonymousUser(), None, district.educators["ursula"]):
        assert seen(viewer) == []
        assert access.why_visible(viewer, district.students["gwen"], rules=rules()) is None
        assert access.educator_of(viewer, rules=rules()) is None
        assert not access.may_read_restricted(viewer, district.students["gwen"], rules=rules())
        assert not access.sets_access(viewer, rules=rules())
        assert not access.has_label(viewer, "housemaster", rules=rules())
        for found in (access.schools_for, access.sections_for, access.homerooms_for):
            assert list(found(viewer, rules=rules())) == []


def test_an_educator_who_is_gone_sees_nobody_unless_a_setting_keeps_them(district: District) -> None:
    Educator.objects.filter(login="vera").update(missing_since=timezone.now())
    vera, gwen = district.person("vera"), district.students["gwen"]
    assert (seen(vera), denial("vera", gwen)) == ([], "not_present")
    kept: Any = {"always_active": ["vera"]}
    assert (seen(vera, **kept), denial("vera", gwen, **kept)) == (["gwen"], "homeroom")


def test_who_may_see_a_student_is_told_with_the_reasons_in_order(district: District) -> None:
    Educator.objects.filter(login="frida").update(missing_since=timezone.now())
    found = access.reasons_for_all(district.students["mira"], rules=rules())
    assert [(educator.login, str(reason)) for educator, reason in found] == [
        ("rolf", "districtwide"),
        ("ursula", "districtwide"),
        ("hanna", "schoolwide"),
        ("selma", "schoolwide"),
        ("jonas", "homeroom"),
        ("bruno", "section"),
    ]
    eighth = access.reasons_for_all(district.students["rafael"], rules=rules(housemaster_grades=["8"]))
    assert [(educator.login, str(reason)) for educator, reason in eighth] == [
        ("rolf", "districtwide"),
        ("ursula", "districtwide"),
        ("hanna", "housemaster"),
        ("selma", "housemaster"),
        ("lars", "schoolwide"),
    ]


def test_every_verdict_has_words() -> None:
    assert set(WORDS) == {*Reason, *Denial}


@pytest.mark.parametrize(
    ("login", "schools"),
    [
        ("ursula", ["BRK", "HIL", "LHS"]),
        ("lorna", ["BRK"]),
        ("hanna", ["LHS"]),
        ("vera", []),
        ("bruno", []),
    ],
)
def test_schools_are_open_to_those_with_a_grant_for_them(
    district: District, login: str, schools: list[str]
) -> None:
    found = access.schools_for(district.person(login), rules=rules())
    assert sorted(school.local_id for school in found) == schools


def test_the_sis_calling_somebody_administrator_opens_no_school_page_but_grade_levels_do(
    district: District,
) -> None:
    Grants.objects.filter(educator__login="lorna").delete()
    assert list(access.schools_for(district.person("lorna"), rules=rules())) == []
    Grants.objects.create(educator=district.educators["lorna"], grade_levels=["KF"])
    assert [one.local_id for one in access.schools_for(district.person("lorna"), rules=rules())] == ["BRK"]


@pytest.mark.parametrize(
    ("login", "sections"),
    [
        ("rolf", ["ART-1", "ART-2", "BIO-1", "BIO-2", "PHY-1", "PHY-2"]),
        ("hanna", ["ART-1", "ART-2", "BIO-1", "BIO-2", "PHY-1", "PHY-2"]),
        ("bruno", ["BIO-1"]),
        ("hilda", ["ART-1", "ART-2"]),
        ("lorna", []),
        ("vera", []),
    ],
)
def test_sections_are_open_to_their_school_and_to_who_teaches_them_now(
    district: District, login: str, sections: list[str]
) -> None:
    found = access.sections_for(district.person(login), rules=rules())
    assert sorted(section.number for section in found) == sections


def test_a_section_of_another_school_is_not_opened_by_teaching_it(district: District) -> None:
    Educator.objects.filter(login="bruno").update(school=district.schools["hill"])
    assert list(access.sections_for(district.person("bruno"), rules=rules())) == []


@pytest.mark.parametrize(
    ("login", "homerooms"),
    [
        ("ursula", ["B1", "L1"]),
        ("vera", ["B1"]),
        ("jonas", ["L1"]),
        ("hanna", ["L1"]),
        ("bruno", []),  # teaches one of the two students of L1; L2 is empty
        ("sven", []),
    ],
)
def test_a_homeroom_is_open_to_those_who_may_see_all_its_active_students(
    district: District, login: str, homerooms: list[str]
) -> None:
    found = access.homerooms_for(district.person(login), rules=rules())
    assert sorted(homeroom.name for homeroom in found) == homerooms


def test_students_who_left_do_not_count_for_a_homeroom(district: District) -> None:
    Student.objects.filter(first_name="Anton").update(enrollment_status="Transferred")
    assert [one.name for one in access.homerooms_for(district.person("bruno"), rules=rules())] == ["L1"]
    Student.objects.filter(first_name="Mira").update(missing_since=timezone.now())
    assert list(access.homerooms_for(district.person("bruno"), rules=rules())) == []


@pytest.mark.parametrize(
    ("login", "student", "may"),
    [
        ("ursula", "rafael", True),
        ("lorna", "gwen", True),
        ("lorna", "rafael", False),  # not visible
        ("vera", "gwen", False),  # visible, no permission
        ("selma", "mira", False),
        ("hanna", "mira", True),
    ],
)
def test_restricted_text_needs_the_permission_and_the_student(
    district: District, login: str, student: str, may: bool
) -> None:
    person = district.person(login)
    assert access.may_read_restricted(person, district.students[student], rules=rules()) is may


def test_who_sees_as_another_is_shown_what_both_may_see(district: District) -> None:
    Grants.objects.filter(educator__login="ursula").update(districtwide=False)
    teaches(district.educators["ursula"], district.sections["BIO-1"])
    Educator.objects.filter(login="ursula").update(school=None)
    ursula = district.person("ursula")
    assert seen(ursula) == ["mira"]
    as_jonas = ViewingAs(ursula, district.educators["jonas"])
    assert seen(as_jonas) == ["mira"]
    assert access.why_visible(as_jonas, district.students["mira"], rules=rules()) == Reason.HOMEROOM
    assert access.why_visible(as_jonas, district.students["anton"], rules=rules()) is None
    assert list(access.homerooms_for(as_jonas, rules=rules())) == []
    assert access.educator_of(as_jonas, rules=rules()) == district.educators["jonas"]


def test_who_sees_as_another_has_none_of_their_own_powers(district: District) -> None:
    as_hanna = ViewingAs(district.person("ursula"), district.educators["hanna"])
    mira = district.students["mira"]
    assert access.may_read_restricted(as_hanna, mira, rules=rules())
    assert not access.has_label(as_hanna, "housemaster", rules=rules())
    Label.objects.create(educator=district.educators["ursula"], key="housemaster")
    assert access.has_label(as_hanna, "housemaster", rules=rules())
    as_selma = ViewingAs(district.person("ursula"), district.educators["selma"])
    assert not access.may_read_restricted(as_selma, mira, rules=rules())
    as_self = ViewingAs(district.person("ursula"), district.educators["ursula"])
    assert not access.sets_access(as_self, rules=rules())
    assert access.sets_access(district.person("ursula"), rules=rules())
    assert access.writer_of(as_hanna, rules=rules()) is None
    assert access.writer_of(district.person("hanna"), rules=rules()) == district.educators["hanna"]


def test_only_project_leads_see_as_others_and_only_while_they_are(district: District) -> None:
    as_vera = ViewingAs(district.person("ursula"), district.educators["vera"])
    assert seen(ViewingAs(district.person("rolf"), district.educators["vera"])) == []
    assert seen(as_vera) == ["gwen"]
    assert seen(as_vera, view_as=False) == []
    Educator.objects.filter(login="vera").update(missing_since=timezone.now())
    assert seen(as_vera) == []
    as_jonas = ViewingAs(district.person("ursula"), district.educators["jonas"])
    Grants.objects.filter(educator__login="ursula").update(sets_access=False)
    assert seen(as_jonas) == []


def test_being_a_project_lead_opens_no_student(district: District) -> None:
    lena = an_educator("lena", None, sets_access=True)
    assert (seen(lena.person), access.sets_access(lena.person, rules=rules())) == ([], True)


def test_a_section_attended_in_another_year_opens_nobody_today(district: District) -> None:
    last_year = a_section(district.sections["ART-1"].course, "ART-1", "FY", year=2017)
    old = a_student("2001", "Nils", district.schools["high"], "12")
    attends(old, last_year)
    teaches(district.educators["hilda"], last_year)
    assert seen(district.person("hilda")) == ["kaja"]


def test_a_homeroom_without_an_educator_or_a_student_without_a_homeroom_opens_nobody(
    district: District,
) -> None:
    west = a_school("WST", "West School", "ES")
    room = Homeroom.objects.create(name="W1", school=west)
    alone = a_student("2001", "Nils", west, "3", homeroom=room)
    found = access.reasons_for_all(alone, rules=rules())
    assert [educator.login for educator, _ in found] == ["rolf", "ursula"]


def test_a_viewer_as_they_stand_in_one_request_is_answered_as_the_viewer_is(district: District) -> None:
    viewers: list[object] = [AnonymousUser(), *(district.person(login) for login in district.educators)]
    viewers += [ViewingAs(district.person("ursula"), district.educators[login]) for login in ("vera", "lars")]
    for viewer in viewers:
        stands = access.standing(viewer, rules=rules())
        assert seen(stands) == seen(viewer)
        for answer in (access.educator_of, access.writer_of, access.sees_district, access.sets_access):
            assert answer(stands, rules=rules()) == answer(viewer, rules=rules()), (viewer, answer)
        for student in district.students.values():
            assert access.why_visible(stands, student, rules=rules()) == access.why_visible(
                viewer, student, rules=rules()
            )


def test_only_who_sees_the_whole_district_sees_its_pages(district: District) -> None:
    found = {
        login for login in district.educators if access.sees_district(district.person(login), rules=rules())
    }
    assert found == {"ursula", "rolf"}
    assert not access.sees_district(AnonymousUser(), rules=rules())
    assert not access.sees_district(
        ViewingAs(district.person("ursula"), district.educators["vera"]), rules=rules()
    )
    assert access.sees_district(
        ViewingAs(district.person("ursula"), district.educators["rolf"]), rules=rules()
    )
