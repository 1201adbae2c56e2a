"""How readers find what to read: links and charts of pages within courses."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from bench.readers import Browser, Reading, find_addresses

PAGES = {
    "/": '<a href="/courses/a/">A</a> <a href="/profile/">me</a>',
    "/courses/a/": '<a href="/courses/a/time/?from=1&amp;to=2#top">time</a> <img src="weeks.svg">',
    "/courses/a/time/?from=1&to=2": '<a href="/courses/a/time/units.csv">CSV</a><a href="/courses/a/">up</a>',
    "/courses/a/weeks.svg": "<svg/>",
}


class Site(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = PAGES.get(self.path, "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_links_are_followed_within_courses(port: int) -> None:
    assert find_addresses(Browser(port), limit=10) == {
        "page": ["/courses/a/", "/courses/a/time/?from=1&to=2"],
        "chart": ["/courses/a/weeks.svg"],
        "CSV and JSON": ["/courses/a/time/units.csv"],
    }


def test_answers_are_timed_by_kind_and_failures_named(port: int) -> None:
    reading = Reading({"page": ["/courses/a/"], "chart": ["/courses/gone.svg"]})
    reading.start([Browser(port), Browser(port)])
    threading.Event().wait(2.5)
    times = reading.stop()
    assert set(times.seconds) <= {"page", "chart"}
    assert sum(map(len, times.seconds.values())) >= 4
    assert set(times.failures) <= {"404 /courses/gone.svg"}
