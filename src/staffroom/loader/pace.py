"""How many requests are under way at once: more while that helps, fewer when the other end is pressed.

The limit grows by one a round while requests take about as long as the fastest did, holds when they queue up
at the other end, and is halved when the API says "later".
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

FEW_WAITING = 2.0
"""While fewer requests than that wait at the other end, one more may be under way."""

MANY_WAITING = 5.0
FORGET = 1.002
"""The fastest time is taken for slower by so much a request, so that a line that became slow is learnt."""


class Pace:
    """Bounds requests under way; ``limit`` moves between 1 and ``most``."""

    def __init__(self, most: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        self.limit = min(4.0, float(most))
        self._clock = clock
        self._running = 0
        self._free = asyncio.Condition()
        self._fastest = float("inf")
        self._paused_until = 0.0
        self._slowed_at = float("-inf")

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn, past any pause, and hold it."""
        while True:
            async with self._free:
                await self._free.wait_for(lambda: self._running < int(self.limit))
                pause = self._paused_until - self._clock()
                if pause <= 0:
                    self._running += 1
                    break
            await asyncio.sleep(pause)
        try:
            yield
        finally:
            async with self._free:
                self._running -= 1
                self._free.notify_all()

    def went_well(self, seconds: float) -> None:
        """A request was answered after so long."""
        self._fastest = min(self._fastest * FORGET, seconds)
        waiting = self.limit * (1 - self._fastest / seconds) if seconds > 0 else 0.0
        if waiting < FEW_WAITING:
            self.limit = min(float(self.most), self.limit + 1 / self.limit)
        elif waiting > MANY_WAITING:
            self.limit = max(1.0, self.limit - 1 / self.limit)

    def later(self, pause_seconds: float) -> None:
        """The API said "later": nothing begins before the pause is over, and then half as much."""
        now = self._clock()
        self._paused_until = max(self._paused_until, now + pause_seconds)
        if now - self._slowed_at > min(self._fastest, 1.0):  # the answers to one round count once
            self.limit = max(1.0, self.limit / 2)
            self._slowed_at = now
