"""What is left when all batches are taken: rows to be found, students who stand twice or are gone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import polars as pl

from staffroom.loader.answers import Refused, Taken
from staffroom.loader.batches import key_of
from staffroom.loader.client import Client
from staffroom.loader.journal import Journal
from staffroom.loader.known import Known
from staffroom.loader.mapping import Mapping
from staffroom.loader.repeats import MOST_SETTLED, Repeated, find_repeated
from staffroom.loader.settings import LoaderSettings
from staffroom.loader.students import Mapped

MOST_LISTED = 1000
"""So many repeated or missing students are named in the report; the others are counted."""

Reading = Callable[[], Iterator[Mapped]]
"""Reads the whole file again, with ids."""


def place_students(reading: Reading, students: set[str], journal: Journal) -> None:
    """Find the rows of students whom the API named without their row, and note the last row of each."""
    if not students:
        return
    found: dict[str, int] = {}
    for block in reading():
        found |= {
            student: block.lines[place] for place, student in enumerate(block.ids) if student in students
        }
    journal.add({"places": found})


async def settle_repeated(
    reading: Reading, hashes: pl.Series, client: Client | None, identity: str, size: int
) -> dict[str, Any]:
    """Send the last row of each student whose rows differ once more; returns what the report says of them.

    Without a client it only looks.
    """
    if not len(hashes):
        return {}
    if len(hashes) > MOST_SETTLED:
        return {"repeated_students": len(hashes), "repeated_settled": 0}
    found = find_repeated(reading(), hashes)
    differing = sorted(
        (one for one in found.values() if len(one.payloads) > 1), key=lambda one: one.lines[-1]
    )
    settled = 0
    for start in range(0, len(differing) if client is not None else 0, size):
        part = differing[start : start + size]
        assert client is not None
        settled += len(part) if await _sent_again(part, client, identity) else 0
    listed = {student: one.lines[-MOST_LISTED:] for student, one in list(found.items())[:MOST_LISTED]}
    return {"repeated_students": len(found), "repeated_settled": settled, "repeated": listed}


async def _sent_again(part: Sequence[Repeated], client: Client, identity: str) -> bool:
    body = [b"[", b",".join(one.last for one in part), b"]"]
    answer = await client.send(
        body, key_of(identity, 0, f"last rows {part[0].lines[-1]}-{part[-1].lines[-1]}")
    )
    return isinstance(answer, Taken)


@dataclass(slots=True)
class Missing:
    """Students known before who are not in the file. ``why_kept`` says why they were not deleted."""

    count: int = 0
    listed: list[str] = field(default_factory=list)
    deleted: int = 0
    too_many: bool = False

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "missing_students": self.count,
            "missing_deleted": self.deleted,
            "missing_too_many": self.too_many,
            "missing": self.listed,
        }


def find_missing(known: Known, settings: LoaderSettings) -> Missing:
    """Who is missing, and whether they are too many to be deleted."""
    missing = Missing()
    for student in known.missing():
        missing.count += 1
        if len(missing.listed) < MOST_LISTED:
            missing.listed.append(student)
    most = min(settings.most_missing, int(known.count * settings.most_missing_share))
    missing.too_many = missing.count > most
    return missing


async def delete_missing(
    known: Known, missing: Missing, mapping: Mapping, client: Client, identity: str
) -> None:
    """Ask the API to delete the missing students, a thousand at a time; those that it takes are forgotten."""
    part: list[str] = []
    for student in [*known.missing(), None]:
        if student is not None:
            part.append(student)
        if part and (student is None or len(part) == 1000):
            body = orjson.dumps([mapping.removal_of(one) for one in part])
            key = key_of(identity, 0, f"missing {hashlib.blake2b(body, digest_size=16).hexdigest()}")
            answer = await client.send([body], key, method="DELETE")
            if not isinstance(answer, Taken):
                why = answer.why if isinstance(answer, Refused) else "too large"
                missing.listed.insert(0, f"(not deleted: {why})")
                return
            known.forget(part)
            missing.deleted += len(part)
            part = []
