"""A remote in memory: the honest other end where no line is needed, with faults on demand."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from staffroom.intake.servers.errors import ConnectionBroken, RemoteFileMissing, ended_early
from staffroom.intake.servers.remote import Remote, RemoteFile

FIRST_DAY = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@dataclass
class Shelf:
    """Files by path; ``put`` writes one, a second later than the last. ``reads`` are offsets asked for."""

    with_digests: bool = False
    block: int = 1000
    place: str = "shelf://here"
    break_after: int | None = None
    """How many more bytes come until the line breaks, once."""
    meanwhile: Callable[[], None] | None = None
    """Done once, when the first block has been read."""
    files: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    reads: list[int] = field(default_factory=list)
    clock: datetime = FIRST_DAY

    def put(self, path: str, content: bytes, *, keep_time: bool = False) -> RemoteFile:
        if not keep_time:
            self.clock += timedelta(seconds=1)
        self.files[path] = (content, self.clock)
        return self._describe(path)

    def _describe(self, path: str) -> RemoteFile:
        if path not in self.files:
            raise RemoteFileMissing(f"{self.place} {path}", "is not there.")
        content, written_at = self.files[path]
        return RemoteFile(path, len(content), written_at)

    async def list(self, folder: str, beginning: str = "") -> tuple[RemoteFile, ...]:
        prefix = f"{folder}/{beginning}" if folder else beginning
        return tuple(self._describe(path) for path in sorted(self.files) if path.startswith(prefix))

    async def stat(self, path: str) -> RemoteFile:
        return self._describe(path)

    async def read(self, file: RemoteFile, offset: int = 0) -> AsyncGenerator[bytes, None]:
        self.reads.append(offset)
        for start in range(offset, file.size, self.block):
            block = self.files[file.path][0][start : min(start + self.block, file.size)]
            if not block:
                raise ended_early(self.place, file, start)
            if self.break_after is not None:
                self.break_after -= len(block)
                if self.break_after < 0:
                    kept, self.break_after = block[: self.break_after], None
                    yield kept
                    raise ConnectionBroken(self.place, "broke.")
            yield block
            if self.meanwhile is not None:
                meanwhile, self.meanwhile = self.meanwhile, None
                meanwhile()
            await asyncio.sleep(0)  # as on a line, others have their turn while the next block comes

    async def read_at(self, file: RemoteFile, start: int, length: int) -> bytes:
        return self.files[file.path][0][start : start + length]

    async def digest(self, file: RemoteFile) -> str | None:
        content = self.files[file.path][0]
        return f"sha256:{hashlib.sha256(content).hexdigest()}" if self.with_digests else None

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Remote]:
        yield self
