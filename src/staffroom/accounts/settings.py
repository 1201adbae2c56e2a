"""The section ``[accounts]`` of staffroom.toml."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccountsSettings:
    """``trail_kept_days``: how long the audit trail is kept; ``token_days``: how long a new token is good."""

    trail_kept_days: int = 1095
    token_days: int = 365
