"""Of students with several rows the last one wins: when all else was taken it is sent, where it is news."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import polars as pl

from staffroom.loader.client import Client
from staffroom.loader.closing import Reading, late_batches, repeated_facts, settle_repeated
from staffroom.loader.delivery import Deliverer
from staffroom.loader.journal import Journal
from staffroom.loader.repeats import MOST_SETTLED, Repeated, find_rows
from staffroom.loader.runs import Run
from staffroom.loader.sending import Sender, now, read_before
from staffroom.loader.students import hashes_of
from staffroom.loader.task import State, Task


async def settle(
    task: Task, again: Reading, run: Run, journal: Journal, client: Client, state: State
) -> None:
    """Of students with several rows the last one wins: it is sent after all others, where it is news."""
    hashes = await asyncio.to_thread(state.ids.repeated)
    late = task.known.late if task.known is not None else []
    too_many = len(hashes) > MOST_SETTLED
    wanted = hashes_of(late) if too_many else pl.concat([hashes, hashes_of(late)]).unique()
    found = await asyncio.to_thread(find_rows, again(), wanted) if len(wanted) else {}
    several = {student: one for student, one in found.items() if len(one.lines) > 1}
    differing = {student: one for student, one in several.items() if one.gave_way}
    held = task.known.held if task.known is not None else frozenset()
    sent = {student: one for student, one in differing.items() if student not in held}
    settled, refused = await settle_repeated(sent, client, run.identity, task.settings.rows_a_batch)
    state.facts |= repeated_facts(several, settled) if several else {}
    if too_many:
        state.facts |= {"repeated_students": len(hashes), "repeated_settled": 0}
    if task.known is not None:
        news = sorted((found[one] for one in late), key=lambda one: one.lines[-1])
        await _send_late(task, news, run, journal, client, state)
        gave_way = [(line, one) for one in differing if one in held for line in differing[one].gave_way]
        journal.add({"gave_way": gave_way, "at": now()})
        task.known.met_repeated(differing, refused)


async def _send_late(
    task: Task, rows: Sequence[Repeated], run: Run, journal: Journal, client: Client, state: State
) -> None:
    """The last rows of students who were held back until all rows were read."""
    if task.known is None or not rows:
        return
    task.known.send_late()
    before = read_before(run.journal)
    before.receipts = [one for one in before.receipts if one.number > before.last]  # others were followed
    deliverer = Deliverer(client, run.identity, task.mapping.id_key, taken_before=True)
    sender = Sender(client, deliverer, journal)
    await sender.send(late_batches(rows, before.last + 1, task.settings.rows_a_batch), before)
    state.taken += deliverer.rows_taken
    journal.settle()
