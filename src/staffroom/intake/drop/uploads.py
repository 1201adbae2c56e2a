"""One file on its way in: under a hidden name, only ever longer at its end, and shown when it is whole."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from dataclasses import dataclass

from asyncssh import SFTPFailure, SFTPFileAlreadyExists, SFTPNoSpaceOnFilesystem

from staffroom.intake.drop.paths import Place, coming, held, is_temporary

AHEAD_BYTES = 16 * 1024 * 1024
"""How much may come before what stands in front of it: some clients have several writes under way."""
LOOK_EVERY = 64 * 1024 * 1024
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an upload keeps to. ``replace``: it may take the place of a delivery of the same name."""

    file_bytes: int
    keep_free_bytes: int
    replace: bool


class Upload:
    """An open upload; its size is always a point from which it can be resumed."""

    def __init__(self, place: Place, descriptor: int, bounds: Bounds, *, appends: bool = False) -> None:
        self._place = Place(os.dup(place.folder), place.name)
        self._descriptor = descriptor
        self._bounds = bounds
        self._appends = appends
        self._ahead: dict[int, bytes] = {}
        self._ahead_bytes = 0
        self._has_begun = False
        self._unchecked = 0
        self.size = os.fstat(descriptor).st_size
        self.is_open = True
        self.refused = ""
        """Why it can no longer become a delivery; the client's close then fails."""
        self.is_worthless = False
        """What has come need not be kept, since it can never be completed."""
        self.wrote_at = time.monotonic()

    @property
    def name(self) -> str:
        return self._place.name

    def state(self) -> os.stat_result:
        self._check()
        return os.fstat(self._descriptor)

    def write(self, offset: int, data: bytes) -> None:
        """Raises SFTPFailure for bytes that leave a gap or change what has come, and where it is full."""
        self._check()
        self.wrote_at = time.monotonic()
        if self._appends and offset < self.size:
            offset = self.size  # who appends need not say where
        if not self._has_begun and offset < self.size:
            self._cut(offset)
        self._has_begun = True
        if offset < self.size:
            raise self.refuse("what has come cannot be changed; begin anew")
        if offset + len(data) > self._bounds.file_bytes:
            self.is_worthless = True
            raise self.refuse(f"a file may have {self._bounds.file_bytes:,} bytes at most")
        if offset > self.size:
            self._keep_for_later(offset, data)
            return
        self._append(data)
        while self.size in self._ahead:
            block = self._ahead.pop(self.size)
            self._ahead_bytes -= len(block)
            self._append(block)

    def cut_to(self, size: int) -> None:
        """What clients ask for at the end of a resumed upload: the size that it has."""
        self._check()
        if size != self.size:
            raise self.refuse("its size is what was sent")

    def sync(self) -> None:
        self._check()
        os.fsync(self._descriptor)

    def refuse(self, reason: str) -> SFTPFailure:
        """From now on this is no delivery any more, whatever the client does."""
        self.refused = self.refused or reason
        return SFTPFailure(reason)

    def begin_closing(self) -> None:
        """From here on the upload is the closer's alone. Raises SFTPFailure where it cannot be a delivery."""
        if self._ahead:
            self.refuse("bytes are missing in its middle")
        if self.refused or not self.is_open:
            reason = self.refused or "it was ended"
            self.abandon()
            raise SFTPFailure(reason)
        self.is_open = False

    def complete(self) -> None:
        """Force it to disk and show it under its name, or hold it back where it has a temporary one."""
        name, folder = self._place.name, self._place.folder
        try:
            os.fsync(self._descriptor)
            if is_temporary(name):
                os.rename(coming(name), held(name), src_dir_fd=folder, dst_dir_fd=folder)
            else:
                show(self._place, coming(name), replace=self._bounds.replace)
            self._place.sync_folder()
        finally:
            self._release()

    def abandon(self) -> None:
        """Keep what has come, for a client that resumes."""
        if not self.is_open:
            return
        self.is_open = False
        if self.is_worthless:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(coming(self.name), dir_fd=self._place.folder)
        self._release()

    def _release(self) -> None:
        self._ahead.clear()
        os.close(self._descriptor)
        os.close(self._place.folder)

    def _check(self) -> None:
        if not self.is_open:
            raise SFTPFailure(self.refused or "the upload was ended")
        if self.refused:
            raise SFTPFailure(self.refused)

    def _cut(self, offset: int) -> None:
        os.ftruncate(self._descriptor, offset)
        self.size = offset

    def _keep_for_later(self, offset: int, data: bytes) -> None:
        self._ahead_bytes += len(data) - len(self._ahead.get(offset, b""))
        self._ahead[offset] = data
        if self._ahead_bytes > AHEAD_BYTES:
            raise self.refuse("bytes are missing in its middle")

    def _append(self, data: bytes) -> None:
        self._unchecked += len(data)
        if self._unchecked >= LOOK_EVERY:
            self._unchecked = 0
            check_room(self._place.folder, self._bounds.keep_free_bytes)
        rest = memoryview(data)
        try:
            while rest:
                written = os.pwrite(self._descriptor, rest, self.size)
                self.size += written
                rest = rest[written:]
        except OSError as error:
            if error.errno in FULL:
                self.refuse("the disk is full")
                raise SFTPNoSpaceOnFilesystem("the disk is full; resume when there is room") from None
            raise


def show(place: Place, hidden: str, *, replace: bool) -> None:
    """Give what is complete its name, at once. Raises SFTPFileAlreadyExists, SFTPFailure."""
    folder, name = place.folder, place.name
    try:
        if replace:
            os.rename(hidden, name, src_dir_fd=folder, dst_dir_fd=folder)
        else:
            os.link(hidden, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
            os.unlink(hidden, dir_fd=folder)
    except FileExistsError:
        raise SFTPFileAlreadyExists("a delivery has this name and may not be replaced") from None
    except IsADirectoryError:
        raise SFTPFailure("a folder has this name") from None


def check_room(folder: int, keep_free_bytes: int) -> None:
    """Raises SFTPNoSpaceOnFilesystem where less than this is left on the disk."""
    disk = os.fstatvfs(folder)
    if disk.f_bavail * disk.f_frsize < keep_free_bytes:
        raise SFTPNoSpaceOnFilesystem("the disk is nearly full; try again later")
