"""A real browser for tests: Chromium without a window, which notes every address that it asks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDTHS = {"desk": 1280, "phone": 390}


@dataclass
class Reader:
    """Somebody at a browser. ``asked`` are the hosts that it was made to ask, ``errors`` its complaints."""

    context: BrowserContext
    page: Page
    asked: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)

    def faults(self) -> list[str]:
        """What axe finds on the page: rule and element."""
        found = Axe().run(self.page).response["violations"]
        return [f"{fault['id']}: {node['html'][:160]}" for fault in found for node in fault["nodes"]]


def open_reader(browser: Browser, **options: object) -> Reader:
    context = browser.new_context(**options)  # type: ignore[arg-type]
    reader = Reader(context, context.new_page())
    reader.page.on("request", lambda request: reader.asked.add(urlsplit(request.url).hostname or ""))
    reader.page.on("console", lambda said: reader.errors.append(said.text) if said.type == "error" else None)
    reader.page.on("pageerror", lambda error: reader.errors.append(str(error)))
    return reader


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for one file of tests: its loop runs as long as it does, and bars those of other files."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"no Chromium was found under the names {', '.join(NAMES)}")
    # The loop of Playwright makes Django think that it is called from asynchronous code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
            yield browser
            browser.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before
