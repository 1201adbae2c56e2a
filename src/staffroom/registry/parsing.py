"""The bytes of a batch become numbered rows, whatever one of them looks like."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

import orjson

from staffroom.registry.bodies import BLANKS, BYTE_ORDER_MARK
from staffroom.registry.errors import NotUnderstood

Rows = list[tuple[int, Any]]
"""(number of the row from 1, what it holds). A line that is no JSON holds ``Unreadable``."""


class Unreadable:
    """Stands for a line that is no JSON."""


UNREADABLE = Unreadable()


def rows_of(body: bytes) -> Rows:
    """The rows of a JSON array, or one a line. Raises NotUnderstood where an array as a whole is broken."""
    body = _without_frame(body)
    if body.startswith(b"["):
        return list(enumerate(_array(body), 1))
    return _lines(body)


def line_of(body: bytes, number: int) -> bytes:
    """The row with this number as it came, in a body that has one a line."""
    return _without_frame(body).split(b"\n")[number - 1]


def with_rows_replaced(body: bytes, numbers: Collection[int], by: object) -> bytes:
    """The body with something else in the place of these rows; all others keep their numbers."""
    body = _without_frame(body)
    if body.startswith(b"["):
        rows = [by if number in numbers else row for number, row in enumerate(_array(body), 1)]
        return json.dumps(rows, separators=(",", ":")).encode()
    lines = body.split(b"\n")
    for number in numbers:
        lines[number - 1] = json.dumps(by).encode()
    return b"\n".join(lines)


def _without_frame(body: bytes) -> bytes:
    return body.removeprefix(BYTE_ORDER_MARK).strip(BLANKS)


def _array(body: bytes) -> list[Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        found = _leniently(body)
    if not isinstance(found, list):
        raise NotUnderstood("The body", "is not a JSON array.")
    return found


def _leniently(body: bytes) -> Any:
    """What strict JSON refuses as a whole for one bad letter; only the row that holds it is refused then."""
    try:
        return json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        where = f" at character {error.pos + 1:,}" if isinstance(error, json.JSONDecodeError) else ""
        raise NotUnderstood("The body", f"is not JSON{where}.") from None


def _lines(body: bytes) -> Rows:
    lines = [(number, line) for number, line in enumerate(body.split(b"\n"), 1) if line.strip(BLANKS)]
    try:
        found = orjson.loads(b"[" + b",".join([line for _, line in lines]) + b"]")
    except orjson.JSONDecodeError:
        found = []
    if len(found) == len(lines):  # each line was one value; parsing them in one go is quicker
        return [(number, row) for (number, _), row in zip(lines, found, strict=True)]
    return [(number, _line(line)) for number, line in lines]


def _line(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        try:
            return _leniently(line)
        except NotUnderstood:
            return UNREADABLE
