"""Bytes of a download are passed on only once the server has shown that they are still of the same content.

A file that is overwritten while it comes would else be read as a mixture, and rows of it could have left by
the time its end is compared. A look at the server after bytes have come vouches for all of them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from staffroom.errors import TransientError
from staffroom.intake.servers.errors import RemoteChanged

EVERY_SECONDS = 0.5


class Vouching:
    """Looks at the server beside the reading. ``look`` raises RemoteChanged; ``vouched`` is told a size."""

    def __init__(self, look: Callable[[], Awaitable[object]], vouched: Callable[[int], None]) -> None:
        self._look, self._vouched = look, vouched
        self._looking: asyncio.Task[object] | None = None
        self._size = 0
        self._looked_at = time.monotonic()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    def came(self, size: int) -> None:
        """So many bytes are here now. Raises RemoteChanged where an earlier look has found that."""
        if self._looking is not None and self._looking.done():
            self._settle(self._looking)
        if self._looking is None and time.monotonic() - self._looked_at >= EVERY_SECONDS:
            self._looked_at, self._size = time.monotonic(), size
            self._looking = asyncio.ensure_future(self._look())

    def _settle(self, looking: asyncio.Task[object]) -> None:
        self._looking = None
        try:
            looking.result()
        except RemoteChanged:
            raise
        except TransientError:
            return  # a look that waits too long behind the bytes vouches for nothing; the next one may
        self._vouched(self._size)
