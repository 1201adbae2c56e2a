"""The directory of a zip, read from its end and believed only where it cannot do harm."""

from __future__ import annotations

import errno
import io
import stat
import struct
import zipfile
from collections.abc import Sequence

from staffroom.intake.archives.access import RandomAccess
from staffroom.intake.archives.members import (
    BZIP2,
    DEFLATED,
    LZMA,
    STORED,
    ArchiveLimits,
    Member,
    refused,
    truncated,
)

ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
METHODS = (STORED, DEFLATED, BZIP2, LZMA)
OTHER_METHODS = {9: "Deflate64", 93: "Zstandard", 95: "XZ", 98: "PPMd"}
ENCRYPTED = 0x1 | 0x40 | 0x2000
LOCAL_HEADER = struct.Struct("<4sHHHHHIIIHH")
NOT_OURS = "__MACOSX/"
"""What a Mac adds by itself."""


def zip_members(access: RandomAccess, limits: ArchiveLimits) -> tuple[Member, ...]:
    """The files in the order of the directory. Raises ArchiveTruncated, ArchiveRefused."""
    infos = _directory(access)
    if len(infos) > limits.most_members:
        raise refused(access.name, f"it holds {len(infos):,} files, more than {limits.most_members:,}")
    files = [info for info in infos if not _is_folder(access, info)]
    _check_apart(access, files)
    names = [info.filename for info in files]
    if len(set(names)) < len(names):
        raise refused(access.name, "it holds two files of one name")
    for info in files:
        _check(access, info, limits)
    return tuple(_member(info) for info in files if not info.filename.startswith(NOT_OURS))


def data_start(access: RandomAccess, member: Member) -> int:
    """Where a member's packed bytes begin: behind its own header, which has to say the same."""
    header = access.read_at(member.start, LOCAL_HEADER.size)
    if len(header) < LOCAL_HEADER.size:
        raise truncated(access.name, f"{member.name} is not in it")
    magic, _, flags, method, *_, name_length, extra_length = LOCAL_HEADER.unpack(header)
    if magic != ZIP_MAGIC[0] or method != member.method or flags & ENCRYPTED:
        raise truncated(access.name, f"{member.name} does not stand where its directory says")
    return int(member.start + LOCAL_HEADER.size + name_length + extra_length)


def _directory(access: RandomAccess) -> Sequence[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(io.BufferedReader(_Seekable(access), 64 * 1024)) as opened:
            return opened.infolist()
    except (zipfile.BadZipFile, struct.error, EOFError, ValueError) as error:
        raise truncated(access.name, f"its directory is missing or cut off ({error})") from None
    except NotImplementedError as error:
        raise refused(access.name, f"it is of a kind that is not read ({error})") from None


def _is_folder(access: RandomAccess, info: zipfile.ZipInfo) -> bool:
    _check_name(access, info)
    return info.is_dir()


def _check_name(access: RandomAccess, info: zipfile.ZipInfo) -> None:
    name = info.orig_filename.replace("\\", "/")
    shown = repr(info.orig_filename)
    if "\0" in name or not name:
        raise refused(access.name, f"the name {shown} is none")
    if name.startswith("/") or name[1:2] == ":":
        raise refused(access.name, f"the name {shown} is an absolute path")
    if ".." in name.split("/"):
        raise refused(access.name, f"the name {shown} leads out of its folder")


def _check(access: RandomAccess, info: zipfile.ZipInfo, limits: ArchiveLimits) -> None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise refused(access.name, f"{info.filename} is a link or a device, not a file")
    if info.flag_bits & ENCRYPTED:
        raise refused(access.name, f"{info.filename} is encrypted")
    if info.compress_type not in METHODS:
        how = OTHER_METHODS.get(info.compress_type, f"method {info.compress_type}")
        raise refused(access.name, f"{info.filename} is compressed by {how}, which is not read")
    limits.check(access.name, info.filename, size=info.file_size, packed=info.compress_size)


def _check_apart(access: RandomAccess, files: Sequence[zipfile.ZipInfo]) -> None:
    """Members that share bytes are how a small archive becomes a huge one."""
    end = 0
    for info in sorted(files, key=lambda one: one.header_offset):
        if info.header_offset < end:
            raise refused(access.name, f"{info.filename} shares its bytes with another file")
        end = info.header_offset + LOCAL_HEADER.size + info.compress_size
    if end > access.size:
        raise truncated(access.name, "its directory names more than there is")


def _member(info: zipfile.ZipInfo) -> Member:
    return Member(
        name=info.filename,
        kind="zip",
        start=info.header_offset,
        packed_size=info.compress_size,
        size=info.file_size,
        crc=info.CRC,
        method=info.compress_type,
    )


class _Seekable(io.RawIOBase):
    """Random access as the file that the standard library's reader of directories wants."""

    def __init__(self, access: RandomAccess) -> None:
        self._access, self._at = access, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._access.size}[whence]
        if base + offset < 0:
            raise OSError(errno.EINVAL, "before the beginning")  # the reader of directories expects this
        self._at = base + offset
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the stub asks for any buffer
        data = self._access.read_at(self._at, len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
