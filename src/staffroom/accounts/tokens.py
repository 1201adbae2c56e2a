"""Tokens: issued once, checked at every request, revoked at once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from staffroom.accounts.models import Person, Token
from staffroom.errors import UnknownName

PREFIX = "staffroom_"
"""Tells a leaked secret's finder, and their scanner, what it is."""

USE_NOTED_EVERY = timedelta(minutes=1)


def issue_token(person: Person, name: str, *, days: int | None, scope: str = "read") -> tuple[Token, str]:
    """A new token and its secret, which is kept nowhere. ``days`` is how long it is good; None for ever."""
    secret = PREFIX + secrets.token_urlsafe(32)
    expires_at = None if days is None else timezone.now() + timedelta(days=days)
    token = Token.objects.create(
        person=person, name=name.strip(), digest=_digest(secret), scopes=scope, expires_at=expires_at
    )
    return token, secret


def holder(secret: str, *, now: datetime | None = None) -> Token | None:
    """The good token with this secret, its use noted; None where there is none or its person is inactive."""
    now = now or timezone.now()
    digest = _digest(secret)
    token = Token.objects.select_related("person").filter(digest=digest).first()
    if token is None or not hmac.compare_digest(token.digest, digest):
        return None
    if not token.is_good(now) or not token.person.is_active:
        return None
    _note_use(token, now)
    return token


def revoke_token(token_id: int, *, of: Person | None = None) -> Token:
    """End a token now. Raises UnknownName where ``of`` holds no such token."""
    tokens = Token.objects.filter(pk=token_id)
    token = tokens.filter(person=of).first() if of else tokens.first()
    if token is None:
        raise UnknownName(
            f"token {token_id}", "is not there.", next_step="See 'staffroom accounts token list'."
        )
    Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    token.refresh_from_db()
    return token


def _note_use(token: Token, now: datetime) -> None:
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - USE_NOTED_EVERY)
    if token.last_used_at is None or token.last_used_at <= now - USE_NOTED_EVERY:
        Token.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
