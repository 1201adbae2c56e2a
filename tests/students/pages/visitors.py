"""Those who open pages in tests: the people of the district, signed in."""

from __future__ import annotations

from html import unescape

from django.test import Client

from staffroom.accounts.models import Person, View
from staffroom.accounts.trail import unpacked


def signed_in(person: Person | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person, backend="staffroom.site.sign_in.Backend")
    return client


def text_of(client: Client, address: str) -> str:
    """The page as it reads; it has to be there."""
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return unescape(response.content.decode())


def seen() -> list[tuple[str, list[str]]]:
    """The audit trail, oldest first: the page, and the local ids of the students that it named."""
    views = View.objects.order_by("pk")
    return [(view.what, [local_id for _, local_id in unpacked(view.learners)]) for view in views]
