"""The run: a file of students, whole or still arriving, becomes acknowledged batches and a report."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from staffroom.config import Instance
from staffroom.errors import StaffroomError
from staffroom.loader.batches import Batch, chosen, cut
from staffroom.loader.client import Client
from staffroom.loader.closing import (
    delete_missing,
    find_missing,
    place_students,
    removal_by,
)
from staffroom.loader.delivery import Deliverer
from staffroom.loader.errors import MassDeletion, StatusUntold
from staffroom.loader.http import open_wire
from staffroom.loader.journal import Journal
from staffroom.loader.reading import Read, StudentFile
from staffroom.loader.repeats import Ids
from staffroom.loader.report import Figures, figures, set_aside, students_without_row, write_report
from staffroom.loader.runs import Run
from staffroom.loader.sending import Sender, read_before
from staffroom.loader.settings import ApiSettings
from staffroom.loader.settling import settle
from staffroom.loader.students import Mapped
from staffroom.loader.task import State, Task
from staffroom.loader.token import TokenRequest, Tokens
from staffroom.tally import Silent, counted


@asynccontextmanager
async def open_client(instance: Instance, api: ApiSettings) -> AsyncIterator[Client]:
    """The API with its tokens, for as long as a run lasts."""
    certificates = instance.path(api.certificates) if api.certificates else None
    async with open_wire(api, certificates) as wire:
        yield Client(api, wire, Tokens(token_request(instance, api), wire.session))


def token_request(instance: Instance, api: ApiSettings) -> TokenRequest | None:
    """The form that asks for a token. Raises SettingsError where a secret is missing."""
    if api.grant == "none":
        return None
    form = {"grant_type": api.grant, "client_id": api.client_id, "scope": api.scope, "username": api.user}
    if api.client_secret_secret and api.client_id:
        form["client_secret"] = instance.secret(api.client_secret_secret)
    if api.grant == "password":
        form["password"] = instance.secret(api.password_secret)
    return TokenRequest(api.token_url, {key: value for key, value in form.items() if value})


@dataclass(slots=True)
class Outcome:
    """How a run stands: its figures, what else was met on the way, and how long this try took.

    ``sending_seconds`` end with the last student that the API took: what became of them is asked for longer.
    """

    run: Run
    figures: Figures
    seconds: float
    sending_seconds: float = 0.0
    sent_now: int = 0
    """Students that this try sent; earlier tries are not in it."""
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def told(self) -> dict[str, Any]:
        """What the last line tells beside the counts: what somebody should look at."""
        figures = {
            "batches_without_status": self.figures.without_status,
            "unknown_values": self.facts.get("unknown_values", {}),
            "reasons": dict(self.figures.reasons),
            "became": dict(self.figures.became),
        }
        more = {
            name: value for name, value in self.facts.items() if name.startswith(("missing_", "repeated_"))
        }
        return {**figures, **more}

    @property
    def rate(self) -> int:
        """Students sent a second."""
        return round(self.sent_now / self.sending_seconds) if self.sending_seconds else 0


async def upload(
    task: Task, file: StudentFile, run: Run, *, arrived: Awaitable[object] | None = None
) -> Outcome:
    """Send what is left of a run; write its report. Raises what ends a run before its end, to be resumed.

    Where the file still comes, ``arrived`` says that all of it came and is what was sent.
    """
    started, state = time.monotonic(), State()
    if task.known is not None:
        task.known.begin(run.identity)
    try:
        with Journal(run.journal) as journal:
            async with open_client(task.instance, task.settings.api) as client:
                try:
                    await _send(task, file, run, journal, client, state)
                    if arrived is not None:
                        await arrived
                    journal.settle()
                    await _close(task, file, run, journal, client, state)
                finally:
                    state.facts["requests"] = asdict(client.met)
    except BaseException as error:
        why = str(error) if isinstance(error, StaffroomError) else type(error).__name__
        _report(_outcome(run, file, state, started), complete=False, error=why)
        raise
    outcome = _outcome(run, file, state, started)
    finish(task, outcome)
    return outcome


def _outcome(run: Run, file: StudentFile, state: State, started: float) -> Outcome:
    facts = {**state.facts, "file": file.name, **state.read.facts}
    seconds, sending = time.monotonic() - started, max(0.0, state.last_taken_at - started)
    return Outcome(run, figures(run.journal), seconds, sending, state.taken, facts)


async def _send(
    task: Task, file: StudentFile, run: Run, journal: Journal, client: Client, state: State
) -> None:
    before = read_before(run.journal)
    deliverer = Deliverer(client, run.identity, task.mapping.id_key, taken_before=before.any_taken)
    following = task.progress if task.settings.api.follow_status else Silent()
    with (
        task.progress.step("Students", unit="students") as sent,
        following.step("Statuses followed to their end", unit="batches") as told,
    ):
        sender = Sender(
            client,
            deliverer,
            journal,
            sent=lambda batch: sent.advance(batch.rows),
            told=lambda _: told.advance(),
        )
        try:
            await sender.send(batches_of(task, file, state.read, state.ids), before)
        finally:
            state.taken, state.last_taken_at = deliverer.rows_taken, deliverer.last_taken_at


def batches_of(task: Task, file: StudentFile, read: Read, ids: Ids) -> Iterator[Batch]:
    """The batches of a file that are to be sent, unchanged students left out."""
    blocks = ids.noting(task.rows(file, read, ids=task.known is not None))
    if task.known is not None:
        blocks = task.known.without_known(blocks, keep_all=not task.settings.skip_unchanged)
    batches = cut(blocks, task.settings.rows_a_batch)
    return chosen(batches, start_line=task.chosen.start_line, limit=task.chosen.limit)


async def _close(
    task: Task, file: StudentFile, run: Run, journal: Journal, client: Client, state: State
) -> None:
    """What comes after the last batch."""

    def again() -> Iterator[Mapped]:
        return task.rows(file, Read(), ids=True)

    await asyncio.to_thread(place_students, again, students_without_row(run.journal), journal)
    await settle(task, again, run, journal, client, state)
    if task.known is not None and task.is_full:
        missing = find_missing(task.known, task.settings)
        if task.settings.delete_missing and not missing.too_many:
            remove = removal_by(client, task.mapping, run.identity)
            await delete_missing(task.known, missing, remove, journal)
        state.facts |= missing.facts


def finish(task: Task, outcome: Outcome) -> None:
    """Write the report; close the journal. Raises StatusUntold, MassDeletion."""
    told = not outcome.figures.untold
    facts = _report(outcome, complete=told)
    if not told:
        batches = counted(outcome.figures.untold, "batch does", "batches do")
        raise StatusUntold(
            outcome.run.identity,
            f"{batches} not tell what became of the rows.",
            happened=f"What was sent was taken by the API: {counted(outcome.figures.taken, 'student')}.",
            next_step="Run it again to ask once more, or set [loader.api] follow_status = false.",
        )
    if task.known is not None:
        task.known.finish(row.id for row in set_aside(outcome.run.journal) if row.id)
    with Journal(outcome.run.journal) as journal:
        journal.add({"end": True, **facts})
    if task.settings.delete_missing and outcome.facts.get("missing_too_many"):
        missing = counted(outcome.facts["missing_students"], "student is", "students are")
        raise MassDeletion(
            outcome.run.identity,
            f"{missing} missing from the file.",
            happened="All others were sent; none was deleted.",
            next_step="If the file is whole, raise most_missing and most_missing_share for a night.",
        )


def _report(outcome: Outcome, *, complete: bool, error: str = "") -> dict[str, Any]:
    speed = {"seconds": round(outcome.seconds, 1), "students_per_second": outcome.rate}
    facts = {**outcome.figures.facts, **speed, **outcome.facts}
    about = {"run": outcome.run.identity, **outcome.run.facts, "complete": complete}
    write_report(outcome.run, {**about, **({"error": error} if error else {}), **facts})
    return facts
