"""Batches leave while the file is read: one thread maps, the loop posts, the journal remembers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from staffroom.loader.batches import Batch
from staffroom.loader.client import Client
from staffroom.loader.delivery import Delivered, Deliverer
from staffroom.loader.following import Follower, Receipt, Told
from staffroom.loader.journal import Journal, records

QUEUED = 4
"""So many batches wait, mapped, to be sent; the mapping waits when there are more."""

FOLLOWERS = 4


@dataclass(slots=True)
class Before:
    """What earlier tries of a run have done, as its journal tells."""

    batches: set[int] = field(default_factory=set)
    receipts: list[Receipt] = field(default_factory=list)
    """Status URLs that have not told their end."""
    any_taken: bool = False
    last: int = 0
    """The highest number of a batch of the file."""


def read_before(journal: Path) -> Before:
    before = Before()
    told = set()
    for record in records(journal):
        if "batch" in record:
            before.batches.add(record["batch"])
            before.any_taken |= bool(record["sent"])
            before.last = max(before.last, 0 if record.get("late") else record["batch"])
            before.receipts += receipts_of(record)
        elif record.get("state") in ("done", "failed"):
            told.add((record["status"], record["url"]))
    before.receipts = [one for one in before.receipts if (one.number, one.url) not in told]
    return before


def receipts_of(record: dict[str, Any]) -> list[Receipt]:
    """The status URLs of a batch's record."""
    return [
        Receipt(record["batch"], url, tuple((first, last) for first, last in lines))
        for url, lines in record["sent"]
        if url
    ]


def batch_record(batch: Batch, delivered: Delivered) -> dict[str, Any]:
    """What the journal keeps of a batch that needs no further try."""
    return {
        "batch": batch.number,
        "at": now(),
        "lines": batch.lines,
        "rows": batch.rows,
        "sent": delivered.receipts,
        "aside": [astuple(row) for row in (*batch.aside, *delivered.refused)],
        "same": batch.same,
        **({"late": True} if batch.is_late else {}),
    }


def told_record(told: Told) -> dict[str, Any]:
    """What the journal keeps of a status that was followed."""
    return {
        "status": told.receipt.number,
        "at": now(),
        "url": told.receipt.url,
        "lines": told.receipt.lines,
        "state": told.state,
        "aside": [astuple(row) for row in told.aside],
        "counts": told.counts,
        "why": told.why,
    }


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class Sender:
    """Sends the batches of one run that its journal does not know yet, and follows what they are told by."""

    def __init__(
        self,
        client: Client,
        deliverer: Deliverer,
        journal: Journal,
        *,
        sent: Callable[[Batch], None] = lambda _: None,
        told: Callable[[Told], None] = lambda _: None,
    ) -> None:
        """``sent`` hears of each batch that is settled, now or before, by whichever thread; ``told`` of each
        status that was followed to its end."""
        self._client, self._deliverer, self._journal, self._sent = client, deliverer, journal, sent
        self._told = told
        self._batches: asyncio.Queue[Batch | None] = asyncio.Queue(QUEUED)
        self._receipts: asyncio.Queue[Receipt | None] = asyncio.Queue()
        self._follower = Follower(client, self._tell)
        self._stopping = threading.Event()

    def _tell(self, told: Told) -> None:
        self._journal.add(told_record(told))
        self._told(told)

    async def send(self, batches: Iterator[Batch], before: Before) -> None:
        """Until all is settled. Raises the first error; what is under way then will be sent again."""
        loop = asyncio.get_running_loop()
        for receipt in before.receipts if self._client.settings.follow_status else ():
            self._receipts.put_nowait(receipt)
        mapping = asyncio.create_task(asyncio.to_thread(self._map, batches, before.batches, loop))
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._until_mapped(mapping))
                for _ in range(FOLLOWERS):
                    group.create_task(self._follower.follow(self._receipts))
                group.create_task(self._post_all())
            await mapping  # raises what ended the reading, now that all before it was sent and noted
        except BaseExceptionGroup as errors:
            raise _first(errors) from None
        finally:
            self._stopping.set()
            await asyncio.gather(mapping, return_exceptions=True)

    async def _until_mapped(self, mapping: asyncio.Task[None]) -> None:
        """What was mapped before the file turned out to be damaged is sent all the same, and noted."""
        await asyncio.wait([mapping])
        await self._batches.put(None)

    async def _post_all(self) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(self._client.settings.most_in_flight):
                group.create_task(self._post())
        self._receipts.put_nowait(None)

    async def _post(self) -> None:
        while (batch := await self._batches.get()) is not None:
            delivered = await self._deliverer.deliver(batch) if batch.to_send else Delivered()
            record = batch_record(batch, delivered)
            self._journal.add(record)
            self._follower.moved()
            if self._client.settings.follow_status:
                for receipt in receipts_of(record):
                    self._receipts.put_nowait(receipt)
            self._sent(batch)
        self._batches.put_nowait(None)  # for the others

    def _map(self, batches: Iterator[Batch], done: set[int], loop: asyncio.AbstractEventLoop) -> None:
        for batch in batches:
            if self._stopping.is_set():
                return
            if batch.number in done:
                self._sent(batch)
                continue
            put = asyncio.run_coroutine_threadsafe(self._batches.put(batch), loop)
            while not put.done():
                try:
                    put.result(timeout=0.5)
                except TimeoutError:
                    if self._stopping.is_set():
                        put.cancel()
                        return


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first error of a group of groups."""
    error = errors.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
