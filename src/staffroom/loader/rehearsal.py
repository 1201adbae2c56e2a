"""A dry run: everything but the sending, and what a run would send."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any

from staffroom.loader.closing import find_missing
from staffroom.loader.reading import StudentFile
from staffroom.loader.task import State, Task
from staffroom.loader.upload import batches_of, open_client
from staffroom.tally import Counts


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a run would do. ``read == to_send + same + set aside``."""

    counts: Counts
    batches: int
    facts: dict[str, Any]


async def rehearse(task: Task, file: StudentFile) -> Rehearsal:
    """Everything but the POST: a token is fetched, rows are mapped and cut, nothing is written down."""
    async with open_client(task.instance, task.settings.api) as client:
        await client.sign_in()
    return await asyncio.to_thread(_rehearsed, task, file)


def _rehearsed(task: Task, file: StudentFile) -> Rehearsal:
    state, reasons = State(), Counter[str]()
    counts, number = Counts(), 0
    if task.known is not None:
        task.known.begin("rehearsal")
    with task.progress.step("Students", unit="students") as step:
        for batch in batches_of(task, file, state.read, state.ids):
            aside, sent = len(batch.aside), batch.to_send
            number += bool(sent)
            counts += Counts(batch.rows, sent, batch.rows - sent - aside, aside)
            reasons.update(row.reason for row in batch.aside)
            step.advance(batch.rows)
    facts: dict[str, Any] = {"reasons": dict(reasons), **state.read.facts}
    late = len(task.known.late) if task.known is not None else 0
    counts += Counts(0, late, -late, 0)
    number += -(-late // task.settings.rows_a_batch)
    facts["repeated_students"] = len(state.ids.repeated())
    if task.known is not None and task.is_full:
        facts |= find_missing(task.known, task.settings).facts
    return Rehearsal(counts, number, facts)
