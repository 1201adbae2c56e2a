"""Files of an SFTP server, at the speed of the line.

What limits SFTP on a long line is the channel's receive window, not the number of requests: it is raised to
32 MiB here, and as many reads are under way as fill it. What limits it on a short one is what each packet
costs: they may be four times as large as usual.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

import asyncssh
from asyncssh import sftp as asyncssh_sftp

from staffroom.config import Instance
from staffroom.errors import StaffroomError
from staffroom.intake.downloads.digests import digest_in
from staffroom.intake.servers.errors import (
    ConnectionBroken,
    NotSpoken,
    RemoteFileMissing,
    RemoteForbidden,
    RemoteTimeout,
    ended_early,
)
from staffroom.intake.servers.in_order import EndedEarly, ReadAt, Window, in_order
from staffroom.intake.servers.remote import Remote, RemoteFile
from staffroom.intake.servers.settings import SftpSettings
from staffroom.intake.servers.signing_in import signed_in

RECEIVE_WINDOW = 32 * 1024 * 1024
LARGEST_PACKET = 128 * 1024
"""OpenSSH sends 32 KiB at a time where a client does not say that it takes more, and at most 256 KiB."""
BLOCK = 255 * 1024
"""What OpenSSH's server gives at most in one answer."""
LONG_ROUND_TRIP_SECONDS = 0.01
ROUND_TRIPS_TO_START = 4
"""The channel, its subsystem, the version and the limits of SFTP: each is asked and answered."""
REGULAR, LINK = asyncssh.FILEXFER_TYPE_REGULAR, asyncssh.FILEXFER_TYPE_SYMLINK
LARGEST_DIGEST_FILE = 4096

T = TypeVar("T")


@asynccontextmanager
async def open_sftp(settings: SftpSettings, instance: Instance) -> AsyncIterator[Remote]:
    """Sign in and open the files; raises each failure as its own error of ``remote_errors``."""
    async with signed_in(settings, instance) as connection:
        started = time.monotonic()
        files = await _start(connection, settings)
        round_trip_seconds = (time.monotonic() - started) / ROUND_TRIPS_TO_START
        window = _window(files, round_trip_seconds)
        yield _SftpRemote(files, settings, window, lambda: _start(connection, settings))


