"""Many reads under way, their answers handed on strictly in order: a long line is full, memory bounded."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass

ReadAt = Callable[[int, int], Awaitable[bytes]]
"""``read_at(start, length)``: those bytes, or fewer, or none at the end."""


class EndedEarly(Exception):
    """The file has fewer bytes than it was said to have; the first that is missing."""


@dataclass(frozen=True, slots=True)
class Window:
    """How much is asked for at a time, and how much before the first answer is there."""

    block: int
    in_flight: int


async def in_order(read_at: ReadAt, start: int, end: int, window: Window) -> AsyncGenerator[bytes, None]:
    """The bytes from ``start`` to ``end``. Raises EndedEarly, and what ``read_at`` raises."""
    waiting: deque[asyncio.Task[bytes]] = deque()
    position = start
    try:
        while position < end or waiting:
            while position < end and len(waiting) < window.in_flight:
                length = min(window.block, end - position)
                waiting.append(asyncio.create_task(_whole(read_at, position, length)))
                position += length
            yield await waiting.popleft()
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def _whole(read_at: ReadAt, start: int, length: int) -> bytes:
    """Exactly ``length`` bytes: servers may give fewer than they are asked for."""
    data = await read_at(start, length)
    while len(data) < length:
        more = await read_at(start + len(data), length - len(data))
        if not more:
            raise EndedEarly(start + len(data))
        data += more
    return data
