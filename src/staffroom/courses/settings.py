"""The section ``[courses]`` of staffroom.toml."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CoursesSettings:
    """``api_requests_a_minute``: how many requests each person may make of the data API."""

    api_requests_a_minute: int = 120
