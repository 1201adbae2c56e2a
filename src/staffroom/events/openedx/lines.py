"""A line of a tracking log as a JSON object, or the reason why it is none.

The fast decoder refuses some JSON that is found in the wild (NaN, numbers out of range, half a surrogate
pair); such lines go through the slower decoder of the standard library.
"""

from __future__ import annotations

import json
from typing import Any

import orjson

from staffroom.events.openedx.identity import canonical_json, mended

REASONS = {
    "blank": "the line is empty or white space",
    "not_utf8": "its bytes are not UTF-8",
    "not_json": "it is not JSON, with or without something before the first brace",
    "too_deep": "its JSON is nested deeper than can be read",
    "not_an_object": "its JSON is a list, a number, a text or null",
    "no_time": "it does not say when it happened",
    "impossible_time": "its time is none (24:00:17, 30 February), not ISO 8601, or not of 2000 to 2099",
    "too_long": "it is longer than 16 MiB; its first 64 KiB are kept",
    "cut": "the file ends within it",
}
"""Why a line is set aside: the vocabulary of ``Reject.reason``."""


class Unusable(Exception):
    """The line is set aside; ``reason`` is one of REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


Decoded = tuple[dict[str, Any], bytes]
"""An event, of which only what can be stored is left (see ``mended``), and its canonical JSON."""


def decode_line(line: bytes) -> Decoded:
    """The JSON object of ``line``. Something before it (a syslog prefix) is cut off. Raises Unusable."""
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        return _decode_odd(line)
    if type(value) is not dict:
        raise Unusable("not_an_object")
    return value, canonical_json(value)


def _decode_odd(line: bytes) -> Decoded:
    """A line that the fast decoder refuses: strict JSON first, then what stands from its first brace on."""
    if not line.strip():
        raise Unusable("blank")
    start = line.find(b"{")
    if start > 0 and line.rstrip().endswith(b"}"):
        try:
            return decode_line(line[start:])
        except Unusable as unusable:
            if unusable.reason in ("too_deep", "not_utf8"):
                raise
    return _decode_slowly(line)


def _decode_slowly(line: bytes) -> Decoded:
    try:
        value = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise Unusable("not_utf8") from None
    except ValueError:
        raise Unusable("not_json") from None
    except RecursionError:
        raise Unusable("too_deep") from None
    if type(value) is not dict:
        raise Unusable("not_an_object")
    try:
        event = mended(value)
        return event, canonical_json(event)
    except RecursionError:
        raise Unusable("too_deep") from None
