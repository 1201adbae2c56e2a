"""Service clients: made with secrets that are shown once, ended at once; and their access tokens."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from staffroom.errors import PermanentError, UnknownName
from staffroom.registry.fields import STATES
from staffroom.registry.models import AccessToken, Client

READ, SEND = "read", "send"
SCOPES = (READ, SEND)
ALL_STATES = "*"


class ClientRefused(PermanentError):
    """A client cannot be made like this."""


@dataclass(frozen=True, slots=True)
class Issued:
    """What a new client signs in with; it is kept nowhere."""

    client: Client
    secret: str
    password: str


def add_client(name: str, *, states: Iterable[str], scopes: Iterable[str] = SCOPES) -> Issued:
    """A new client. Raises ClientRefused for a state or a scope that there is not."""
    states, scopes = sorted(set(states)), [scope for scope in SCOPES if scope in set(scopes)]
    unknown = [state for state in states if state not in STATES and state != ALL_STATES]
    if unknown or not states or not scopes or not name.strip():
        wrong = repr(unknown[0]) if unknown else "nothing"
        raise ClientRefused("a client", f"needs a name, states and scopes, and {wrong} was named.")
    secret, password = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    client = Client.objects.create(
        name=name.strip()[:100],
        client_id=f"client-{secrets.token_hex(8)}",
        secret_digest=digest(secret),
        username=f"sender-{secrets.token_hex(8)}",
        password_digest=digest(password),
        states=ALL_STATES if ALL_STATES in states else " ".join(states),
        scopes=" ".join(scopes),
    )
    return Issued(client, secret, password)


def end_client(client_id: str) -> Client:
    """End a client and all of its tokens now. Raises UnknownName."""
    client = find_client(client_id)
    client.is_active = False
    client.save(update_fields=["is_active"])
    client.tokens.all().delete()
    return client


def find_client(client_id: str) -> Client:
    client = Client.objects.filter(client_id=client_id).first()
    if client is None:
        raise UnknownName(
            f"client {client_id!r}", "is not there.", next_step="See 'staffroom registry clients list'."
        )
    return client


def with_secret(client_id: str, secret: str) -> Client | None:
    """The active client with this id and secret."""
    client = Client.objects.filter(client_id=client_id, is_active=True).first()
    expected = client.secret_digest if client else digest("")
    return client if hmac.compare_digest(expected, digest(secret)) else None


def has_password(client: Client, username: str, password: str) -> bool:
    """Whether these are the name and password of this very client."""
    right_name = hmac.compare_digest(client.username.encode(), username.encode())
    return hmac.compare_digest(client.password_digest, digest(password)) and right_name


def keep_token(client: Client, token: str, *, scopes: Iterable[str], seconds: int) -> None:
    """Keep a new token, by its digest; those of the client that have ended go."""
    now = timezone.now()
    client.tokens.filter(expires_at__lte=now).delete()
    AccessToken.objects.create(
        client=client,
        digest=digest(token),
        scopes=" ".join(scopes),
        expires_at=now + timedelta(seconds=seconds),
    )


def token_holder(token: str, *, now: datetime | None = None) -> AccessToken | None:
    """The good token with this secret, its client active."""
    found = AccessToken.objects.select_related("client").filter(digest=digest(token)).first()
    if found is None or not found.is_good(now or timezone.now()) or not found.client.is_active:
        return None
    return found


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
