"""The codes of languages, three letters each: those of ISO 639-2, in both of its forms."""

from __future__ import annotations

from importlib import resources

LANGUAGES = frozenset((resources.files("staffroom.registry") / "languages.txt").read_text("ascii").split())
