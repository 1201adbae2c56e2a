"""The section ``[courses]`` of staffroom.toml."""

from __future__ import annotations

from dataclasses import dataclass

from staffroom.config import at_least


@dataclass(frozen=True, slots=True)
class CoursesSettings:
    """What the data API allows."""

    api_requests_a_minute: int = at_least(1, default=120)
    """How many requests each person may make of the data API in a minute, with all their tokens."""
