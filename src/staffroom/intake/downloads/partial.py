"""What is here of a remote file: its bytes so far, and beside them which remote content they are of."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from staffroom.durable import replace_file, sync
from staffroom.errors import TransientError
from staffroom.intake.downloads.resuming import Local, Start
from staffroom.intake.servers.errors import DiskFull
from staffroom.intake.servers.remote import RemoteFile

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class DownloadBusy(TransientError):
    """Another process downloads the same file to the same place."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a download to ``target`` keeps what it has."""

    target: Path

    @property
    def part(self) -> Path:
        return self.target.with_name(f"{self.target.name}.part")

    @property
    def memory(self) -> Path:
        return self.target.with_name(f"{self.target.name}.part.json")


def local_of(places: Places) -> Local | None:
    """What is here; the part, where there is both a part and a whole file of an earlier content."""
    for path, is_whole in ((places.part, False), (places.target, True)):
        if path.exists():
            state = path.stat()
            written_at = datetime.fromtimestamp(state.st_mtime, UTC)
            return Local(state.st_size, is_whole, written_at, _remembered(places, is_whole=is_whole))
    return None


def _remembered(places: Places, *, is_whole: bool) -> RemoteFile | None:
    """None as well where the memory is of the other of the two, or cannot be read: then nothing is known."""
    try:
        facts = json.loads(places.memory.read_text("utf-8"))
        if facts["whole"] is not is_whole:
            return None
        modified_at = datetime.fromisoformat(facts["modified_at"])
        return RemoteFile(str(facts["path"]), int(facts["size"]), modified_at, str(facts["version"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember(places: Places, file: RemoteFile, *, is_whole: bool) -> None:
    facts = {
        "path": file.path,
        "size": file.size,
        "modified_at": file.modified_at.isoformat(),
        "version": file.version,
        "whole": is_whole,
    }
    replace_file(places.memory, json.dumps(facts).encode())


class Part:
    """The part, open and locked: bytes are only ever added at its end."""

    def __init__(self, places: Places, descriptor: int) -> None:
        self.places = places
        self._descriptor = descriptor
        self.size = os.fstat(descriptor).st_size

    def begin(self, file: RemoteFile, start: Start) -> None:
        """Cut off what stands behind the start, then remember whose bytes will follow.

        In this order: a crash between leaves bytes that are remembered as another content's, or as nobody's.
        """
        if self.size < start.at:  # somebody finished it since we looked; more would be zeros
            raise _busy(self.places)
        os.ftruncate(self._descriptor, start.at)
        os.fsync(self._descriptor)
        os.lseek(self._descriptor, start.at, os.SEEK_SET)
        self.size = start.at
        remember(self.places, file, is_whole=False)
        free = shutil.disk_usage(self.places.part.parent).free
        if free < file.size - start.at:
            raise _full(self.places, file.size - start.at, free)

    def append(self, block: bytes) -> None:
        """Raises DiskFull; then what fitted is there, and is right."""
        rest = memoryview(block)
        try:
            while rest:
                written = os.write(self._descriptor, rest)
                self.size += written
                rest = rest[written:]
        except OSError as error:
            if error.errno in FULL:
                raise _full(self.places, None, 0) from None
            raise

    def sync(self) -> None:
        os.fsync(self._descriptor)

    def complete(self, file: RemoteFile) -> None:
        """Give the part its final name, for good."""
        self.places.part.replace(self.places.target)
        sync(self.places.target.parent)
        remember(self.places, file, is_whole=True)

    def discard(self) -> None:
        self.places.part.unlink(missing_ok=True)


@contextmanager
def open_part(places: Places, start: Start, *, from_whole: bool) -> Iterator[Part]:
    """The part, ours alone. ``from_whole``: the file under the final name is its beginning.

    Raises DownloadBusy.
    """
    if from_whole and start.at:
        places.target.replace(places.part)
    descriptor = os.open(places.part, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(places, descriptor)
        yield Part(places, descriptor)
    finally:
        os.close(descriptor)


def _lock(places: Places, descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_still_it = os.path.samestat(os.fstat(descriptor), places.part.stat())
    except (BlockingIOError, FileNotFoundError):
        is_still_it = False  # whoever holds it may just have given it its final name
    if not is_still_it:
        raise _busy(places)


def _busy(places: Places) -> DownloadBusy:
    return DownloadBusy(
        str(places.part),
        "is being downloaded by another process.",
        happened="Nothing was changed.",
        next_step="Wait until it has ended.",
    )


def _full(places: Places, needed: int | None, free: int) -> DiskFull:
    what = "is full" if needed is None else f"has {free:,} bytes left, and {needed:,} are to come"
    return DiskFull(
        str(places.part.parent),
        f"the disk {what}.",
        happened="What has come is kept.",
        next_step="Make room; the next run goes on from there.",
    )
