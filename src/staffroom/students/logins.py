"""Login names, by which imports know educators."""

from __future__ import annotations

import unicodedata


def normal_login(text: str) -> str:
    """The one form in which a login name is kept and looked up: upper and lower case are the same person."""
    return unicodedata.normalize("NFC", text.strip()).lower()
