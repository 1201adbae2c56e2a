"""The pages on access in a real browser: accessible at every width, and usable by keyboard and phone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from staffroom.accounts import people
from staffroom.students.models import GrantChange
from tests.browsers import WIDTHS, Reader, chromium, open_reader
from tests.cast import PASSWORD
from tests.students.district import District, make_district

__all__ = ["chromium"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "audit", "registry"]),
]

SHOTS = os.environ.get("STAFFROOM_SHOTS")


@pytest.fixture
def lake(transactional_db: None) -> District:
    made = make_district()
    people.set_password(made.person("ursula"), PASSWORD)
    return made


@pytest.fixture(params=WIDTHS)
def ursula(
    request: pytest.FixtureRequest, chromium: Browser, live_server: LiveServer, lake: District
) -> Iterator[Reader]:
    size = {"width": WIDTHS[request.param], "height": 900}
    reader = open_reader(chromium, base_url=live_server.url, viewport=size)
    reader.page.goto("/sign-in/")
    reader.page.fill("[name=login]", "ursula@lake.example")
    reader.page.fill("[name=password]", PASSWORD)
    reader.page.press("[name=password]", "Enter")
    reader.page.wait_for_url("**/")
    yield reader
    reader.context.close()


def test_a_project_lead_grants_sees_as_another_and_stops(ursula: Reader, lake: District) -> None:
    page, faults = ursula.page, {}
    page.goto("/students/access/")
    faults["list"] = ursula.faults()
    shot(ursula, "list")
    page.get_by_role("link", name="Verason, Vera").click()
    page.get_by_label("Schoolwide").check()
    faults["educator"] = ursula.faults()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The grants were saved.")).to_be_visible()
    shot(ursula, "educator")
    page.goto("/students/access/changes/")
    faults["changes"] = ursula.faults()
    shot(ursula, "changes")
    page.go_back()
    page.get_by_role("button", name="See as this educator").click()
    expect(page.get_by_text("You see students as Verason, Vera sees them.")).to_be_visible()
    faults["seen as"] = ursula.faults()
    shot(ursula, "seen-as")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("You see students as Verason, Vera sees them.")).to_have_count(0)
    assert {name: found for name, found in faults.items() if found} == {}
    assert ursula.errors == []
    assert list(GrantChange.objects.values_list("field", "after")) == [("schoolwide", True)]


def shot(reader: Reader, name: str) -> None:
    if SHOTS:
        width = (reader.page.viewport_size or {"width": 0})["width"]
        reader.page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}.png"), full_page=True)
