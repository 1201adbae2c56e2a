"""Writes tracking-log lines as the LMS writes them: who, with what, where, when, what.

A line is put together from pieces of JSON that stay the same during a visit, because rendering every
line from a dict takes five times as long.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass

from staffroom.demo.courses import Course
from staffroom.demo.people import Account
from staffroom.demo.term import MICROSECONDS, stamp

LMS = "https://courses.example.edu"
APP = "https://apps.example.edu/learning"
_KHTML = "(KHTML, like Gecko)"
BROWSERS = (
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 {_KHTML} Chrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0",
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 {_KHTML} Safari/605.1.15",
    f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 {_KHTML} Chrome/139.0.0.0 Safari/537.36",
    f"Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 {_KHTML} Mobile/15E148 Safari/604.1",
)
PHONES = (
    "Dalvik/2.1.0 (Linux; U; Android 15; Demo Phone 6 Build/DP1A)",
    "CampusApp/6.2 (iPhone; iOS 18.5; Scale/3.00)",
)
LANGUAGES = {"en": "en-US,en;q=0.9", "es": "es-419,es;q=0.9,en;q=0.6"}

Line = tuple[int, str]
"""When it happened (microseconds since 1970), and the line without its end."""


@dataclass(frozen=True, slots=True)
class Device:
    """What somebody sits at during a visit, as JSON pieces; ``agent`` decides browser or phone."""

    session: str
    ip: str
    agent: str
    languages: str


def device(chance: random.Random, *, phone: bool, language: str) -> Device:
    """A device with an address out of the ranges kept for documentation."""
    network = chance.choice(("192.0.2", "198.51.100", "203.0.113"))
    return Device(
        f"{chance.getrandbits(128):032x}",
        f"{network}.{chance.randint(1, 254)}",
        chance.choice(PHONES if phone else BROWSERS),
        LANGUAGES[language],
    )


class Pen:
    """Writes the lines of one account's visit to one course; ``clock`` is the instant of the next line."""

    def __init__(
        self, account: Account, course: Course, on: Device, starts_at: int, *, days_late: int = 0
    ) -> None:
        self.lines: list[Line] = []
        self.clock = starts_at
        self.account, self.course, self._days_late = account, course, days_late
        self._who = (
            f'"username": {json.dumps(account.username)}, "session": "{on.session}", "ip": "{on.ip}", '
            f'"agent": "{on.agent}", "host": "courses.example.edu"'
        )
        self._languages = on.languages
        org = f'"org_id": "{course.org}", "enterprise_uuid": ""'
        self._in_course = f'"user_id": {account.user_id}, "course_id": "{course.key}", {org}'
        self._no_course = (
            f'"user_id": {account.user_id}, "course_id": "", "org_id": "", "enterprise_uuid": ""'
        )
        self._phone = (
            '"application": {"name": "edx.mobileapp.android", "version": "6.2.0"}, '
            '"client": {"network": {"carrier": "", "wifi": true}, "locale": "en-US", '
            '"device": {"type": "android"}}'
        )

    def wait(self, seconds: float) -> None:
        self.clock += round(seconds * MICROSECONDS)

    def handler(self, block: str, name: str) -> str:
        """The path to which a block's script posts; ``block`` is its key as paths write it."""
        return f"/courses/{self.course.key}/xblock/{block}/handler/xmodule_handler/{name}"

    def browser(self, event_type: str, payload: str, page: str, *, name: str = "") -> None:
        """An event that the page's script sent; its payload is JSON text inside a JSON text."""
        context = f'{{{self._in_course}, "path": "/event"}}'
        self._write(event_type, name or event_type, "browser", quoted(payload), context, page, f'"{page}"')

    def page_view(self, path: str, referer: str, *, query: str = "{}", in_course: bool = True) -> None:
        """An implicit event: one request that the server answered."""
        where = self._in_course if in_course else self._no_course
        payload = quoted(f'{{"GET": {query}, "POST": {{}}}}')
        self._write(path, path, "server", payload, f'{{{where}, "path": "{path}"}}', referer, "null")

    def request(self, path: str, posted: Mapping[str, object], referer: str) -> None:
        """An implicit event with a posted form; the LMS cuts its text at 512 characters."""
        text = json.dumps({"POST": posted, "GET": {}})[:512]
        self._write(
            path,
            path,
            "server",
            json.dumps(text),
            f'{{{self._in_course}, "path": "{path}"}}',
            referer,
            "null",
        )

    def server(
        self, event_type: str, payload: str, referer: str, *, path: str, module: str = "", page: str = "null"
    ) -> None:
        """An explicit event of the server; its payload is a JSON object."""
        context = f'{{{self._in_course}, "path": "{path}"{module}}}'
        self._write(event_type, event_type, "server", payload, context, referer, page)

    def mobile(self, event_type: str, payload: str, *, name: str = "") -> None:
        """An event of the app on a phone; it is received when the phone is online again."""
        received = stamp(self.clock + (self._days_late * 86_400 + 2) * MICROSECONDS)
        context = (
            f'{{{self._in_course}, "path": "/segmentio/event", {self._phone}, "received_at": "{received}"}}'
        )
        self._write(event_type, name or event_type, "mobile", payload, context, "", "null")

    def _write(
        self, event_type: str, name: str, source: str, payload: str, context: str, referer: str, page: str
    ) -> None:
        self.lines.append((
            self.clock,
            f'{{"name": "{name}", "context": {context}, {self._who}, "referer": "{referer}", '
            f'"accept_language": "{self._languages}", "event": {payload}, "time": "{stamp(self.clock)}", '
            f'"event_type": "{event_type}", "event_source": "{source}", "page": {page}}}',
        ))  # fmt: skip
        self.clock += 211_003  # no two lines of a visit share an instant


def quoted(text: str) -> str:
    """ASCII ``text`` without control characters as a JSON string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
