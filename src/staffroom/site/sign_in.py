"""Signing in: an address and a password; every failure says the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from staffroom.accounts.models.person import normal_email

LONGEST_ADDRESS = 254

FAILURE = _(
    "That did not work. Check the address and the password. "
    "After several failures, signing in pauses for a quarter of an hour."
)


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no annotations
    """Nobody can sign up; wrong password, unknown address, closed account and pause read alike."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": FAILURE,
        "too_many_login_attempts": FAILURE,
        "invalid_login": FAILURE,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no annotations
    """An inactive account looks like a wrong password: allauth would lead it to a page of its own."""

    @classmethod
    def _stash_user(cls, user: Any) -> Any:  # noqa: ARG003
        return super()._stash_user(None)


def address_tried(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """Under which address failures are counted: in one spelling, so that none of them has tries of its own.

    Without it they would count for a whole place, and one person's failures would pause a school.
    """
    typed = (credentials or {}).get("email") or request.POST.get("login", "")
    return normal_email(str(typed).replace("\0", ""))[:LONGEST_ADDRESS]
