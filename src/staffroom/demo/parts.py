"""A part in the demo: one person who may sign in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One person of the demo's site. ``courses`` are pairs of role and course key."""

    email: str
    name: str
    sees: str
    courses: tuple[tuple[str, str], ...] = ()
    administrator: bool = False
    language: str = ""
