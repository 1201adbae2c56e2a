"""Educators of every kind who read a generated district: who they are, and the addresses that each finds."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from bench.instance import PASSWORD
from bench.readers import Browser
from staffroom.accounts import people
from staffroom.students.granting import COMMAND_LINE, change_grants, give_label
from staffroom.students.models import Educator

ADDRESSES_A_ROUTE = 3
BEGIN = ("/students/", "/students/schools/")
ASKED = (
    "/students/mine/?q=tari",
    "/students/mine/?sort=-grade&page=3",
    "/search/?q=nunez",
    "/search/?q=1000",
)
"""What no link leads to: searches, and a page far behind."""
OURS = ("/students/", "/search/")
DATA = "CSV and JSON"
EXPORTS = "district-exports "
_LINK = re.compile(r'(?:href|src)="([^"#]+)')
_ACTS = ("sign-out", "view-as", "restricted", "mark", "end")


@dataclass(frozen=True, slots=True)
class Reader:
    """One who reads: the next educator of that ``kind`` of school, with these grants."""

    title: str
    kind: str
    grants: Mapping[str, object] = field(default_factory=dict)
    labels: Sequence[str] = ()


READERS = (
    Reader("homeroom teacher", "ES"),
    Reader("homeroom teacher", "ES"),
    Reader("section teacher", "HS"),
    Reader("section teacher", "HS"),
    Reader("grade leader", "MS", {"grade_levels": ["6"]}),
    Reader("principal", "ES", {"schoolwide": True, "reads_restricted_notes": True}),
    Reader("counselor", "HS", {"schoolwide": True}, ("feed_by_english_learners",)),
    Reader("district officer", "ES", {"districtwide": True, "sets_access": True}),
)


def invite() -> list[tuple[Reader, str]]:
    """Give each reader an account and what is granted; returns them with their addresses."""
    invited = []
    for number, reader in enumerate(READERS):
        educators = Educator.objects.filter(school__kind=reader.kind, person=None).order_by("pk")
        educator = educators[number]
        educator.person = people.create_person(educator.email, name=reader.title, password=PASSWORD)
        educator.save()
        if reader.grants:
            change_grants(educator, COMMAND_LINE, **reader.grants)
        for label in reader.labels:
            give_label(educator, label, COMMAND_LINE)
        invited.append((reader, educator.email))
    return invited


def found_addresses(browser: Browser) -> dict[str, list[str]]:
    """What a reader comes to by following links, a few addresses of each route and face."""
    chance = random.Random(ADDRESSES_A_ROUTE)  # noqa: S311 - a benchmark, not a secret
    found: dict[str, list[str]] = defaultdict(list)
    waiting, seen = [*BEGIN, *ASKED], {*BEGIN, *ASKED}
    while waiting:
        address = waiting.pop(0)
        route = route_of(address)
        if route is None or len(found[route]) >= ADDRESSES_A_ROUTE:
            continue
        if not _is_page(address):
            found[route].append(address)
            continue
        answer = browser.get(address)
        if answer.status == 200:
            found[route].append(address)
            links = [urljoin(address, unescape(link)) for link in _LINK.findall(answer.body.decode())]
            fresh = [link for link in dict.fromkeys(links) if link.startswith(OURS) and link not in seen]
            seen.update(fresh)
            chance.shuffle(fresh)
            waiting += fresh
    return {route: addresses for route, addresses in found.items() if addresses}


def as_read(addresses: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What readers choose from: each route as a page and as its charts; all CSV and JSON are one choice."""
    chosen: dict[str, list[str]] = defaultdict(list)
    for route, found in addresses.items():
        is_data = route.endswith((" csv", " json"))
        chosen[DATA if is_data else route] += [] if route.startswith(EXPORTS) else found
    return {name: found for name, found in chosen.items() if found}


def whole_tables(addresses: Mapping[str, Sequence[str]]) -> list[str]:
    """Tables of the whole district, which somebody asks for once in a while."""
    return [one for route, found in addresses.items() if route.startswith(EXPORTS) for one in found]


def route_of(address: str) -> str | None:
    """The route's name, with the face where it is none of HTML, such as ``mine csv``."""
    try:
        match = resolve(urlsplit(address).path)
    except Resolver404:
        return None
    name = (match.url_name or "").removesuffix("-face")
    if name.endswith(_ACTS):
        return None
    return f"{name} {match.kwargs['face']}" if "face" in match.kwargs else name


def never_read(routes: set[str]) -> list[str]:
    """Pages of students that no reader came to."""
    names = {name for name in _names(get_resolver().url_patterns) if not name.endswith((*_ACTS, "-face"))}
    return sorted(names - routes)


def _names(patterns: Sequence[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns)
        elif str(pattern.pattern).startswith("students/"):
            yield pattern.name or ""


def _is_page(address: str) -> bool:
    return urlsplit(address).path.endswith("/")
