"""Who did it and whom it concerns: user ids in every form they are recorded in, and user names."""

from __future__ import annotations

NOBODY = frozenset({"", "0", "none", "null", "nan"})
"""Texts that are no user id, in lower case: the last three write out an absent value of some program."""


def person_id(value: object) -> str | None:
    """A user id as text: 7, "7", " 7 " and 7.0 are "7". None, 0, true, 7.5 and NOBODY's texts are nobody."""
    if type(value) is int:
        return str(value) if value > 0 else None
    if type(value) is str:
        text = value.strip()
        return text if text.lower() not in NOBODY else None
    if type(value) is float and value > 0 and value.is_integer():
        return str(int(value))
    return None


def username(value: object) -> str | None:
    """A user name without the white space around it; None for an anonymous visitor."""
    return (value.strip() or None) if type(value) is str else None
