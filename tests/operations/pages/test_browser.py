"""The pages of operations in a real browser, with something on each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from staffroom.accounts import people, trail
from staffroom.config import Instance
from staffroom.jobs import runs
from staffroom.jobs.log import Log
from staffroom.jobs.models import Run, State
from tests.browsers import WIDTHS, Reader, open_reader
from tests.cast import LAKE, PASSWORD, Cast, make_cast
from tests.operations.pages.test_access import digest_of_first

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "audit", "registry"]),
]

Open = Callable[..., Reader]
STEPS = [
    {"step": "Logs of openedx", "done": 3_000_000, "total": 12_000_000, "unit": "bytes"},
    {"step": "Exports of openedx", "done": 2, "total": None, "unit": "tables"},
]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    made = make_cast()
    people.set_password(made.ada, PASSWORD)
    return made


@pytest.fixture
def open_as_ada(chromium: Browser, live_server: LiveServer, cast: Cast) -> Iterator[Open]:
    readers = []

    def opened(**options: object) -> Reader:
        reader = open_reader(chromium, base_url=live_server.url, **options)
        readers.append(reader)
        reader.page.goto("/sign-in/")
        reader.page.fill("[name=login]", "ada@lake.example")
        reader.page.fill("[name=password]", PASSWORD)
        reader.page.press("[name=password]", "Enter")
        reader.page.wait_for_url("**/")
        return reader

    yield opened
    for reader in readers:
        reader.context.close()


def running(logs: Path) -> Run:
    runs.queue("nightly", started_by="schedule")
    run = runs.claim("w1", lease_seconds=600)
    assert run is not None
    runs.keep(run.id, "w1", lease_seconds=600, progress=STEPS)
    (logs / run.log).parent.mkdir(parents=True, exist_ok=True)
    log = Log(logs / run.log, str(run.id))
    log.write({"talk": "begun"})
    log.close()
    return run


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing(
    open_as_ada: Open, delivered: Instance, cast: Cast, width: str, scheme: str
) -> None:
    run = running(delivered.logs)
    trail.record(cast.stella, "courses/time.html", course_id=LAKE, learners=[("openedx", "7")])
    paths = [
        *(reverse(name) for name in ("runs", "deliveries", "trail", "settings", "condition")),
        f"{reverse('run', args=[run.id])}?refresh=off",
        reverse("rejects", args=[digest_of_first(delivered)]),
    ]
    reader = open_as_ada(viewport={"width": WIDTHS[width], "height": 900}, color_scheme=scheme)
    found = {}
    wide = {}
    for path in paths:
        reader.page.goto(path)
        found[path] = reader.faults()
        wide[path] = reader.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert {path: faults for path, faults in found.items() if faults} == {}
    assert {path for path, is_wide in wide.items() if is_wide} == set()
    assert (reader.asked, reader.errors) == ({"localhost"}, [])


def test_a_night_is_started_followed_and_stopped_without_scripts(open_as_ada: Open, lake: Instance) -> None:
    page = open_as_ada(java_script_enabled=False).page
    page.goto(reverse("runs"))
    page.get_by_role("button", name="Start a nightly run").click()
    expect(page.get_by_text("It waits for a worker.")).to_be_visible()

    run = running(lake.logs)
    expect(page.get_by_text("It is running.")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("Logs of openedx")).to_be_visible()
    page.get_by_role("link", name="Keep this page still").click()
    page.get_by_role("link", name="Follow it").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("It was asked to stop.")).to_be_visible()

    runs.finish(run.id, "w1", runs.Outcome(State.STOPPED, 1))
    expect(page.get_by_text("It was stopped.")).to_be_visible(timeout=15_000)
