"""A way to a source's server, opened again where it broke, and kept from file to file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import TypeVar

from staffroom.config import Instance
from staffroom.errors import TransientError
from staffroom.intake.downloads.download import jitter_seconds
from staffroom.intake.servers.remote import Remote
from staffroom.intake.servers.settings import S3Settings, SftpSettings

T = TypeVar("T")


def open_remote(
    settings: SftpSettings | S3Settings, instance: Instance
) -> AbstractAsyncContextManager[Remote]:
    """The server that ``settings`` are of."""
    if isinstance(settings, SftpSettings):
        from staffroom.intake.servers.sftp import open_sftp

        return open_sftp(settings, instance)
    from staffroom.intake.servers.s3 import open_s3

    return open_s3(settings, instance)


class Line:
    """One connection for many files: ``connect`` hands it out, and makes a new one after a break."""

    def __init__(self, settings: SftpSettings | S3Settings, instance: Instance) -> None:
        self._settings, self._instance = settings, instance
        self._stack = AsyncExitStack()
        self._remote: Remote | None = None

    async def __aenter__(self) -> Line:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._hang_up()

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Remote]:
        if self._remote is None:
            self._remote = await self._stack.enter_async_context(open_remote(self._settings, self._instance))
        try:
            yield self._remote
        except TransientError:
            await self._hang_up()
            raise

    async def asked(self, ask: Callable[[Remote], Awaitable[T]], *, tries: int = 3) -> T:
        """What ``ask`` gives, connecting anew where the line breaks, ``tries`` times in all."""
        for attempt in range(1, tries):
            try:
                async with self.connect() as remote:
                    return await ask(remote)
            except TransientError:
                await asyncio.sleep(jitter_seconds(attempt))
        async with self.connect() as remote:
            return await ask(remote)

    async def _hang_up(self) -> None:
        self._remote = None
        await self._stack.aclose()
