"""How much an account may still deliver today, and how fast."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import date

from asyncssh import SFTPQuotaExceeded

from staffroom.intake.drop.record import Record
from staffroom.intake.drop.settings import MEGABYTE, DropAccount

BURST_SECONDS = 1
WRITTEN_EVERY = 64 * 1024 * 1024
"""After so many bytes the count of the day is written down: a crash forgets no more."""


class Allowance:
    """Of one account, over all its connections. ``today`` tells the institution's day."""

    def __init__(self, account: DropAccount, record: Record, today: Callable[[], date]) -> None:
        self._account, self._record, self._today = account, record, today
        self._unwritten = 0
        self._free_at = 0.0
        self._day = today()
        self._files, self._bytes = record.of_day(account.name, self._day)

    def begin_file(self) -> None:
        """Count a new file or folder. Raises SFTPQuotaExceeded."""
        self._turn()
        if self._files >= self._account.day_files:
            raise SFTPQuotaExceeded(f"{self._account.day_files:,} files a day are allowed; resume tomorrow")
        self._check_bytes(0)
        self._files += 1
        self.write_down(files=1)

    def take(self, size: int) -> None:
        """Count bytes that have come. Raises SFTPQuotaExceeded."""
        self._turn()
        self._check_bytes(size)
        self._bytes += size
        self._unwritten += size
        if self._unwritten >= WRITTEN_EVERY:
            self.write_down()

    async def pace(self, size: int) -> None:
        """Wait until bytes may come at the account's rate."""
        rate = self._account.megabytes_per_second * MEGABYTE
        if not rate:
            return
        now = time.monotonic()
        self._free_at = max(self._free_at, now - BURST_SECONDS) + size / rate
        if self._free_at > now:
            await asyncio.sleep(self._free_at - now)

    def write_down(self, *, files: int = 0) -> None:
        self._record.count(self._account.name, self._day, files=files, size=self._unwritten)
        self._unwritten = 0

    def _check_bytes(self, size: int) -> None:
        if self._bytes + size > self._account.day_bytes:
            raise SFTPQuotaExceeded(f"{self._account.day_bytes:,} bytes a day are allowed; resume tomorrow")

    def _turn(self) -> None:
        """Begin a new day's count, where one has begun."""
        today = self._today()
        if today != self._day:
            self.write_down()
            self._day = today
            self._files, self._bytes = self._record.of_day(self._account.name, today)
