"""What stands around every page: whose site it is, where one can go, who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi

from staffroom.accounts.access import is_administrator
from staffroom.jobs.runs import last_nightly_failed
from staffroom.metrics.declaration import msg
from staffroom.web.words import say


@dataclass(frozen=True, slots=True)
class Way:
    """An entry of the navigation that stands on every page."""

    title: str
    url: str
    current: bool


LAST_NIGHT_FAILED = msg("The last update failed; you see the last good numbers.")

COURSES = (msg("Courses"), "home", ("/courses/",))
OPERATIONS = (
    msg("Operations"),
    "runs",
    ("/runs/", "/deliveries/", "/people/", "/trail/", "/settings/", "/condition/"),
)
"""Title, route, and where the pages behind it begin."""


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context of every template."""
    person = getattr(request, "user", None)
    signed_in = person is not None and person.is_authenticated
    return {
        "institution": settings.INSTANCE.institution,
        "language": get_language(),
        "direction": "rtl" if get_language_bidi() else "ltr",
        "signed_in": signed_in,
        "ways": _ways(request, administrator=signed_in and is_administrator(person)) if signed_in else (),
        "troubles": [say(LAST_NIGHT_FAILED)] if signed_in and last_nightly_failed() else [],
        "session_seconds": settings.SESSION_COOKIE_AGE if signed_in else None,
    }


def _ways(request: HttpRequest, *, administrator: bool) -> list[Way]:
    ways = []
    for title, name, prefixes in (COURSES, OPERATIONS) if administrator else (COURSES,):
        url = reverse(name)
        ways.append(Way(say(title), url, request.path == url or request.path.startswith(prefixes)))
    return ways
