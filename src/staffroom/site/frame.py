"""What stands around every page: whose site it is, where one can go, who is signed in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi

from staffroom.accounts.access import is_administrator
from staffroom.errors import SettingsError
from staffroom.jobs.runs import last_nightly_failed
from staffroom.metrics.declaration import msg
from staffroom.registry.access import states_for
from staffroom.registry.settings import registry_settings
from staffroom.students.access import ViewingAs, educator_of, sets_access
from staffroom.students.viewing import viewer_of
from staffroom.web.words import say


@dataclass(frozen=True, slots=True)
class Way:
    """An entry of the navigation that stands on every page."""

    title: str
    url: str
    current: bool


LAST_NIGHT_FAILED = msg("The last update failed; you see the last good numbers.")

REGISTRY = (msg("Registry"), "registry:students", ("/registry/",))
COURSES = (msg("Courses"), "home", ("/courses/",))
STUDENTS = (msg("Students"), "students:home", ("/students/",))
ACCESS = (
    msg("Access"),
    "students:access",
    ("/students/access/", "/students/imports/", "/students/sample/", "/students/trail/"),
)
OPERATIONS = (
    msg("Operations"),
    "runs",
    ("/runs/", "/deliveries/", "/loader/", "/people/", "/trail/", "/settings/", "/condition/"),
)
"""Title, route, and where the pages behind it begin."""


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context of every template."""
    person = getattr(request, "user", None)
    signed_in = person is not None and person.is_authenticated
    educator = signed_in and _is_educator(request)
    return {
        "institution": settings.INSTANCE.institution,
        "language": get_language(),
        "direction": "rtl" if get_language_bidi() else "ltr",
        "signed_in": signed_in,
        "ways": _ways(request, educator=educator) if signed_in else (),
        "search": _search(educator=educator),
        "troubles": [say(LAST_NIGHT_FAILED)] if signed_in and last_nightly_failed() else [],
        "seen_as": _seen_as(request) if signed_in else "",
        "session_seconds": settings.SESSION_COOKIE_AGE if signed_in else None,
    }


def _seen_as(request: HttpRequest) -> str:
    """The name of the educator as whom the person sees every page now."""
    viewer = viewer_of(request)
    return viewer.educator.full_name or viewer.educator.login if isinstance(viewer, ViewingAs) else ""


@dataclass(frozen=True, slots=True)
class Search:
    """The field of the masthead: what it finds, and where."""

    title: str
    url: str


def _search(*, educator: bool) -> Search:
    if educator:
        return Search(say(msg("Find a student or course")), reverse("search"))
    return Search(say(msg("Find a course")), reverse("home"))


def _is_educator(request: HttpRequest) -> bool:
    try:
        return educator_of(viewer_of(request)) is not None
    except SettingsError:  # the way is not shown; the page itself says what is wrong
        return False


def _is_project_lead(request: HttpRequest) -> bool:
    try:
        return sets_access(viewer_of(request))
    except SettingsError:  # as above
        return False


def _is_registrar(request: HttpRequest) -> bool:
    try:
        return bool(states_for(request.user, registry_settings(settings.INSTANCE)))
    except SettingsError:  # the registry stays closed; the other pages are as good as ever
        return False


def _ways(request: HttpRequest, *, educator: bool) -> list[Way]:
    ways = []
    students = (STUDENTS,) if educator else ()
    registrar = (REGISTRY,) if _is_registrar(request) else ()
    lead = (ACCESS,) if educator and _is_project_lead(request) else ()
    operations = (OPERATIONS,) if is_administrator(request.user) else ()
    open_ways = (*students, COURSES, *registrar, *lead, *operations)
    for title, name, prefixes in open_ways:
        url = reverse(name)
        ways.append(Way(say(title), url, request.path == url or request.path.startswith(prefixes)))
    return _nearest(ways)


def _nearest(ways: list[Way]) -> list[Way]:
    """At most one way is the current one: the last, whose addresses may begin within another's."""
    current = [way for way in ways if way.current][-1:]
    return [replace(way, current=way in current) for way in ways]
