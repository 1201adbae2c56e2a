"""A batch is delivered, all but the rows that the API finds wrong: they are set aside one by one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson

from staffroom.loader.answers import Answer, Refused, RowError, Taken
from staffroom.loader.batches import Batch, Range, key_of, ranges
from staffroom.loader.client import Client
from staffroom.loader.errors import EverythingRefused
from staffroom.loader.rows import Aside

HOPELESS = 200
"""So many rows refused while not one was ever taken: it is not the rows."""

Rows = Sequence[tuple[int, bytes]]
"""Rows of a batch: each row's line and its JSON."""


@dataclass(slots=True)
class Delivered:
    """What became of a batch: what the API took, and what it refused."""

    receipts: list[tuple[str, tuple[Range, ...]]] = field(default_factory=list)
    """A status URL ('' where none was given) and the lines that it stands for, as in the body."""
    refused: list[Aside] = field(default_factory=list)


class Deliverer:
    """Delivers the batches of a run. ``identity`` is the run's, ``id_key`` the payload's field for the id."""

    def __init__(self, client: Client, identity: str, id_key: str, *, taken_before: bool) -> None:
        self._client, self._identity, self._id_key = client, identity, id_key
        self._any_taken = taken_before
        self._refused = 0
        self.rows_taken = 0
        self.last_taken_at = 0.0

    async def deliver(self, batch: Batch) -> Delivered:
        """Raises where nothing can be delivered, to be resumed; then nothing of the batch counts as taken."""
        delivered = Delivered()
        key = key_of(self._identity, batch.number, batch.key_part)
        answer = await self._client.send(batch.body(), key)
        if isinstance(answer, Taken) and not answer.errors:
            self._take(answer, batch.to_send, batch.sent_ranges(), delivered)
        else:
            await self._sort_out(answer, batch.payloads(), batch.number, delivered)
        return delivered

    async def _sort_out(self, answer: Answer, rows: Rows, number: int, delivered: Delivered) -> None:
        """Set aside the rows that an answer names and send the others again; halve where it names none."""
        errors = answer.errors if isinstance(answer, Taken | Refused) else ()
        bad = named(rows, errors, self._id_key)
        if isinstance(answer, Taken):
            self._set_aside(bad, delivered)
            wrong = {row.line for row in bad}
            right = [line for line, _ in rows if line not in wrong]
            self._take(answer, len(right), ranges(right), delivered)
            return
        if not bad and len(rows) == 1:
            why = answer.why if isinstance(answer, Refused) else "It alone is too large for the API (413)."
            bad = [Aside(rows[0][0], student_in(rows[0][1], self._id_key), "refused", why)]
        self._set_aside(bad, delivered)
        wrong = {row.line for row in bad}
        left = [row for row in rows if row[0] not in wrong]
        half = (len(left) + 1) // 2
        for part in [left] if bad else [left[:half], left[half:]]:
            if part:
                await self._sort_out(await self._send(part, number), part, number, delivered)

    async def _send(self, rows: Rows, number: int) -> Answer:
        lines = ",".join(f"{first}-{last}" for first, last in ranges(line for line, _ in rows))
        body = [b"[", b",".join(payload for _, payload in rows), b"]"]
        return await self._client.send(body, key_of(self._identity, number, lines))

    def _take(self, answer: Taken, rows: int, lines: tuple[Range, ...], delivered: Delivered) -> None:
        if rows:
            self._any_taken = True
            self.rows_taken += rows
            self.last_taken_at = time.monotonic()
            delivered.receipts.append((answer.location or "", lines))

    def _set_aside(self, rows: list[Aside], delivered: Delivered) -> None:
        delivered.refused += rows
        self._refused += len(rows)
        if self._refused >= HOPELESS and not self._any_taken:
            raise EverythingRefused(
                self._client.settings.url,
                f"refused each of the first {self._refused:,} rows.",
                happened="Nothing was taken.",
                next_step="Check the mapping, the delimiter and the encoding in [loader]: "
                "'staffroom loader send --dry-run' shows what would be sent.",
            )


def named(rows: Rows, errors: Sequence[RowError], id_key: str) -> list[Aside]:
    """The rows that are complained of, by their place or else by their student; each once."""
    if not errors:
        return []
    students = [student_in(payload, id_key) for _, payload in rows]
    places = {student: place for place, student in enumerate(students)}
    said: dict[int, Aside] = {}
    for error in errors:
        place = error.position - 1 if error.position is not None else places.get(error.id, len(rows))
        if place >= len(rows):
            continue  # it names no row that was sent
        line = rows[place][0]
        before = f"{said[line].detail}; " if line in said else ""
        said[line] = Aside(line, students[place], "refused", f"{before}{error.message}")
    return [said[line] for line in sorted(said)]


def student_in(payload: bytes, id_key: str) -> str:
    """The id in a row's JSON."""
    return str(orjson.loads(payload)[id_key])
