"""The section ``[accounts]`` of staffroom.toml."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccountsSettings:
    """``token_days``: how long a new token is good, unless its issuer says otherwise."""

    token_days: int = 365
