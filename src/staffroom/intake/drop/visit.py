"""One connection of an account, from its sign-in to its end: what it opens, delivers and leaves half done."""

from __future__ import annotations

import asyncio
import time

from staffroom.intake.drop.journal import Journal
from staffroom.intake.drop.landing import Landing
from staffroom.intake.drop.record import BROKEN, LEFT, Record
from staffroom.intake.drop.uploads import Upload


class Visit:
    """What the SFTP sessions of one connection share."""

    def __init__(
        self, account: str, address: str, landing: Landing, record: Record, journal: Journal
    ) -> None:
        self.account, self.address, self.landing = account, address, landing
        self._record, self._journal = record, journal
        self._number = record.began(account, address)
        self._began = time.monotonic()
        self._uploads: set[Upload] = set()
        self._delivered: set[bytes] = set()
        self._finishing: set[asyncio.Task[None]] = set()
        self._files = self._bytes = self._received = 0
        self._left_undone = 0
        self._is_over = False
        self.ends_as = ""
        """Why the drop itself ends it: idle or stopped."""
        self.active_at = time.monotonic()
        journal.write("session began", session=self._number, account=account, address=address)

    def open(self, path: bytes, flags: int) -> Upload:
        upload = self.landing.open(path, flags)
        self._uploads.add(upload)
        return upload

    async def write(self, upload: Upload, offset: int, data: bytes) -> None:
        self.active_at = time.monotonic()
        await self.landing.allowance.pace(len(data))
        self.active_at = time.monotonic()
        try:
            self.landing.allowance.take(len(data))
        except Exception as error:
            upload.refuse(str(error))
            raise
        upload.write(offset, data)
        self._received += len(data)

    async def close(self, path: bytes, upload: Upload) -> None:
        """Deliver it. It goes on to its end even where the connection breaks meanwhile."""
        task = asyncio.get_running_loop().create_task(self._deliver(path, upload))
        self._finishing.add(task)
        task.add_done_callback(self._finishing.discard)
        await asyncio.shield(task)

    def abandon(self, upload: Upload) -> None:
        """The client has gone without closing it."""
        if upload.is_open:
            self._left_undone += 1
            upload.abandon()
        self._forget(upload)

    def renamed(self, old: bytes, new: bytes) -> None:
        size = self.landing.rename(old, new, is_own=old in self._delivered)
        if size is None:
            return
        if old not in self._delivered:
            self._count(new, size)
        self._delivered.discard(old)
        self._delivered.add(new)

    async def end(self, error: Exception | None) -> None:
        """Write down how it ended; safe to call twice."""
        if self._is_over:
            return
        self._is_over = True
        for upload in list(self._uploads):
            self.abandon(upload)
        await asyncio.gather(*self._finishing, return_exceptions=True)
        self.landing.allowance.write_down()
        how = self.ends_as or (BROKEN if error is not None or self._left_undone else LEFT)
        self._record.ended(self._number, how)
        self._journal.write(
            "session ended",
            session=self._number,
            account=self.account,
            address=self.address,
            files=self._files,
            bytes=self._bytes,
            received=self._received,
            seconds=round(time.monotonic() - self._began, 3),
            left_undone=self._left_undone or None,
            ended=how,
            error=type(error).__name__ if error else "",
        )

    async def _deliver(self, path: bytes, upload: Upload) -> None:
        try:
            upload.begin_closing()
            await asyncio.to_thread(upload.complete)
        except Exception:
            self._left_undone += 1
            raise
        finally:
            self._forget(upload)
        if self.landing.is_delivered(upload):
            self._delivered.add(path)
            self._count(path, upload.size)

    def _count(self, path: bytes, size: int) -> None:
        self._files += 1
        self._bytes += size
        self._record.delivered(self._number, size)
        self._journal.write(
            "delivered", session=self._number, account=self.account, file=path.decode(), bytes=size
        )

    def _forget(self, upload: Upload) -> None:
        self._uploads.discard(upload)
        self.landing.forget(upload)
