"""The picture of the README: the videos of a course in a small demo university, as a browser shows them.

The page is checked on every run. With ``STAFFROOM_SCREENSHOT=1`` the picture is written anew to
``docs/images/videos.png``.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from staffroom.demo.cast import CAST, PASSWORD
from staffroom.demo.flow import free_port
from tests.browsers import WIDTHS, open_reader
from tests.instances import ROOT, TestInstance, environment

pytestmark = pytest.mark.browser

PICTURE = ROOT / "docs" / "images" / "videos.png"
LARGEST_BYTES = 200_000
TEACHER = CAST[1]
VIDEOS = f"/courses/{quote(TEACHER.courses[0][1], safe='')}/videos/"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a demo university of 40,000 events is served."""
    demo = TestInstance(tmp_path_factory.mktemp("picture") / "demo")
    words = ("demo", str(demo.root), "--no-serve", "--events=40000", "--until=2026-09-27")
    made = subprocess.run(demo.command(*words)[:-1], env=environment(), capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    port = free_port(8100)
    served = demo.start("serve", f"--port={port}")
    wait_until_it_listens(port)
    yield f"http://127.0.0.1:{port}"
    served.send_signal(signal.SIGINT)
    served.communicate(timeout=30)


def test_the_videos_of_a_course_are_as_the_readme_shows_them(chromium: Browser, address: str) -> None:
    size = {"width": WIDTHS["desk"], "height": 960}
    reader = open_reader(chromium, base_url=address, viewport=size, locale="en", color_scheme="light")
    page = reader.page
    sign_in(page)
    page.goto(VIDEOS, wait_until="networkidle")
    expect(page.locator("h1")).to_have_text("Videos")
    expect(page.locator(".demo-mark")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(22)
    expect(page.locator(".answer")).to_contain_text("22 videos have been played; “")
    drawn = page.locator(".chart img").evaluate("image => image.complete && image.naturalWidth")
    assert (drawn, reader.errors, reader.faults()) == (480, [], [])
    picture = page.screenshot()
    assert len(picture) < LARGEST_BYTES
    if os.environ.get("STAFFROOM_SCREENSHOT"):
        PICTURE.parent.mkdir(exist_ok=True)
        PICTURE.write_bytes(picture)
    reader.context.close()


def test_the_picture_is_there_and_small() -> None:
    picture = PICTURE.read_bytes()
    width = int.from_bytes(picture[16:20], "big")
    assert (picture[:8], width) == (b"\x89PNG\r\n\x1a\n", WIDTHS["desk"])
    assert len(picture) < LARGEST_BYTES


def wait_until_it_listens(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"nothing listens at {port}")


def sign_in(page: Page) -> None:
    page.goto("/sign-in/")
    page.fill("[name=login]", TEACHER.email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/")