def _window(files: asyncssh.SFTPClient, round_trip_seconds: float) -> Window:
    """As many bytes under way as fill the receive window where the line is long, else a quarter of it."""
    block = min(BLOCK, files.limits.max_read_len or BLOCK)
    is_long = round_trip_seconds > LONG_ROUND_TRIP_SECONDS
    return Window(block, max(1, (RECEIVE_WINDOW if is_long else RECEIVE_WINDOW // 4) // block))


async def _start(connection: asyncssh.SSHClientConnection, settings: SftpSettings) -> asyncssh.SFTPClient:
    """The SFTP session in a channel with a window of our own."""
    try:
        async with asyncio.timeout(settings.connect_seconds):
            writer, reader, _ = await connection.open_session(
                subsystem="sftp", encoding=None, window=RECEIVE_WINDOW, max_pktsize=LARGEST_PACKET
            )
            return await asyncssh_sftp.start_sftp_client(
                connection,
                asyncio.get_running_loop(),
                "strict",
                reader,
                writer,
                "utf-8",
                "surrogateescape",
                asyncssh_sftp.MIN_SFTP_VERSION,
            )
    except TimeoutError:
        raise _silent(settings, "the start of SFTP") from None
    except (asyncssh.Error, EOFError) as error:
        raise NotSpoken(
            settings.place,
            f"lets the account sign in, but offers it no SFTP ({type(error).__name__}).",
            next_step="Ask the server's operator to enable the sftp subsystem for the account.",
        ) from None


class _SftpRemote:
    """An open SFTP session as a ``Remote``."""

    def __init__(
        self,
        files: asyncssh.SFTPClient,
        settings: SftpSettings,
        window: Window,
        another: Callable[[], Awaitable[asyncssh.SFTPClient]],
    ) -> None:
        """``another`` opens a second session on the same connection."""
        self._files, self._settings, self._window = files, settings, window
        self._another = another
        self._beside: asyncssh.SFTPClient | None = None
        self._reading = 0

    @property
    def place(self) -> str:
        return self._settings.place

    async def list(self, folder: str, beginning: str = "") -> tuple[RemoteFile, ...]:
        with _told(self.place, folder):
            names = await _in_time(self._files.readdir(folder or "."), self._settings)
        found = []
        for name in names:
            if not str(name.filename).startswith(beginning):
                continue
            path = f"{folder.rstrip('/')}/{name.filename!s}" if folder else str(name.filename)
            if name.attrs.type == REGULAR:
                found.append(_described(path, name.attrs))
            elif name.attrs.type == LINK:
                with contextlib.suppress(StaffroomError):  # one that leads nowhere is no file
                    found.append(await self.stat(path))
        return tuple(sorted(found, key=lambda file: file.path))

    async def stat(self, path: str) -> RemoteFile:
        files = await self._session_for_a_question()
        with _told(self.place, path):
            attributes = await _in_time(files.stat(path), self._settings)
        if attributes.type != REGULAR:
            raise RemoteFileMissing(f"{self.place} {path}", "is not a file.")
        return _described(path, attributes)

    async def _session_for_a_question(self) -> asyncssh.SFTPClient:
        """While a file comes, a second one: in the first an answer would stand behind all that was asked for.

        Servers that open no second one answer in the first.
        """
        if not self._reading:
            return self._files
        if self._beside is None:
            try:
                self._beside = await self._another()
            except StaffroomError:
                self._beside = self._files
        return self._beside

    async def read(self, file: RemoteFile, offset: int = 0) -> AsyncGenerator[bytes, None]:
        with _told(self.place, file.path):
            opened = await _in_time(self._open(file.path), self._settings)
            self._reading += 1
            try:
                blocks = in_order(_reader(opened), offset, file.size, self._window)
                async with aclosing(blocks):
                    while (block := await _in_time(anext(blocks, None), self._settings)) is not None:
                        yield block
            except EndedEarly as error:
                raise ended_early(self.place, file, int(error.args[0])) from None
            finally:
                self._reading -= 1
                await _let_go(opened)

    async def read_at(self, file: RemoteFile, start: int, length: int) -> bytes:
        part = replace(file, size=min(file.size, start + length))
        async with aclosing(self.read(part, start)) as blocks:
            return b"".join([block async for block in blocks])

    async def digest(self, file: RemoteFile) -> str | None:
        """What stands in the file of digests beside ``file``, where the settings name its suffix."""
        if not self._settings.digest_suffix:
            return None
        try:
            beside = await self.stat(file.path + self._settings.digest_suffix)
        except RemoteFileMissing:
            return None
        return digest_in(await self.read_at(beside, 0, LARGEST_DIGEST_FILE))

    async def _open(self, path: str) -> asyncssh.SFTPClientFile:
        # block_size=0: one request a read, since in_order keeps many under way
        return await self._files.open(path, "rb", encoding=None, block_size=0)


def _described(path: str, attributes: asyncssh.SFTPAttrs) -> RemoteFile:
    modified_at = datetime.fromtimestamp(attributes.mtime or 0, UTC)
    return RemoteFile(path, attributes.size or 0, modified_at)


def _reader(opened: asyncssh.SFTPClientFile) -> ReadAt:
    async def read_at(start: int, length: int) -> bytes:
        return await opened.read(length, start)

    return read_at


async def _let_go(opened: asyncssh.SFTPClientFile) -> None:
    """Close the file, unless the connection is gone, and the file with it."""
    with contextlib.suppress(asyncssh.Error, OSError, TimeoutError):
        async with asyncio.timeout(1):
            await opened.close()


async def _in_time(answer: Awaitable[T], settings: SftpSettings) -> T:
    try:
        async with asyncio.timeout(settings.silent_seconds):
            return await answer
    except TimeoutError:
        raise _silent(settings, "the next bytes") from None


def _silent(settings: SftpSettings, awaited: str) -> RemoteTimeout:
    return RemoteTimeout(
        settings.place,
        f"went silent: we waited {settings.silent_seconds:g} seconds for {awaited}.",
        happened="What has come is kept, and the next try goes on from there.",
    )


@contextmanager
def _told(place: str, path: str) -> Iterator[None]:
    """What the server or the line says, in our words."""
    try:
        yield
    except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
        raise RemoteFileMissing(
            f"{place} {path}", "is not there.", next_step="Check the folder and the name."
        ) from None
    except asyncssh.SFTPPermissionDenied:
        raise RemoteForbidden(
            f"{place} {path}", "may not be read by this account.", next_step="Ask the server's operator."
        ) from None
    except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection, asyncssh.SFTPEOFError) as error:
        raise _broken(place, error) from None
    except asyncssh.SFTPError as error:
        raise NotSpoken(f"{place} {path}", f"the server refused: {type(error).__name__}.") from None
    except (asyncssh.Error, OSError) as error:
        raise _broken(place, error) from None


def _broken(place: str, error: Exception) -> ConnectionBroken:
    return ConnectionBroken(
        place,
        f"the connection broke ({type(error).__name__}).",
        happened="What has come is kept, and the next try goes on from there.",
    )
