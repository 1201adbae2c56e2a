"""The loader's pages in a real browser: axe, phone width, dark; a file sent without scripts."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connections
from django.urls import reverse
from playwright.sync_api import expect

from staffroom.config import Instance
from staffroom.jobs import runs
from staffroom.jobs.models import Run, State
from tests.browsers import WIDTHS, Reader
from tests.loader.conftest import receiver, started_receiver
from tests.loader.files import student
from tests.loader.receiver import Receiver
from tests.operations.pages.loader import set_up, work
from tests.operations.pages.test_browser import cast, open_as_ada
from tests.operations.pages.test_loader import newest_name

__all__ = ["cast", "open_as_ada", "receiver", "started_receiver"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "audit"]),
]

Open = Callable[..., Reader]
STEPS = [
    {"step": "Bytes fetched", "done": 300_000_000, "total": 1_200_000_000, "unit": "bytes"},
    {"step": "Students", "done": 1_204_000, "total": None, "unit": "students"},
]


def done(lake: Instance, name: str, *, dry: bool = False) -> None:
    runs.queue(name, arguments={"dry-run": True} if dry else {}, started_by="command line")
    work(lake)


@pytest.fixture
def used(lake: Instance, receiver: Receiver) -> Instance:
    """A loader with something in each of its sections, and a run under way."""
    bad = [{**student(n), "FirstName": "a^b"} for n in range(60)]
    set_up(lake, receiver, *(student(n) for n in range(100, 300)), *bad)
    for name, dry in (("loader check", False), ("loader run", True), ("loader run", False)):
        done(lake, name, dry=dry)
    under_way()
    return lake


def under_way() -> Run:
    runs.queue("loader run", started_by="schedule")
    run = runs.claim("w1", lease_seconds=600)
    assert run is not None
    runs.keep(run.id, "w1", lease_seconds=600, progress=STEPS)
    return run


def test_axe_finds_nothing_at_any_width_light_or_dark(open_as_ada: Open, used: Instance) -> None:
    paths = [
        f"{reverse('loader')}?refresh=off",
        reverse("loader-run", args=[newest_name(used)]),
        reverse("loader-settings"),
    ]
    found = {}
    for scheme in ("light", "dark"):
        for width in WIDTHS:
            reader = open_as_ada(viewport={"width": WIDTHS[width], "height": 900}, color_scheme=scheme)
            for path in paths:
                reader.page.goto(path)
                wide = "document.documentElement.scrollWidth > window.innerWidth"
                found[path, scheme, width] = (reader.faults(), reader.page.evaluate(wide))
            assert (reader.asked, reader.errors) == ({"localhost"}, [])
    assert {key: value for key, value in found.items() if value[0] or value[1]} == {}


def test_the_first_page_and_a_form_with_errors_are_as_good(open_as_ada: Open, lake: Instance) -> None:
    reader = open_as_ada()
    reader.page.goto(reverse("loader"))
    expect(reader.page.get_by_text("The loader is not set up.")).to_be_visible()
    assert reader.faults() == []
    reader.page.get_by_role("link", name="Settings of the loader").first.click()
    reader.page.get_by_label("Rows in a batch").fill("0")
    reader.page.locator("#loader").get_by_role("button", name="Save").click()
    expect(reader.page.get_by_text("must be from 1 to 100,000.")).to_be_visible()
    assert reader.faults() == []


def test_a_file_is_sent_followed_and_looked_at_without_scripts(
    open_as_ada: Open, lake: Instance, receiver: Receiver
) -> None:
    set_up(lake, receiver, *(student(n) for n in range(30)), {**student(99), "FirstName": "a^b"})
    page = open_as_ada(java_script_enabled=False).page
    page.goto(reverse("loader"))
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_text("The run waits for a worker.")).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()

    def go() -> None:
        try:
            work(lake)
        finally:
            connections.close_all()

    worker = threading.Thread(target=go)
    worker.start()
    expect(page.get_by_text("students.csv is done: 31 rows read, 30 taken")).to_be_visible(timeout=40_000)
    worker.join(timeout=60)
    page.get_by_role("link", name="students.csv").first.click()
    expect(page.get_by_text("more or fewer fields than the header").first).to_be_visible()
    assert Run.objects.get().state == State.DONE_WITH_SKIPS
    assert len(receiver.taken.students) == 30
