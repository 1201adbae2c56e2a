"""Status URLs are asked until they tell what became of a batch's rows: two documents are understood.

The registry of Staffroom says ``final`` and pages its row errors; older services count ``numProcessed`` up to
``numSubmitted`` and list ``exceptions``.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from staffroom.loader.answers import RowError, json_of, row_errors
from staffroom.loader.batches import Range
from staffroom.loader.client import Client
from staffroom.loader.rows import SUPERSEDED, Aside

FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.5, 30.0
ENDED_WORDS = ("done", "completed", "complete", "finished", "failed", "error")
COUNTS = ("created", "updated", "unchanged", "removed", "held", "superseded", "rejected")
MOST_PAGES = 1000
SUPERSEDED_CODE = "duplicate"
"""The registry's word for a row that gave way to a later one of the same student."""

MISSING_TIMES = 5
"""A status that is not there so many times does not come any more; some services write it after their 202."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A status URL and the lines that it stands for, in the order of the body. ``number`` is the batch's."""

    number: int
    url: str
    lines: tuple[Range, ...]

    @property
    def rows(self) -> int:
        return sum(last - first + 1 for first, last in self.lines)

    def line_at(self, position: int) -> int:
        """The line of the row at that place in the body, from 1; 0 where there is none."""
        for first, last in self.lines:
            if position <= last - first + 1:
                return first + position - 1
            position -= last - first + 1
        return 0


@dataclass(frozen=True, slots=True)
class Told:
    """What a status said in the end: ``state`` is done, failed or untold."""

    receipt: Receipt
    state: str
    aside: tuple[Aside, ...] = ()
    """Rows that were refused or superseded. Line 0 stands for one whose student alone was named."""
    counts: dict[str, int] = field(default_factory=dict)
    why: str = ""


class Follower:
    """Follows receipts in the order in which they came, a few at a time, and hands on what each tells."""

    def __init__(self, client: Client, tell: Callable[[Told], None]) -> None:
        self._client, self._tell = client, tell
        self._patience = client.settings.follow_minutes * 60
        self._moved_at = time.monotonic()

    def moved(self) -> None:
        """A batch was taken: the API is at work."""
        self._moved_at = time.monotonic()

    async def follow(self, receipts: asyncio.Queue[Receipt | None]) -> None:
        """Until a None comes."""
        while (receipt := await receipts.get()) is not None:
            self._tell(await self._end_of(receipt))
        receipts.put_nowait(None)  # for the others that follow

    async def _end_of(self, receipt: Receipt) -> Told:
        url = _joined(self._client.settings.url, receipt.url)
        if not same_origin(url, self._client.settings.url):
            return Told(receipt, "untold", why="its status URL leads to another server")
        wait, before, missing = FIRST_WAIT_SECONDS, None, 0
        while True:
            reply = await self._client.get(url)
            said = json_of(reply.body) if reply.status == 200 else None
            if isinstance(said, dict):
                if is_final(said):
                    self.moved()
                    return await self._told(receipt, url, said)
                if said != before:
                    self.moved()
                    before = said
            elif reply.status in (400, 403, 404, 405, 410):
                missing += 1
                if missing >= MISSING_TIMES:
                    return Told(receipt, "untold", why=f"its status URL answers {reply.status}")
            if time.monotonic() - self._moved_at > self._patience:
                return Told(receipt, "untold", why="its status got no further")
            await asyncio.sleep(wait)
            wait = min(LONGEST_WAIT_SECONDS, wait * 1.5)

    async def _told(self, receipt: Receipt, url: str, said: dict[str, Any]) -> Told:
        errors = list(row_errors(said))
        link = said.get("errors")
        if isinstance(link, str) and said.get("errors_kept", 1):
            errors += await self._pages(_joined(url, link))
        counts = {name: said[name] for name in COUNTS if isinstance(said.get(name), int)}
        if said.get("standing") == "failed" or said.get("status") in ("failed", "error"):
            why = errors[0].message if errors else "the API could not read the batch"
            return Told(receipt, "failed", (), counts, why)
        return Told(receipt, "done", tuple(rows_aside(receipt, errors)), counts)

    async def _pages(self, url: str) -> list[RowError]:
        errors: list[RowError] = []
        for _ in range(MOST_PAGES):
            if not same_origin(url, self._client.settings.url):
                break
            reply = await self._client.get(url)
            said = json_of(reply.body) if reply.status == 200 else None
            if not isinstance(said, dict):
                break
            errors += row_errors(said)
            if not isinstance(said.get("next"), str):
                break
            url = _joined(url, said["next"])
        return errors


def is_final(said: dict[str, Any]) -> bool:
    """Whether a status document will not change any more."""
    if isinstance(said.get("final"), bool):
        return bool(said["final"])
    submitted, processed = said.get("numSubmitted"), said.get("numProcessed")
    if isinstance(submitted, int) and isinstance(processed, int):
        return processed >= submitted > 0
    return str(said.get("status", "")).lower() in ENDED_WORDS


def rows_aside(receipt: Receipt, errors: Iterable[RowError]) -> Sequence[Aside]:
    """Row errors as rows set aside; several of one row as one."""
    found: dict[tuple[int, str], Aside] = {}
    for error in errors:
        line = receipt.line_at(error.position) if error.position is not None else 0
        key = (line, "" if line else error.id)
        before = f"{found[key].detail}; " if key in found else ""
        reason = SUPERSEDED if error.code == SUPERSEDED_CODE else "refused"
        found[key] = Aside(line, error.id, reason, f"{before}{error.message}")
    return list(found.values())


def same_origin(url: str, other: str) -> bool:
    """Whether both are of one server: our token goes to no other, and nowhere where ``url`` is none."""
    try:
        return _origin(url) == _origin(other)
    except ValueError:
        return False


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _joined(url: str, link: str) -> str:
    """Where ``link`` leads from there; itself where it leads nowhere, so that it is of no server."""
    try:
        return urljoin(url, link)
    except ValueError:
        return link
