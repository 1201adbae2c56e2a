"""Passwords, where an account has one: only their argon2 hash is kept, and only until their last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from staffroom.config import Instance
from staffroom.errors import SettingsError
from staffroom.intake.drop.settings import DropAccount

SHORTEST = 12
_HASHER = argon2.PasswordHasher()
NOBODYS = _HASHER.hash("nobody has this password")
"""Checked where there is no password, so that the time taken tells nothing about accounts."""


@dataclass(frozen=True, slots=True)
class Password:
    """``until`` is the last day, in the institution's time zone, on which it opens the account."""

    hashed: str
    until: date

    def is_valid_on(self, day: date) -> bool:
        return day <= self.until


def password_of(account: DropAccount, instance: Instance) -> Password | None:
    """None where only keys open the account. Raises SettingsError where the secret is missing or no hash."""
    if not account.password_secret or account.password_until is None:
        return None
    hashed = instance.secret(account.password_secret)
    try:
        argon2.extract_parameters(hashed)
    except InvalidHashError:
        raise SettingsError(
            f"secret {account.password_secret}",
            "is not the hash of a password.",
            next_step="Make one with 'staffroom drop hash'.",
        ) from None
    return Password(hashed, account.password_until)


def hash_of(text: str) -> str:
    """What to keep of a password. Raises SettingsError for a short one."""
    if len(text) < SHORTEST:
        raise SettingsError("the password", f"has fewer than {SHORTEST} characters.")
    return _HASHER.hash(text)


def fits(hashed: str, text: str) -> bool:
    """Takes the same tenth of a second whatever the text is."""
    try:
        return _HASHER.verify(hashed, text)
    except (VerificationError, InvalidHashError):
        return False
