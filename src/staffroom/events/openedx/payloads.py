"""What an event itself says: its ``event`` field, which is an object, JSON in a text, or neither."""

from __future__ import annotations

import json
from typing import Any

import orjson

from staffroom.events.openedx.identity import mended

_CUT_LENGTH = 512
"""The LMS cuts the payload of a request at this length, in the middle of its JSON."""


def decode_payload(event: object) -> dict[str, Any] | None:
    """The payload as an object; None where there is none: a form, a list, JSON that was cut."""
    if type(event) is dict:
        return event
    if type(event) is not str:
        return None
    if event == "":
        return {}
    if len(event) == _CUT_LENGTH and "POST" in event:
        return None
    if "{" not in event:
        return None  # neither a form (a=1&b=2) nor a list, number or text holds an object
    value = _decode_text(event)
    return value if type(value) is dict else None


def _decode_text(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:
        return mended(json.loads(text))
    except (ValueError, RecursionError):
        return None
