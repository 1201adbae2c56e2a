"""Homerooms, sections, schools and the district: open to exactly those whose they are, naming nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from staffroom.accounts import people
from tests.students.district import District, a_student, attends
from tests.students.pages.visitors import seen, signed_in, text_of

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])

DISTRICTWIDE = {"ursula", "rolf"}
FACES = ("", "{slug}.csv", "{slug}.json")


def open_to(district: District, address: str, slug: str) -> set[str]:
    """Who finds the page there; its CSV and JSON answer as it does."""
    found = set()
    for login in district.educators:
        client = signed_in(district.person(login))
        faces = [client.get(address + face.format(slug=slug)).status_code for face in FACES]
        assert faces in ([200] * 3, [404] * 3), (login, address, faces)
        if faces[0] == 200:
            found.add(login)
    operator = people.create_person("ada@lake.example", name="Ada", administrator=True)
    assert signed_in(operator).get(address).status_code == 404
    assert signed_in(None).get(address).status_code == 302
    operator.delete()
    return found


def names_in(district: District, login: str, address: str) -> list[str]:
    rows = signed_in(district.person(login)).get(address).json()["results"]
    return [row["name"] for row in rows]


def test_a_homeroom_opens_to_those_who_see_all_of_its_students(this_year: District) -> None:
    rooms = {name: f"/students/homerooms/{room.pk}/" for name, room in this_year.homerooms.items()}
    opened = {name: open_to(this_year, address, "students") for name, address in rooms.items()}
    assert opened == {
        "B1": DISTRICTWIDE | {"lorna", "vera"},
        "B2": set(),
        "H1": set(),
        "L1": DISTRICTWIDE | {"selma", "hanna", "jonas", "frida"},  # Bruno sees Mira, and Anton not
        "L2": set(),
    }


def test_a_section_opens_to_who_teaches_it_now_and_to_who_sees_the_school(this_year: District) -> None:
    sections = {name: f"/students/sections/{one.pk}/" for name, one in this_year.sections.items()}
    whole = DISTRICTWIDE | {"selma", "hanna", "frida"}
    opened = {name: open_to(this_year, address, "students") for name, address in sections.items()}
    assert opened == {
        "BIO-1": whole | {"bruno"},
        "BIO-2": whole,
        "ART-1": whole | {"hilda"},
        "ART-2": whole | {"hilda"},
        "PHY-1": whole,
        "PHY-2": whole,
    }


def test_a_section_names_only_the_students_that_its_teacher_may_see(this_year: District) -> None:
    rafael = this_year.students["rafael"]  # of another school, put there by mistake
    attends(rafael, this_year.sections["BIO-1"])
    address = f"/students/sections/{this_year.sections['BIO-1'].pk}/students.json"
    assert names_in(this_year, "bruno", address) == ["Mirasen, Mira"]
    assert names_in(this_year, "rolf", address) == ["Mirasen, Mira", "Rafaelsen, Rafael"]


def test_a_school_opens_to_those_with_rights_in_all_of_it_or_in_a_grade(this_year: District) -> None:
    lars = this_year.educators["lars"].grants
    lars.schoolwide, lars.grade_levels = False, ["7"]
    lars.save()
    opened = {
        slug: open_to(this_year, f"/students/schools/{slug}/", "students") for slug in ("brk", "hil", "lhs")
    }
    assert opened == {
        "brk": DISTRICTWIDE | {"lorna"},
        "hil": DISTRICTWIDE | {"lars"},
        "lhs": DISTRICTWIDE | {"selma", "hanna", "frida"},
    }
    assert open_to(this_year, "/students/schools/nowhere/", "students") == set()
    assert names_in(this_year, "lars", "/students/schools/hil/students.json") == []  # Rafael is in grade 8


def test_a_school_counts_nobody_whom_one_may_not_see(this_year: District) -> None:
    selma = this_year.educators["selma"].grants
    selma.schoolwide, selma.grade_levels = False, ["12"]
    selma.save()
    page = text_of(signed_in(this_year.person("selma")), "/students/schools/lhs/")
    assert "1 student is here." in page
    assert "Kajasen, Kaja" in page
    assert "Mirasen" not in page
    rows = signed_in(this_year.person("selma")).get("/students/schools/lhs/slices.json").json()["results"]
    assert {row["value"]: row["students"] for row in rows if row["panel"] == "grade"} == {"12": 1}


def test_the_list_of_schools_is_of_those_that_are_open(this_year: District) -> None:
    def schools_of(login: str) -> list[tuple[str, int]]:
        rows = signed_in(this_year.person(login)).get("/students/schools/schools.json").json()["results"]
        return [(row["school"], row["students"]) for row in rows]

    assert schools_of("rolf") == [("Brook School", 1), ("Hill School", 1), ("Lake High School", 3)]
    assert schools_of("hanna") == [("Lake High School", 3)]
    assert schools_of("vera") == []


@pytest.mark.parametrize(
    ("address", "slug"),
    [
        ("/students/district/", "schools"),
        ("/students/district/enrollment/", "enrollment"),
        ("/students/district/homerooms/", "homerooms"),
        ("/students/district/exports/", "exports"),
    ],
)
def test_the_district_opens_to_those_who_see_all_of_it(this_year: District, address: str, slug: str) -> None:
    assert open_to(this_year, address, slug) == DISTRICTWIDE


def test_exports_and_cards_open_to_those_who_see_the_district(this_year: District) -> None:
    card = f"/students/educators/{this_year.educators['bruno'].pk}/"
    assert open_to(this_year, card, "facts") == DISTRICTWIDE
    for login in this_year.educators:
        for name in ("students.csv", "students.json", "discipline.csv", "discipline.json"):
            status = signed_in(this_year.person(login)).get(f"/students/district/exports/{name}").status_code
            assert status == (200 if login in DISTRICTWIDE else 404), (login, name)


def test_a_district_officer_who_sees_as_a_teacher_sees_no_district(this_year: District) -> None:
    lead = signed_in(this_year.person("ursula"))
    assert lead.get("/students/district/").status_code == 200
    lead.post(f"/students/access/{this_year.educators['bruno'].pk}/view-as/")
    assert lead.get("/students/district/").status_code == 404
    assert lead.get("/students/schools/lhs/").status_code == 404
    assert lead.get(f"/students/sections/{this_year.sections['BIO-1'].pk}/").status_code == 200


def test_my_sections_are_those_that_i_teach_and_that_are_open(this_year: District) -> None:
    def sections_of(login: str) -> list[tuple[str, str, int]]:
        rows = signed_in(this_year.person(login)).get("/students/sections/sections.json").json()["results"]
        return [(row["term"], row["section"], row["students"]) for row in rows]

    assert sections_of("bruno") == [("Q3", "BIO-1", 1)]
    assert sections_of("hilda") == [("FY", "ART-1", 1), ("FY", "ART-2", 0)]
    assert sections_of("frida") == [("S1", "PHY-1", 1), ("S1", "PHY-2", 0)]
    assert sections_of("rolf") == []


def test_the_navigators_lead_to_the_others_that_are_open_and_to_nothing_else(this_year: District) -> None:
    b1, b2 = (this_year.homerooms[name].pk for name in ("B1", "B2"))
    lorna, vera = (signed_in(this_year.person(login)) for login in ("lorna", "vera"))
    assert "Other homerooms" not in text_of(lorna, f"/students/homerooms/{b1}/")
    a_student("2001", "Ida", this_year.schools["brook"], "1", homeroom=this_year.homerooms["B2"])
    rows = lorna.get(f"/students/homerooms/{b1}/homerooms.json").json()["results"]
    assert rows == [{"homeroom": "B2", "teacher": "Svenson, Sven", "grades": "1", "students": 1}]
    assert f'href="/students/homerooms/{b2}/"' in text_of(lorna, f"/students/homerooms/{b1}/")
    assert "Other homerooms" not in text_of(vera, f"/students/homerooms/{b1}/")

    def others(login: str, section: str) -> list[str]:
        page = text_of(signed_in(this_year.person(login)), address := f"/students/sections/{ids[section]}/")
        if "Other sections" not in page:
            return []
        rows = signed_in(this_year.person(login)).get(f"{address}sections.json").json()["results"]
        return [row["section"] for row in rows]

    ids = {name: section.pk for name, section in this_year.sections.items()}
    assert others("hilda", "ART-1") == ["ART-2"]
    assert others("bruno", "BIO-1") == []  # next quarter's is not open yet
    assert others("frida", "BIO-1") == ["BIO-2", "PHY-1", "PHY-2"]


def test_where_sections_open_nobody_there_are_none(this_year: District, settings: Settings) -> None:
    closed = {"students": {"access": {"uses_sections": False}}}
    sections = {**settings.INSTANCE.sections, **closed}
    settings.INSTANCE = replace(settings.INSTANCE, sections=sections)
    assert open_to(this_year, f"/students/sections/{this_year.sections['BIO-1'].pk}/", "students") == set()
    assert "/students/sections/" not in text_of(signed_in(this_year.person("bruno")), "/students/mine/")


def test_each_list_and_export_is_in_the_trail_with_those_whom_it_named(this_year: District) -> None:
    rolf = signed_in(this_year.person("rolf"))
    homeroom, section = this_year.homerooms["L1"].pk, this_year.sections["BIO-1"].pk
    for address in (
        f"/students/homerooms/{homeroom}/",
        f"/students/sections/{section}/students.csv",
        "/students/schools/lhs/?grade=12",
        "/students/schools/lhs/slices.csv",
        "/students/district/",
        "/students/district/enrollment/",
        "/students/district/homerooms/",
        "/students/district/exports/",
        "/students/district/exports/students.csv",
    ):
        assert rolf.get(address).status_code == 200, address
    assert seen() == [
        (f"students/homerooms/{homeroom}.html", ["1003", "1004"]),
        (f"students/sections/{section}.csv", ["1003"]),
        ("students/schools/lhs.html", ["1005"]),
        ("students/district/exports/students.csv", ["1001", "1002", "1003", "1004", "1005"]),
    ]


def test_three_students_take_as_many_queries_as_one(this_year: District) -> None:
    high, room = this_year.schools["high"], this_year.homerooms["B1"]
    addresses = (
        "/students/mine/?sort=absences",
        "/students/schools/brk/",
        f"/students/homerooms/{room.pk}/",
        "/students/district/",
        "/students/district/enrollment/",
        "/students/district/homerooms/",
        "/students/district/exports/students.csv",
    )
    rolf = signed_in(this_year.person("rolf"))
    one = {address: queries(rolf, address) for address in addresses}
    for number, name in enumerate(("Ida", "Olaf"), 2001):
        a_student(str(number), name, this_year.schools["brook"], "KF", homeroom=room)
        a_student(str(number + 100), name, high, "9")
    three = {address: queries(rolf, address) for address in addresses}
    assert three == one


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)
