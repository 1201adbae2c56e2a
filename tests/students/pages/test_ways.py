"""Each educator is shown the ways to exactly those pages that are theirs."""

from __future__ import annotations

import re

import pytest

from staffroom.students.models import Grants
from tests.students.district import District
from tests.students.pages.visitors import signed_in, text_of

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])

TABS = re.compile(r'<nav class="tabs".*?</nav>', flags=re.S)
OURS = re.compile(r'href="(/students/(?:district|schools/\w+|sections|homerooms/\d+|mine)/)"')
"""The ways to lists of students; notes, dashboards and others stand between them."""


def ways_of(district: District, login: str) -> list[str]:
    page = text_of(signed_in(district.person(login)), "/students/mine/")
    (tabs,) = TABS.findall(page)
    return OURS.findall(tabs)


def test_the_ways_of_the_cast(this_year: District) -> None:
    homeroom = f"/students/homerooms/{this_year.homerooms['B1'].pk}/"
    mine = "/students/mine/"
    expected = {
        "ursula": ["/students/district/", mine],
        "rolf": ["/students/district/", mine],
        "lorna": ["/students/schools/brk/", mine],
        "vera": [homeroom, mine],
        "sven": [mine],  # whose homeroom has no active student
        "alma": [mine],
        "silas": [mine],
        "lars": ["/students/schools/hil/", mine],
        "mona": [mine],
        "selma": ["/students/schools/lhs/", mine],
        "hanna": ["/students/schools/lhs/", mine],
        "jonas": [mine],  # whose homeroom is one of a high school
        "bruno": ["/students/sections/", mine],
        "hilda": ["/students/sections/", mine],
        "frida": ["/students/schools/lhs/", "/students/sections/", mine],
    }
    assert {login: ways_of(this_year, login) for login in this_year.educators} == expected


def test_an_administrator_by_the_system_of_origin_alone_has_no_school_page(this_year: District) -> None:
    lorna = this_year.educators["lorna"]
    lorna.grants.schoolwide = False
    lorna.grants.save()
    assert ways_of(this_year, "lorna") == ["/students/mine/"]


def test_one_granted_grade_opens_the_way_to_the_school(this_year: District) -> None:
    grants = this_year.educators["lars"].grants
    grants.schoolwide, grants.grade_levels = False, ["8"]
    grants.save()
    assert ways_of(this_year, "lars") == ["/students/schools/hil/", "/students/mine/"]


def test_a_homeroom_with_somebody_whom_its_educator_may_not_see_is_no_way(this_year: District) -> None:
    Grants.objects.create(educator=this_year.educators["vera"], only_special_education=True)
    assert ways_of(this_year, "vera") == ["/students/mine/"]


def test_a_project_lead_who_sees_as_another_is_shown_that_educators_ways(this_year: District) -> None:
    lead = signed_in(this_year.person("ursula"))
    lead.post(f"/students/access/{this_year.educators['vera'].pk}/view-as/")
    (tabs,) = TABS.findall(text_of(lead, "/students/mine/"))
    assert OURS.findall(tabs) == [
        f"/students/homerooms/{this_year.homerooms['B1'].pk}/",
        "/students/mine/",
    ]
