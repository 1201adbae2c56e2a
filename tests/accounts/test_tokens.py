"""Tokens: shown once, kept as a digest, ended by time, by hand or with their person."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone

from staffroom.accounts import people, tokens
from staffroom.accounts.models import Token
from staffroom.errors import UnknownName
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_the_secret_is_not_kept(cast: Cast) -> None:
    token, secret = tokens.issue_token(cast.stella, "weekly report", days=30)
    kept = Token.objects.values().get()
    assert secret.startswith("staffroom_")
    assert len(secret) == 53
    assert secret not in str(kept)
    assert kept["digest"] == hashlib.sha256(secret.encode()).hexdigest()
    assert tokens.holder(secret) == token


def test_a_wrong_secret_has_no_holder(cast: Cast) -> None:
    _, secret = tokens.issue_token(cast.stella, "report", days=None)
    assert tokens.holder(secret[:-1]) is None
    assert tokens.holder("") is None


def test_a_token_ends_at_its_instant(cast: Cast) -> None:
    token, secret = tokens.issue_token(cast.stella, "report", days=1)
    assert token.expires_at is not None
    assert tokens.holder(secret, now=token.expires_at - timedelta(seconds=1)) == token
    assert tokens.holder(secret, now=token.expires_at) is None


def test_a_revoked_token_ends_at_once_and_stays_listed(cast: Cast) -> None:
    token, secret = tokens.issue_token(cast.stella, "report", days=None)
    first = tokens.revoke_token(token.pk).revoked_at
    assert tokens.revoke_token(token.pk).revoked_at == first
    assert tokens.holder(secret) is None
    assert Token.objects.count() == 1


def test_nobody_revokes_a_token_of_somebody_else(cast: Cast) -> None:
    token, secret = tokens.issue_token(cast.stella, "report", days=None)
    with pytest.raises(UnknownName):
        tokens.revoke_token(token.pk, of=cast.ruth)
    assert tokens.holder(secret) == token


def test_a_token_ends_with_its_person(cast: Cast) -> None:
    _, secret = tokens.issue_token(cast.stella, "report", days=None)
    people.set_active(cast.stella, False)
    assert tokens.holder(secret) is None
    people.set_active(cast.stella, True)
    assert tokens.holder(secret) is None


def test_use_is_noted_once_a_minute(cast: Cast) -> None:
    token, secret = tokens.issue_token(cast.stella, "report", days=None)
    start = timezone.now()
    noted = []
    for seconds in (0, 59, 60, 61):
        tokens.holder(secret, now=start + timedelta(seconds=seconds))
        token.refresh_from_db()
        assert token.last_used_at is not None
        noted.append((token.last_used_at - start).total_seconds())
    assert noted == [0, 0, 60, 60]


def test_a_scope_is_a_whole_word(cast: Cast) -> None:
    token, _ = tokens.issue_token(cast.stella, "report", days=None, scope="reader")
    assert not token.allows("read")
    assert token.allows("reader")
