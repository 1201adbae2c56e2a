"""The site in a real browser: accessible, self-contained, and usable without scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from staffroom.accounts import people
from staffroom.config import Instance
from tests.browsers import WIDTHS, Reader, open_reader
from tests.cast import LAKE, PASSWORD, Cast, make_cast
from tests.courses.stores import publish, university

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "audit", "registry"]),
]

COURSE = f"/courses/{quote(LAKE, safe='')}/"
PAGES = (
    *("/", "/?q=nothing", "/profile/", "/profile/password/", "/developers/components/?failed=1", "/nothing"),
    *(f"{COURSE}{page}" for page in ("", "enrolment/", "engagement/", "videos/", "time/", "visits/")),
    *("/runs/", "/deliveries/", "/people/", "/trail/", "/settings/", "/condition/"),
)
Open = Callable[..., Reader]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    made = make_cast()
    for person in (made.ada, made.stella):
        people.set_password(person, PASSWORD)
    return made


@pytest.fixture
def open_site(chromium: Browser, live_server: LiveServer, cast: Cast) -> Iterator[Open]:
    """Open a browser at the sign-in page; with an address, sign in there."""
    readers = []

    def opened(email: str = "", **options: object) -> Reader:
        reader = open_reader(chromium, base_url=live_server.url, **options)
        readers.append(reader)
        reader.page.goto("/sign-in/")
        if email:
            reader.page.fill("[name=login]", email)
            reader.page.fill("[name=password]", PASSWORD)
            reader.page.press("[name=password]", "Enter")
            reader.page.wait_for_url("**/")
        return reader

    yield opened
    for reader in readers:
        reader.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing(open_site: Open, instance: Instance, width: str, scheme: str) -> None:
    publish(instance.store, university())
    reader = open_site(viewport={"width": WIDTHS[width], "height": 900}, color_scheme=scheme)
    found = {"/sign-in/": reader.faults()}
    reader.page.fill("[name=login]", "ada@lake.example")
    reader.page.fill("[name=password]", PASSWORD)
    reader.page.press("[name=password]", "Enter")
    reader.page.wait_for_url("**/")
    for path in PAGES:
        reader.page.goto(path)
        found[path] = reader.faults()
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_no_request_leaves_this_machine_and_nothing_breaks_the_policy(open_site: Open) -> None:
    reader = open_site("ada@lake.example")
    for path in ("/", "/profile/", "/developers/components/"):
        reader.page.goto(path, wait_until="networkidle")
    assert reader.asked == {"localhost"}
    assert reader.errors == []


def test_everything_works_without_scripts(open_site: Open) -> None:
    reader = open_site("stella@lake.example", java_script_enabled=False)
    page = reader.page
    page.fill("#search", "bio 2024")
    page.press("#search", "Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.goto("/developers/components/")
    page.fill("[name=from]", "2026-09-20")
    page.fill("[name=to]", "2026-09-01")
    page.click(".dates button")
    expect(page.locator(".notice").first).to_have_text("The dates stood in reverse order; they were swapped.")
    page.click("text=Sign out")
    expect(page.locator("h1")).to_have_text("Sign in")


def test_a_slash_goes_to_the_search(open_site: Open) -> None:
    page = open_site("stella@lake.example").page
    page.keyboard.press("/")
    page.keyboard.type("bio/2024")
    expect(page.locator("#search")).to_have_value("bio/2024")


def test_the_keyboard_reaches_the_content_first(open_site: Open) -> None:
    page = open_site("stella@lake.example").page
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_a_warning_comes_before_the_session_ends_and_one_can_stay(
    open_site: Open, settings: Settings
) -> None:
    settings.SESSION_COOKIE_AGE = 122
    page = open_site("stella@lake.example").page
    warning = page.locator("[data-session-warning]")
    expect(warning).to_be_hidden()
    expect(warning).to_be_visible(timeout=5000)
    warning.get_by_role("button").click()
    expect(warning).to_be_hidden()


def test_on_a_phone_rows_are_cards_and_nothing_hangs_over(open_site: Open) -> None:
    page = open_site("ada@lake.example", viewport={"width": 390, "height": 844}).page
    page.goto("/developers/components/")
    cell = page.locator("#weeks tbody tr").first.locator("td").first
    assert cell.evaluate("cell => getComputedStyle(cell, '::before').content") == '"Active"'
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_right_to_left_mirrors_the_page_and_nothing_hangs_over(
    open_site: Open, settings: Settings, tmp_path: Path
) -> None:
    settings.LANGUAGES = [*settings.LANGUAGES, ("ar", "العربية")]
    for width in WIDTHS.values():
        reader = open_site("ada@lake.example", locale="ar", viewport={"width": width, "height": 900})
        page = reader.page
        page.goto("/developers/components/")
        assert page.evaluate("document.documentElement.dir") == "rtl"
        assert page.evaluate("document.documentElement.scrollWidth") == width
        head = page.locator("#weeks .section-head").bounding_box()
        assert head is not None
        assert head["x"] + head["width"] > width * 0.9
        reader.context.close()


def test_paper_holds_the_numbers_and_not_the_ways(open_site: Open) -> None:
    page = open_site("ada@lake.example").page
    page.goto("/developers/components/")
    page.emulate_media(media="print")
    for hidden in (".ways", ".search", ".tabs", ".dates", ".faces"):
        expect(page.locator(hidden).first).to_be_hidden()
    for shown in ("h1", ".answer", ".table", ".chart img", ".demo-mark"):
        expect(page.locator(shown).first).to_be_visible()
