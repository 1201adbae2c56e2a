"""The section ``[accounts]`` of staffroom.toml."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccountsSettings:
    """What holds for people and their tokens unless somebody says otherwise."""

    token_days: int = 365
    """How many days a new token is good, unless whoever issues it chooses another number."""
