"""What a request carries once it has passed the middleware."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

from staffroom.config import Instance

if TYPE_CHECKING:
    from staffroom.accounts.models import Person
    from staffroom.metrics.store import Published


def face_of(request: HttpRequest) -> str:
    """html, csv, json or svg: what of a page was asked for."""
    match = request.resolver_match
    return str(match.kwargs.get("face", "html")) if match else "html"


def is_read_by_people(request: HttpRequest) -> bool:
    """True for the HTML page, whose words are translated; CSV and JSON hold raw values."""
    return face_of(request) == "html"


class SignedInRequest(HttpRequest):
    """A request of a signed-in person: ``published`` is one version of all tables, the same for the whole
    request."""

    id: str
    user: Person
    instance: Instance
    published: Published
