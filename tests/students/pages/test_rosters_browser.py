"""Rosters and slicing in a real browser: accessible at every width, usable by keyboard, without scripts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from staffroom.accounts import people
from tests.browsers import WIDTHS, Reader, chromium, open_reader
from tests.cast import PASSWORD
from tests.students.district import District, a_student, make_district

__all__ = ["chromium"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "audit", "registry"]),
]


@pytest.fixture
def lake(transactional_db: None) -> District:
    made = make_district()
    people.set_password(made.person("ursula"), PASSWORD)
    for number, (name, grade) in enumerate((("Ida", "10"), ("Olaf", "10"), ("Zoë", "11"))):
        a_student(f"20{number}", name, made.schools["high"], grade, program="Sp Ed" if number else "Reg Ed")
    return made


def reader_at(browser: Browser, server: LiveServer, width: str, *, scripts: bool = True) -> Reader:
    size = {"width": WIDTHS[width], "height": 900}
    reader = open_reader(browser, base_url=server.url, viewport=size, java_script_enabled=scripts)
    reader.page.goto("/sign-in/")
    reader.page.fill("[name=login]", "ursula@lake.example")
    reader.page.fill("[name=password]", PASSWORD)
    reader.page.press("[name=password]", "Enter")
    reader.page.wait_for_url("**/")
    return reader


@pytest.fixture(params=WIDTHS)
def ursula(
    request: pytest.FixtureRequest, chromium: Browser, live_server: LiveServer, lake: District
) -> Iterator[Reader]:
    reader = reader_at(chromium, live_server, request.param)
    yield reader
    reader.context.close()


def test_the_pages_have_no_fault_that_a_machine_can_find(ursula: Reader, lake: District) -> None:
    addresses = (
        "/students/mine/",
        "/students/schools/lhs/?grade=9&program=Sp+Ed",
        f"/students/homerooms/{lake.homerooms['L1'].pk}/",
        f"/students/sections/{lake.sections['BIO-1'].pk}/",
        "/students/district/enrollment/",
        "/students/district/homerooms/",
        "/students/district/exports/",
        "/students/access/overview/",
        "/students/access/labels/",
        "/students/sample/",
        "/search/?q=zoe",
    )
    faults = {}
    for address in addresses:
        ursula.page.goto(address)
        faults[address] = ursula.faults()
    assert {address: found for address, found in faults.items() if found} == {}
    assert ursula.errors == []


def test_a_school_is_sliced_by_clicks_and_reset_by_escape(
    chromium: Browser, live_server: LiveServer, lake: District
) -> None:
    reader = reader_at(chromium, live_server, "desk")
    page = reader.page
    page.goto("/students/schools/lhs/")
    expect(page.get_by_text("6 students are here.")).to_be_visible()
    grade = page.get_by_role("region", name="Grade", exact=True)
    grade.get_by_role("link", name="10").click()
    grade.get_by_role("link", name="11").click()
    expect(page.get_by_text("3 of 6 students are selected.")).to_be_visible()
    page.get_by_role("region", name="Program").get_by_role("link", name="Sp Ed").click()
    expect(page.get_by_text("2 of 6 students are selected.")).to_be_visible()
    assert "grade=10&grade=11&program=Sp+Ed" in page.url
    grade.get_by_role("link", name="10").click()
    expect(page.get_by_text("1 of 6 students is selected.")).to_be_visible()
    expect(page.get_by_role("link", name="Zoësen, Zoë")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("6 students are here.")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("zoe")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 student of yours matches.")).to_be_visible()
    reader.context.close()


def test_columns_are_chosen_without_any_script(
    chromium: Browser, live_server: LiveServer, lake: District
) -> None:
    reader = reader_at(chromium, live_server, "desk", scripts=False)
    page = reader.page
    page.goto("/students/schools/lhs/?grade=10&grade=11&sort=-name")
    page.locator("summary", has_text="Columns").click()
    for name in ("Homeroom", "Absences", "Tardies"):
        page.get_by_role("checkbox", name=name, exact=True).uncheck()
    page.get_by_role("checkbox", name="Home language").check()
    page.get_by_role("button", name="Show these").click()
    titles = [title.rstrip(" ▼") for title in page.locator("#students thead th").all_inner_texts()]
    assert ("Home language" in titles, "Absences" in titles, "Homeroom" in titles) == (True, False, False)
    names = page.locator("#students tbody th").all_inner_texts()
    assert names == ["Zoësen, Zoë", "Olafsen, Olaf", "Idasen, Ida"]
    reader.context.close()
