"""The section ``[accounts]`` of staffroom.toml."""

from __future__ import annotations

from dataclasses import dataclass

from staffroom.config import at_least

LONGEST_TOKEN_DAYS = 3650


@dataclass(frozen=True, slots=True)
class AccountsSettings:
    """What holds for people and their tokens unless somebody says otherwise."""

    token_days: int = at_least(1, default=365)
    """How many days a new token is good, unless whoever issues it chooses another number."""
