"""A remote file comes here, whole or from where it stopped, and is what the server says it is.

The bytes come into ``<target>.part``, in order, so its size is always the place to go on from;
``<target>.part.json`` remembers whose bytes they are. At the end the part takes the target's name.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass
from pathlib import Path

from staffroom.errors import TransientError
from staffroom.intake.downloads.digests import digest_of
from staffroom.intake.downloads.partial import DownloadBusy, Part, Places, local_of, open_part
from staffroom.intake.downloads.resuming import start_of
from staffroom.intake.downloads.vouching import Vouching
from staffroom.intake.servers.errors import DigestDiffers, DiskFull, RemoteChanged
from staffroom.intake.servers.remote import Remote, RemoteFile

LONGEST_WAIT_SECONDS = 30.0

Connect = Callable[[], AbstractAsyncContextManager[Remote]]
"""Opens a new way to the server: after the last one broke."""
Appended = Callable[[int], None]
"""Told the size of the part: first when the download begins, then as it grows."""


@dataclass(frozen=True, slots=True)
class Downloaded:
    """``resumed_at`` is where this run began: 0 for a whole download, ``size`` where all was there before."""

    path: Path
    size: int
    resumed_at: int
    digest: str | None
    """What the content was verified by; None where the server gives no digest and the size alone was."""
    note: str = ""
    """Why a leftover was not continued; empty where there was none."""


def part_of(target: Path) -> Path:
    """Where the bytes are while the download is under way."""
    return Places(target).part


async def download(
    remote: Remote,
    file: RemoteFile,
    target: Path,
    *,
    offset: int | None = None,
    appended: Appended | None = None,
    vouched: Appended | None = None,
) -> Downloaded:
    """One try: what is ``file`` on the server now, to ``target``.

    ``vouched`` is told, later than ``appended``, what the server has shown to be of this very content.
    Raises what ``resuming.start_of`` raises before anything is changed; RemoteChanged where ``file`` is not
    what is there any more, before or after; DiskFull, DigestDiffers, DownloadBusy and the remote's errors.
    """
    file = await _unchanged(remote, file)
    places = Places(target)
    local = local_of(places)
    start = start_of(file, local, offset)
    if start.is_done:
        for told in (appended, vouched):
            (told or _nobody)(file.size)
        return Downloaded(target, file.size, file.size, None)
    with open_part(places, start, from_whole=local is not None and local.is_whole) as part:
        part.begin(file, start)
        await _fetch(remote, file, part, appended or _nobody, vouched or _nobody)
        await asyncio.to_thread(part.sync)
        await _unchanged(remote, file)
        (vouched or _nobody)(part.size)
        digest = await _verified(remote, file, part)
        part.complete(file)
    return Downloaded(target, file.size, start.at, digest, start.note)


def _nobody(size: int) -> None:
    """Nobody is told."""


async def _fetch(remote: Remote, file: RemoteFile, part: Part, appended: Appended, vouched: Appended) -> None:
    appended(part.size)
    vouched(part.size)  # remembered to be of this content, which was there a moment ago
    vouching = Vouching(lambda: _unchanged(remote, file), vouched)
    async with vouching, aclosing(remote.read(file, part.size)) as blocks:
        async for block in blocks:
            part.append(block)
            appended(part.size)
            vouching.came(part.size)


async def _unchanged(remote: Remote, file: RemoteFile) -> RemoteFile:
    now = await remote.stat(file.path)
    if not now.same_content(file):
        raise RemoteChanged(
            f"{remote.place} {file.path}",
            f"was changed meanwhile: {file.size:,} bytes of {file.modified_at:%Y-%m-%d %H:%M:%S} became "
            f"{now.size:,} of {now.modified_at:%Y-%m-%d %H:%M:%S} (UTC).",
            happened="What had come is not used.",
            next_step="The next try begins anew.",
        )
    return now


async def _verified(remote: Remote, file: RemoteFile, part: Part) -> str | None:
    expected = file.digest or await remote.digest(file)
    if expected is None:
        return None
    found = await asyncio.to_thread(digest_of, part.places.part, expected)
    if found != expected:
        part.discard()  # going on from wrong bytes would be wrong for ever
        raise DigestDiffers(
            f"{remote.place} {file.path}",
            f"came with the digest {found}, and the server says {expected}.",
            happened="It was thrown away.",
            next_step="The next run fetches it anew; if it fails again, ask whoever delivers it.",
        )
    return expected


async def download_through(
    connect: Connect,
    file: RemoteFile,
    target: Path,
    *,
    offset: int | None = None,
    appended: Appended | None = None,
    vouched: Appended | None = None,
    tries: int = 5,
) -> Downloaded:
    """``download``, connecting anew and going on where a connection breaks, until ``tries`` brought nothing.

    Raises RemoteChanged at once: whoever read what has come has to begin anew.
    """
    tried = _Tried(appended or _nobody)
    while True:
        try:
            async with connect() as remote:
                return await download(
                    remote, file, target, offset=offset, appended=tried.appended, vouched=vouched
                )
        except (RemoteChanged, DiskFull, DownloadBusy):
            raise
        except TransientError:
            if tried.in_vain() >= tries:
                raise
            if tried.has_begun:
                offset = None  # what stood behind it has been cut off
            await asyncio.sleep(jitter_seconds(tried.failures))


def jitter_seconds(attempt: int) -> float:
    """Up to 2, 4, 8 … seconds, at random, so that many clients do not come back together."""
    return random.uniform(0, min(LONGEST_WAIT_SECONDS, 2.0**attempt))  # noqa: S311 - no secret


class _Tried:
    """How often in a row a try brought nothing."""

    def __init__(self, appended: Appended) -> None:
        self._appended = appended
        self._size: int | None = None
        self._has_grown = False
        self.failures = 0

    @property
    def has_begun(self) -> bool:
        return self._size is not None

    def appended(self, size: int) -> None:
        self._has_grown |= self._size is not None and size > self._size
        self._size = size
        self._appended(size)

    def in_vain(self) -> int:
        self.failures = 1 if self._has_grown else self.failures + 1
        self._has_grown = False
        return self.failures
