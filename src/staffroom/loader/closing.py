"""What is left when all batches are taken: rows to be found, students who stand twice or are gone."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import orjson

from staffroom.loader.answers import Answer, Refused, Taken
from staffroom.loader.batches import Batch, Part, key_of
from staffroom.loader.client import Client
from staffroom.loader.journal import Journal
from staffroom.loader.known import Known
from staffroom.loader.mapping import Mapping as Fields
from staffroom.loader.repeats import Repeated
from staffroom.loader.sending import now
from staffroom.loader.settings import LoaderSettings
from staffroom.loader.students import Mapped

MOST_LISTED = 1000
"""So many repeated or missing students are named in the report; the others are counted."""

REMOVED_AT_ONCE = 1000

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
    found: Mapping[str, Repeated], client: Client, identity: str, size: int
) -> tuple[int, list[str]]:
    """Send the last row of students whose rows differ once more. Returns how many the API took, and the
    students whose it did not."""
    differing = sorted(found.items(), key=lambda item: item[1].lines[-1])
    settled, refused = 0, list[str]()
    for start in range(0, len(differing), size):
        part = differing[start : start + size]
        if await _sent_again([one for _, one in part], client, identity):
            settled += len(part)
        else:
            refused += [student for student, _ in part]
    return settled, refused


def repeated_facts(found: Mapping[str, Repeated], settled: int) -> dict[str, Any]:
    """What the report says of students with several rows."""
    listed = {student: one.lines[-MOST_LISTED:] for student, one in list(found.items())[:MOST_LISTED]}
    return {"repeated_students": len(found), "repeated_settled": settled, "repeated": listed}


def late_batches(rows: Sequence[Repeated], first_number: int, size: int) -> Iterator[Batch]:
    """The last rows of students who were held back, as batches after all others."""
    for number, start in enumerate(range(0, len(rows), size), first_number):
        part = rows[start : start + size]
        data = b"".join(b"," + one.last for one in part)
        ends = [0, *accumulate(len(one.last) + 1 for one in part)]
        mapped = Mapped(memoryview(data), ends, [one.lines[-1] for one in part])
        yield Batch(number, (Part(mapped, 0, len(part)),), is_late=True)


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


Removal = Callable[[list[str]], Awaitable[Answer]]
"""Asks the API to delete students."""


def removal_by(client: Client, mapping: Fields, identity: str) -> Removal:
    """How a run asks for it: with a key of its own for the same students."""

    def remove(students: list[str]) -> Awaitable[Answer]:
        body = orjson.dumps([mapping.removal_of(one) for one in students])
        key = key_of(identity, 0, f"missing {hashlib.blake2b(body, digest_size=16).hexdigest()}")
        return client.send([body], key, method="DELETE")

    return remove


async def delete_missing(known: Known, missing: Missing, remove: Removal, journal: Journal) -> None:
    """Have the missing students deleted, a thousand at a time. Those that the API takes are noted, and not
    known any more."""
    everybody = list(known.missing())
    for start in range(0, len(everybody), REMOVED_AT_ONCE):
        part = everybody[start : start + REMOVED_AT_ONCE]
        answer = await remove(part)
        if not isinstance(answer, Taken):
            why = answer.why if isinstance(answer, Refused) else "too large"
            missing.listed.insert(0, f"(not deleted: {why})")
            return
        journal.add({"deleted": part, "at": now()})
        known.forget(part)
        missing.deleted += len(part)
