"""The section ``[accounts]`` of staffroom.toml."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccountsSettings:
    """Tokens for the API."""

    token_days: int = 365
    """How long a new token is good, unless its issuer says otherwise."""
