"""Kinds that a district names itself, written in settings as ``"word What it is called"``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from staffroom.errors import SettingsError

LONGEST_KEY = 40


def kinds_of(lines: Iterable[str], place: str) -> Mapping[str, str]:
    """What each kind is called, by its word, in the order of the settings. Raises SettingsError."""
    titles: dict[str, str] = {}
    for line in lines:
        key, _, title = line.partition(" ")
        if not title.strip() or len(key) > LONGEST_KEY:
            raise SettingsError(place, f"holds {line!r}.", next_step='Write "word What it is called".')
        if key in titles:
            raise SettingsError(place, f"names {key!r} twice.")
        titles[key] = title.strip()
    return titles
