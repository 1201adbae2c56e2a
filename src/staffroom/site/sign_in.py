"""Signing in: an address and a password; every failure says the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.functional import lazy

from staffroom.accounts.models.person import normal_email
from staffroom.metrics.declaration import plural
from staffroom.web.words import say_count

LONGEST_ADDRESS = 254

FAILURE = plural(
    "That did not work. Check the address and the password. "
    "After several failures, signing in pauses for {count} minute.",
    "That did not work. Check the address and the password. "
    "After several failures, signing in pauses for {count} minutes.",
)
"""The pause is that of the setting ``[site] pause_minutes``."""


def _failure() -> str:
    return say_count(FAILURE, settings.SITE.pause_minutes)


_said_failure = lazy(_failure, str)()


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no annotations
    """Nobody can sign up; wrong password, unknown address, closed account and pause read alike."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _said_failure,
        "too_many_login_attempts": _said_failure,
        "invalid_login": _said_failure,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth calls it so
        return False

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """The password alone is written: what administrators change of a person meanwhile stays."""
        user.set_password(password)
        user.save(update_fields=["password"])


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no annotations
    """An inactive account looks like a wrong password: allauth would lead it to a page of its own."""

    @classmethod
    def _stash_user(cls, user: Any) -> Any:  # noqa: ARG003 - allauth calls it so
        return super()._stash_user(None)


def address_tried(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """Under which address failures are counted: in one spelling, so that none of them has tries of its own.

    Without it they would count for a whole place, and one person's failures would pause a school.
    """
    typed = (credentials or {}).get("email") or request.POST.get("login", "")
    return normal_email(str(typed).replace("\0", ""))[:LONGEST_ADDRESS]
