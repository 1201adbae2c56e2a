"""Course pages and the pages on people in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as site
from django.test import Client
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from staffroom.accounts import tokens
from staffroom.accounts.models import Person
from staffroom.courses.paths import course_path
from tests.browsers import WIDTHS, Reader, open_reader
from tests.cast import LAKE, Cast, make_cast
from tests.courses.stores import SPRINGS, by, of, on, publish, university

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "audit"]),
]

Open = Callable[..., Reader]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    made = make_cast()
    tokens.issue_token(made.stella, "report", days=1)
    return made


@pytest.fixture
def open_site(chromium: Browser, live_server: LiveServer, store: Path) -> Iterator[Open]:
    """Open a browser in which somebody is signed in."""
    readers = []

    def opened(person: Person, **options: object) -> Reader:
        client = Client()
        client.force_login(person)
        reader = open_reader(chromium, base_url=live_server.url, **options)
        readers.append(reader)
        name = site.SESSION_COOKIE_NAME
        value = client.cookies[name].value
        reader.context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        return reader

    yield opened
    for reader in readers:
        reader.context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_inaccessible_or_hangs_over(open_site: Open, cast: Cast, width: str) -> None:
    reader = open_site(cast.ada, viewport={"width": WIDTHS[width], "height": 900})
    found = {}
    for path in (
        course_path(LAKE),
        course_path(LAKE, "time"),
        course_path(LAKE, "enrolment") + "?q=nobody",
        course_path(LAKE, "engagement") + "?from=2030-01-01",
        course_path(LAKE, "video", block="spring-video"),
        f"/people/{cast.stella.pk}/",
        "/people/add/",
        "/people/courses/",
        "/people/tokens/",
    ):
        reader.page.goto(path, wait_until="networkidle")
        wide = reader.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        found[path] = [*reader.faults(), *(["hangs over"] if wide else [])]
    assert {path: faults for path, faults in found.items() if faults} == {}
    assert (reader.asked, reader.errors) == ({"localhost"}, [])


def test_learners_are_searched_and_sorted_without_scripts(open_site: Open, cast: Cast) -> None:
    page = open_site(cast.stella, java_script_enabled=False).page
    page.goto(course_path(LAKE, "time") + "?from=2024-09-02")
    names = page.locator("#by_learner tbody th")
    expect(names).to_have_text(["Ana Alba", "Ben Blau"])
    page.locator("#by_learner thead a", has_text="Total time").click()
    expect(names).to_have_text(["Ben Blau", "Ana Alba"])
    page.fill("#by_learner-search", "alba")
    page.press("#by_learner-search", "Enter")
    expect(names).to_have_text(["Ana Alba"])
    assert "from=2024-09-02" in page.url
    assert "sort=total" in page.url


def test_the_keyboard_gives_a_person_a_course(open_site: Open, cast: Cast) -> None:
    page = open_site(cast.ada).page
    page.goto(f"/people/{cast.nora.pk}/")
    page.get_by_label("Course key").focus()
    page.keyboard.type(LAKE)
    page.keyboard.press("Enter")
    expect(page.locator(".notice").first).to_have_text("Nora Norole now has the course.")
    page.get_by_role("button", name=f"Take away {LAKE}").press("Enter")
    expect(page.locator(".notice").first).to_have_text("Nora Norole no longer has the course.")


def test_a_phone_folds_long_tables_and_unfolds_them_without_scripts(
    open_site: Open, empty_instance: Path, cast: Cast
) -> None:
    tables = university()
    days = [on(1) + timedelta(days=n) for n in range(30)]
    tables["unit_visits"] = of(LAKE, *(by("11", unit_id=SPRINGS, day=day, visits=1) for day in days))
    publish(empty_instance, tables)
    reader = open_site(
        cast.stella, viewport={"width": WIDTHS["phone"], "height": 900}, java_script_enabled=False
    )
    reader.page.goto(course_path(LAKE, "visits"))
    rows = reader.page.locator("#by_day tbody tr")
    following = reader.page.locator("#by_day").get_by_role("link", name="Next")

    assert [rows.nth(n).is_visible() for n in (0, 7, 8, 24)] == [True, True, False, False]
    expect(following).to_be_hidden()
    reader.page.locator("#by_day").get_by_label("Show all 25 rows").check()
    assert [rows.nth(n).is_visible() for n in (0, 7, 8, 24)] == [True, True, True, True]
    following.click()
    expect(reader.page.get_by_text("26 to 30 of 30")).to_be_visible()
