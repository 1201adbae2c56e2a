"""What the API's answers mean: taken, later, another token, rows refused, or not the API at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from staffroom.errors import PermanentError
from staffroom.loader.errors import Forbidden, NotTheApi, SignInPage

LONGEST_MESSAGE = 500
LISTS = ("errors", "exceptions", "results")
"""The keys under which an answer or a status may list what it has to say of single rows."""

MESSAGES = ("errorMessage", "message", "detail", "error", "code")


@dataclass(frozen=True, slots=True)
class RowError:
    """What was said of one row: ``position`` in the batch from 1, where it is told, and the student's id."""

    position: int | None
    id: str
    message: str
    code: str = ""
    """The API's word for it, where it has one."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The rows are the API's now; ``location`` is where it tells what became of them."""

    location: str | None = None
    errors: tuple[RowError, ...] = ()


@dataclass(frozen=True, slots=True)
class Later:
    """Not now; ``wait_seconds`` is what the API asks for, None where it asks for nothing."""

    wait_seconds: float | None
    why: str
    pressed: bool = False
    """Whether the API said that it has too much to do (429, 503)."""


@dataclass(frozen=True, slots=True)
class Unauthorized:
    """The token is not taken, or not any more."""


@dataclass(frozen=True, slots=True)
class TooLarge:
    """The rows are too many for one request."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Something in these rows is wrong; ``errors`` says in which, as far as the API tells."""

    why: str
    errors: tuple[RowError, ...] = ()


Answer = Taken | Later | Unauthorized | TooLarge | Refused


def read_answer(
    place: str, status: int, headers: Mapping[str, str], body: bytes, *, now: datetime | None = None
) -> Answer:
    """Raises SignInPage, NotTheApi or Forbidden where no other batch would fare better."""
    if 300 <= status < 400:
        raise SignInPage(
            place,
            f"redirects ({status}), as to a page on which people sign in.",
            happened="Nothing was sent there.",
            next_step="Check [loader.api] url and the account; 'staffroom loader check' tries them.",
        )
    if status == 429 or status >= 500:
        return Later(_wait(headers, now or datetime.now(UTC)), f"{status}", pressed=status in (429, 503))
    if status == 401:
        return Unauthorized()
    if status == 413:
        return TooLarge()
    if stop := _no_row_is_at_fault(place, status, _looks_like_a_page(headers, body)):
        raise stop
    said = json_of(body)
    if status < 300:
        return Taken(headers.get("Location"), row_errors(said))
    return Refused(f"{status}{_message(said)}", row_errors(said))


def _no_row_is_at_fault(place: str, status: int, page: bool) -> PermanentError | None:
    if status == 403:
        return Forbidden(place, "does not let this account send students (403).", next_step=_ASK)
    if status in (404, 405, 410):
        return NotTheApi(place, f"is not there ({status}).", next_step="Check [loader.api] url.")
    if status == 409:
        return NotTheApi(
            place,
            "has other rows under this batch's key (409).",
            happened="What was acknowledged stays.",
            next_step="If the file was changed by hand, send it under new keys: --again.",
        )
    if status in (406, 415):
        return NotTheApi(
            place, f"does not take what we send ({status}).", next_step="Try [loader.api] compress = false."
        )
    if page:
        return NotTheApi(
            place,
            f"answers with a page for people ({status}), not as an API does.",
            happened="Whether it took anything is not known; the rows count as not sent.",
            next_step="Check [loader.api] url, and what stands between it and this machine.",
        )
    return None


_ASK = "Ask those who run it for the right to send, then run it again: it goes on where it stopped."


def _looks_like_a_page(headers: Mapping[str, str], body: bytes) -> bool:
    kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return kind in ("text/html", "application/xhtml+xml") or body[:200].lstrip()[:1] == b"<"


def json_of(body: bytes) -> Any:
    """What the body says; None where it is no JSON."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def row_errors(said: object) -> tuple[RowError, ...]:
    """What an answer or status says of single rows, whichever of the usual shapes it has."""
    listed: object = said
    if isinstance(said, dict):
        listed = next((said[key] for key in LISTS if isinstance(said.get(key), list)), None)
    if not isinstance(listed, list):
        return ()
    return tuple(error for item in listed if (error := _row_error(item)) is not None)


def _row_error(item: object) -> RowError | None:
    if not isinstance(item, dict):
        return None
    position = item.get("row", item["index"] + 1 if isinstance(item.get("index"), int) else None)
    student = next((item[key] for key in ("ssid", "id", "studentId") if isinstance(item.get(key), str)), "")
    message = next((item[key] for key in MESSAGES if isinstance(item.get(key), str)), "")
    field = item.get("field")
    message = f"{field}: {message}" if isinstance(field, str) and field else message
    known = isinstance(position, int) and position >= 1
    if not known and not student:
        return None
    code = item.get("code")
    return RowError(
        position if known else None, student, message[:LONGEST_MESSAGE], code if isinstance(code, str) else ""
    )


def _message(said: object) -> str:
    if not isinstance(said, dict):
        return ""
    text = next((said[key] for key in ("detail", *MESSAGES) if isinstance(said.get(key), str)), "")
    return f": {text[:LONGEST_MESSAGE]}" if text else ""


def _wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds of ``Retry-After``, which is a number or a date."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (ValueError, TypeError):
        return None
