"""The SFTP that the drop speaks: the few requests that an upload needs, and no others."""

from __future__ import annotations

import os
import stat as stat_module
import time
from collections.abc import AsyncIterator
from typing import Any, cast

import asyncssh
from asyncssh import SFTPAttrs, SFTPFailure, SFTPName, SFTPPermissionDenied
from asyncssh import sftp as asyncssh_sftp
from asyncssh.stream import SSHReader, SSHServerStreamSession, SSHWriter

from staffroom.intake.drop.paths import parts, said
from staffroom.intake.drop.uploads import Upload
from staffroom.intake.drop.visit import Visit

VERSION = 3
MOST_HANDLES = 128
REQUESTS = (
    *("OPEN", "CLOSE", "READ", "WRITE", "STAT", "LSTAT", "FSTAT", "SETSTAT", "FSETSTAT"),
    *("OPENDIR", "READDIR", "REALPATH", "REMOVE", "RENAME", "MKDIR", "RMDIR"),
)
EXTENSIONS = (b"posix-rename@openssh.com", b"fsync@openssh.com", b"limits@openssh.com")


class Handle:
    """An open upload and the path under which the client opened it."""

    def __init__(self, path: bytes, upload: Upload) -> None:
        self.path, self.upload = path, upload


class DropFiles(asyncssh.SFTPServer):
    """What each request does. What is not here is refused by name, or is not among ``REQUESTS``."""

    def __init__(self, channel: asyncssh.SSHServerChannel[bytes], visit: Visit) -> None:
        super().__init__(channel)
        self._visit = visit
        self._landing = visit.landing
        self._has_gone = False

    def gone(self) -> None:
        """From now on a file that is closed was not closed by the client: the library closes what is open."""
        self._has_gone = True

    def asked(self) -> None:
        self._visit.active_at = time.monotonic()

    def open(self, path: bytes, pflags: int, attrs: SFTPAttrs) -> Handle:  # noqa: ARG002 - the library's signature
        path = _plain(path)
        return Handle(path, self._visit.open(path, pflags))

    async def close(self, file_obj: object) -> None:
        handle = _handle(file_obj)
        if self._has_gone:
            self._visit.abandon(handle.upload)
        else:
            await self._visit.close(handle.path, handle.upload)

    async def write(self, file_obj: object, offset: int, data: bytes) -> int:
        await self._visit.write(_handle(file_obj).upload, offset, data)
        return len(data)

    def read(self, file_obj: object, offset: int, size: int) -> bytes:  # noqa: ARG002 - the library's signature
        raise SFTPPermissionDenied("this account delivers; nothing can be read")

    def fsync(self, file_obj: object) -> None:
        _handle(file_obj).upload.sync()

    def fstat(self, file_obj: object) -> SFTPAttrs:
        return _attributes(_handle(file_obj).upload.state())

    def fsetstat(self, file_obj: object, attrs: SFTPAttrs) -> None:
        """The size that it has is confirmed; mode and times, which ``put -p`` sends, are the drop's own."""
        if attrs.size is not None:
            _handle(file_obj).upload.cut_to(attrs.size)

    def setstat(self, path: bytes, attrs: SFTPAttrs) -> None:
        """Times alone are ignored, since some clients give up a whole transfer over them."""
        self._landing.state(path)
        if any(value is not None for value in (attrs.size, attrs.uid, attrs.gid, attrs.permissions)):
            raise SFTPPermissionDenied("size, owner and mode cannot be changed")

    def stat(self, path: bytes) -> SFTPAttrs:
        return _attributes(self._landing.state(said(path).encode()))

    lstat = stat

    def realpath(self, path: bytes) -> bytes:
        return said(path).encode()

    async def scandir(self, path: bytes) -> AsyncIterator[SFTPName]:
        for shown in self._landing.entries(said(path).encode()):
            yield SFTPName(shown.name.encode(), attrs=_attributes(shown.state))

    def remove(self, path: bytes) -> None:
        self._landing.remove(path)

    def mkdir(self, path: bytes, attrs: SFTPAttrs) -> None:  # noqa: ARG002 - the library's signature
        self._landing.make_folder(path)

    def rmdir(self, path: bytes) -> None:
        self._landing.state(path)
        raise SFTPPermissionDenied("folders stay")

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        self._visit.renamed(_plain(oldpath), _plain(newpath))

    posix_rename = rename

    def format_user(self, uid: int | None) -> str:  # noqa: ARG002 - the library's signature
        return self._visit.account

    def format_group(self, gid: int | None) -> str:  # noqa: ARG002 - the library's signature
        return self._visit.account


def _plain(path: bytes) -> bytes:
    """The one spelling of a path, so that two of them can be compared."""
    return "/".join(parts(path)).encode()


def _handle(file_obj: object) -> Handle:
    if not isinstance(file_obj, Handle):
        raise SFTPFailure("that is no file")
    return file_obj


def _attributes(state: os.stat_result) -> SFTPAttrs:
    """Size, kind and time; nothing of the accounts of this machine."""
    mode = 0o700 if stat_module.S_ISDIR(state.st_mode) else 0o600
    return SFTPAttrs(
        size=state.st_size,
        uid=0,
        gid=0,
        permissions=stat_module.S_IFMT(state.st_mode) | mode,
        atime=int(state.st_mtime),
        mtime=int(state.st_mtime),
        nlink=1,
    )


_handlers: dict[int | bytes, Any] = asyncssh_sftp.SFTPServerHandler._packet_handlers


class DropHandler(asyncssh_sftp.SFTPServerHandler):
    """The library's handler, with fewer requests, a limit of handles, and word of a client that has gone."""

    _extensions = [(name, b"1") for name in EXTENSIONS]
    _packet_handlers = {
        kind: _handlers[kind]
        for kind in (*(getattr(asyncssh_sftp, f"FXP_{name}") for name in REQUESTS), *EXTENSIONS)
    }

    def __init__(self, files: DropFiles, reader: SSHReader[bytes], writer: SSHWriter[bytes]) -> None:
        super().__init__(files, reader, writer, VERSION)
        self._files = files

    def _get_next_handle(self) -> bytes:
        if len(self._file_handles) + len(self._dir_handles) >= MOST_HANDLES:
            raise SFTPFailure(f"{MOST_HANDLES} files and folders are open; close some")
        return super()._get_next_handle()

    async def _process_packet(self, pkttype: int, pktid: int, packet: asyncssh.packet.SSHPacket) -> None:
        self._files.asked()
        await super()._process_packet(pkttype, pktid, packet)

    async def _cleanup(self, exc: Exception | None) -> None:
        self._files.gone()
        await super()._cleanup(exc)


class DropSession(SSHServerStreamSession[bytes]):
    """A channel that becomes SFTP, and nothing else: no shell, no command, no scp."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(None)
        self._visit = visit

    def shell_requested(self) -> bool:
        return False

    def exec_requested(self, command: str) -> bool:  # noqa: ARG002 - the library's signature
        return False

    def subsystem_requested(self, subsystem: str) -> bool:
        return subsystem == "sftp"

    def session_started(self) -> None:
        assert self._chan is not None
        assert self._conn is not None
        reader, writer = SSHReader[bytes](self, self._chan), SSHWriter[bytes](self, self._chan)
        handler = DropHandler(
            DropFiles(cast("asyncssh.SSHServerChannel[bytes]", self._chan), self._visit), reader, writer
        )
        self._conn.create_task(handler.run(), reader.logger)
