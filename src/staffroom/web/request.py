"""What a request carries once it has passed the middleware."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

from staffroom.config import Instance

if TYPE_CHECKING:
    from staffroom.accounts.models import Person
    from staffroom.metrics.store import Published


class SignedInRequest(HttpRequest):
    """A request of a signed-in person: ``published`` is one version of all tables, the same for the whole
    request."""

    id: str
    user: Person
    instance: Instance
    published: Published
