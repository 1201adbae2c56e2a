"""Tokens: which programs read the API in whose name, and when they last did."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from staffroom.accounts.models import Token
from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.operations.pages.frame import for_administrators, operations_page
from staffroom.web.empty import Cause, Empty
from staffroom.web.listing import listed
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.words import say, say_count

COLUMNS = (
    Column("name", msg("What it is for"), Kind.TEXT),
    Column("person", msg("Person"), Kind.TEXT, msg("In whose name it reads.")),
    Column("works", msg("Works"), Kind.FLAG, msg("Neither revoked nor expired, of an active person.")),
    Column("last_used_at", msg("Last used"), Kind.INSTANT),
    Column("expires_at", msg("Expires"), Kind.INSTANT),
    Column("created_at", msg("Issued"), Kind.INSTANT),
)
ANSWER = plural(
    "{count} token was issued and is shown here.", "{count} tokens were issued and are shown here."
)


@for_administrators
def tokens(request: SignedInRequest) -> Page:
    return operations_page(
        "people",
        {"tokens": lambda: _section(request)},
        title=say(msg("Tokens")),
        lead=say(msg("Tokens are issued and revoked on their person's page.")),
    )


def _section(request: SignedInRequest) -> Section:
    table = listed(
        request,
        COLUMNS,
        _rows(),
        sort="person",
        searched=("name", "person"),
        links={"person": lambda row: reverse("person", args=[row["id"]])},
    )
    return Section(
        slug="tokens",
        title=msg("Tokens"),
        question=msg("Which programs read the API, and in whose name?"),
        answer=say_count(ANSWER, table.total),
        table=table,
        empty=Empty(Cause.FILTER_TOO_NARROW, say(msg("No token fits. Issue one on a person's page."))),
    )


def _rows() -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {
            "id": token.person_id,
            "name": token.name,
            "person": token.person.name,
            "works": token.is_good(now) and token.person.is_active,
            "last_used_at": token.last_used_at,
            "expires_at": token.expires_at,
            "created_at": token.created_at,
        }
        for token in Token.objects.select_related("person").order_by("person__name", "-created_at")
    ]
