"""Which events are the same event: those whose canonical JSON is the same, wherever they were recorded.

Canonical JSON has its keys sorted and no white space between its parts; whole numbers over 64 bits are the
floating-point numbers nearest to them, and what cannot be stored is mended first. A line's prefix, the order
of its keys and the way in which its characters are escaped make no difference.
"""

from __future__ import annotations

import json
import math
import re
from hashlib import blake2b
from typing import Any

import orjson

ID_BYTES = 16

_HALF = re.compile("[\ud800-\udfff]")


def canonical_json(value: Any) -> bytes:
    """``value`` as canonical JSON; what the fast writer refuses is written by the slow one."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # a whole number over 64 bits, or more than 254 levels
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def event_id(canonical: bytes) -> bytes:
    """The 128-bit digest by which an event is known."""
    return blake2b(canonical, digest_size=ID_BYTES).digest()


def mended(value: Any) -> Any:
    """``value`` as far as it can be stored: numbers that are none become null, half characters U+FFFD."""
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {mended(key): mended(item) for key, item in value.items()}
    if isinstance(value, list):
        return [mended(item) for item in value]
    return value
