"""What an archive holds, and each member's bytes: zip, gz or plain, known by content and not by name.

The directory of a zip is read first, so one that was cut off is refused before its first row leaves. A
checksum can only be wrong at the end: whoever passed rows on by then has to say which.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path

from isal import isal_zlib

from staffroom.errors import DeliveryError
from staffroom.intake.archives.access import LocalFile, RandomAccess, RemoteBytes
from staffroom.intake.archives.inflating import BAD, GZIP_FORMAT, Deflate, Inflater, inflater_of
from staffroom.intake.archives.members import (
    ArchiveDamaged,
    ArchiveLimits,
    ArchiveRefused,
    ArchiveTruncated,
    Member,
    damaged,
    refused,
    truncated,
)
from staffroom.intake.archives.zips import ZIP_MAGIC, data_start, zip_members

__all__ = [
    "ArchiveDamaged",
    "ArchiveLimits",
    "ArchiveRefused",
    "ArchiveTruncated",
    "LocalFile",
    "Member",
    "RandomAccess",
    "RemoteBytes",
    "extract",
    "list_members",
    "read_member",
]

GZIP_MAGIC = b"\x1f\x8b"
PACKED_BLOCK = 256 * 1024
DEFAULT_LIMITS = ArchiveLimits()


def list_members(access: RandomAccess, limits: ArchiveLimits = DEFAULT_LIMITS) -> tuple[Member, ...]:
    """The members in the archive's order, at least one. Raises ArchiveTruncated or ArchiveRefused.

    For a file that still downloads, give remote access here (the directory stands at the end) and the
    growing file to ``read_member``.
    """
    magic = access.read_at(0, 4)
    if not magic:
        raise DeliveryError(access.name, "is empty.", next_step="Ask whoever delivers it.")
    if magic in ZIP_MAGIC:
        members = zip_members(access, limits)
        if not members:
            raise refused(access.name, "it holds no file")
        return members
    if magic.startswith(GZIP_MAGIC):
        name = access.name[:-3] if access.name.lower().endswith(".gz") else access.name
        return (Member(name, "gz", 0, access.size),)
    return (Member(access.name, "plain", 0, access.size, access.size),)


def read_member(
    access: RandomAccess, member: Member, limits: ArchiveLimits = DEFAULT_LIMITS
) -> Iterator[bytes]:
    """The member's unpacked bytes in blocks of at most 1 MiB.

    Raises ArchiveTruncated, ArchiveRefused or ArchiveDamaged, the latter for a wrong checksum after the last
    byte: what was yielded before may have been sent by then.
    """
    return _checked(access, member, _unpacked(access, member, limits))


def extract(
    access: RandomAccess, member: Member, folder: Path, limits: ArchiveLimits = DEFAULT_LIMITS
) -> Path:
    """Unpack a member into ``folder``, whole or not at all; returns its path.

    Raises what ``read_member`` raises, and OSError.
    """
    target = folder.joinpath(*member.name.replace("\\", "/").split("/"))
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.parent.resolve().is_relative_to(folder.resolve()):
        raise refused(access.name, f"{member.name} leads out of {folder}")
    part = target.with_name(f"{target.name}.part")
    try:
        with part.open("wb") as out:
            for block in read_member(access, member, limits):
                out.write(block)
            out.flush()
            os.fsync(out.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target


def _unpacked(access: RandomAccess, member: Member, limits: ArchiveLimits) -> Iterator[bytes]:
    start = data_start(access, member) if member.kind == "zip" else member.start
    packed = _Packed(access, member, start)
    inflater = inflater_of(member)
    blocks = packed.blocks() if inflater is None else _inflated(packed, inflater, member)
    size = 0
    for block in blocks:
        size += len(block)
        if member.size is None:
            limits.check(access.name, member.name, size=size, packed=packed.taken)
        elif size > member.size:  # what the directory said was within the limits; this is not
            raise damaged(access.name, member.name, "it unpacks to more than its directory says")
        if block:
            yield block


class _Packed:
    """A member's bytes as they stand in the archive; ``taken`` is how many were read."""

    def __init__(self, access: RandomAccess, member: Member, start: int) -> None:
        self.access, self.member = access, member
        self._start = start
        self.taken = 0

    def blocks(self) -> Iterator[bytes]:
        while self.taken < self.member.packed_size:
            wanted = min(PACKED_BLOCK, self.member.packed_size - self.taken)
            block = self.access.read_at(self._start + self.taken, wanted)
            if not block:
                raise truncated(self.access.name, f"{self.member.name} is not whole")
            self.taken += len(block)
            yield block


def _inflated(packed: _Packed, inflater: Inflater, member: Member) -> Iterator[bytes]:
    archive = packed.access.name
    for data in packed.blocks():
        try:
            if member.kind == "gz":
                inflater = yield from _streams(inflater, data)
            else:
                yield from inflater.inflate(data)
        except BAD:
            raise damaged(archive, member.name, "its compression is wrong") from None
    if not inflater.has_ended:
        raise truncated(archive, f"{member.name} is not whole")


def _streams(inflater: Inflater, data: bytes) -> Generator[bytes, None, Inflater]:
    """All streams of a gzip file, one after the other, as ``gzip -dc`` gives them; returns the last."""
    while data:
        if inflater.has_ended:
            data = data.lstrip(b"\0")  # padding between them is allowed
            if not data:
                break
            if not GZIP_MAGIC.startswith(data[:2]):
                raise ValueError("after its end")
            inflater = Deflate(GZIP_FORMAT)
        yield from inflater.inflate(data)
        data = inflater.rest if inflater.has_ended else b""
    return inflater


def _checked(access: RandomAccess, member: Member, blocks: Iterator[bytes]) -> Iterator[bytes]:
    """``blocks``, and at their end whether they were the ones that were packed."""
    size, crc = 0, 0
    for block in blocks:
        size += len(block)
        if member.crc is not None:
            crc = isal_zlib.crc32(block, crc)
        yield block
    if member.size is not None and size != member.size:
        raise damaged(access.name, member.name, f"it has {size:,} bytes instead of {member.size:,}")
    if member.crc is not None and crc != member.crc:
        raise damaged(access.name, member.name, "its checksum is wrong")
