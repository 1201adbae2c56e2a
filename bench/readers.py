"""People who read pages: each signs in, follows links, and thinks for a second after every answer."""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin

THINK_SECONDS = 1.0
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_LINK = re.compile(r'(?:href|src)="([^"#]+)')
SIGN_IN = "/sign-in/"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    location: str | None
    seconds: float


class Browser:
    """One person's connection with its cookies. It asks for no images by itself."""

    def __init__(self, port: int, *, token: str | None = None) -> None:
        self._port = port
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookies: dict[str, str] = {}
        self._fixed = {"Authorization": f"Bearer {token}"} if token else {}

    def sign_in(self, email: str, password: str) -> None:
        page = self.get(SIGN_IN).body.decode()
        found = _TOKEN.search(page)
        assert found, "the page for signing in has no token"
        form = {"csrfmiddlewaretoken": found[1], "login": email, "password": password}
        answer = self._ask("POST", SIGN_IN, urlencode(form))
        assert answer.status == 302, f"{email} could not sign in ({answer.status})"

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def _ask(self, method: str, path: str, form: str | None = None) -> Answer:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            **self._fixed,
        }
        if form is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": f"http://127.0.0.1:{self._port}{path}",
            }
        started = time.monotonic()
        try:
            self._connection.request(method, path, form, headers)
            response = self._connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError):  # an idle connection that was closed
            self._connection.close()
            self._connection.request(method, path, form, headers)
            response = self._connection.getresponse()
        body = response.read()
        seconds = time.monotonic() - started
        for header in response.headers.get_all("Set-Cookie") or ():
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        return Answer(response.status, body, response.headers.get("Location"), seconds)


def find_addresses(browser: Browser, *, limit: int) -> dict[str, list[str]]:
    """Follow links from the home page within courses; addresses by kind: page, chart, CSV and JSON."""
    found: dict[str, list[str]] = defaultdict(list)
    waiting, seen = ["/"], {"/"}
    while waiting and len(found["page"]) < limit:
        page = waiting.pop(0)
        answer = browser.get(page)
        if answer.status != 200:
            continue
        if page != "/":
            found["page"].append(page)
        for link in _LINK.findall(answer.body.decode(errors="replace")):
            address = urljoin(page, unescape(link))
            if address.startswith("/courses/") and address not in seen:
                seen.add(address)
                kind = _kind(address)
                (waiting if kind == "page" else found[kind]).append(address)
    return dict(found)


def _kind(address: str) -> str:
    ending = address.partition("?")[0].rpartition(".")[2]
    return {"svg": "chart", "csv": "CSV and JSON", "json": "CSV and JSON"}.get(ending, "page")


@dataclass
class Times:
    """Seconds of every answer by kind, and the addresses that were not answered with 200."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: list[str] = field(default_factory=list)


@dataclass
class Reading:
    """Readers who go on until ``stop``; each takes its addresses in an order of its own."""

    addresses: Mapping[str, Sequence[str]]
    times: Times = field(default_factory=Times)
    _done: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self, browsers: Sequence[Browser]) -> None:
        for number, browser in enumerate(browsers):
            thread = threading.Thread(target=self._read, args=(browser, random.Random(number)), daemon=True)  # noqa: S311
            self._threads.append(thread)
            thread.start()

    def stop(self) -> Times:
        self._done.set()
        for thread in self._threads:
            thread.join()
        return self.times

    def _read(self, browser: Browser, chance: random.Random) -> None:
        kinds = [kind for kind, addresses in self.addresses.items() if addresses]
        weights = [4 if kind == "page" else 2 for kind in kinds]
        self._done.wait(chance.random() * THINK_SECONDS)
        while not self._done.is_set():
            kind = chance.choices(kinds, weights)[0]
            address = chance.choice(self.addresses[kind])
            try:
                answer = browser.get(address)
            except OSError as error:
                self.times.failures.append(f"{type(error).__name__} {address}")
                continue
            if answer.status != 200:
                self.times.failures.append(f"{answer.status} {address}")
            self.times.seconds[kind].append(answer.seconds)
            self._done.wait(THINK_SECONDS)
