"""Packed bytes become bytes, in blocks of bounded size, by whichever method they were packed."""

from __future__ import annotations

import bz2
import lzma
from collections.abc import Iterator
from typing import Protocol, cast

from isal import isal_zlib

from staffroom.intake.archives.members import BZIP2, DEFLATED, LZMA, Member

BLOCK = 1024 * 1024
"""At most so many unpacked bytes at a time."""
GZIP_FORMAT, RAW_FORMAT = 31, -15
_BAD_DEFLATE: type[Exception] = cast("type[Exception]", isal_zlib.error)
"""Its stub says that it is an instance, not a class."""
BAD = (_BAD_DEFLATE, lzma.LZMAError, OSError, EOFError, ValueError)
"""What the libraries raise for bytes that were not packed like this."""

LZMA_HEADER = 4
"""Of a member packed by LZMA: the packer's version, and the length of the properties that follow."""


class Inflater(Protocol):
    """One packed stream."""

    @property
    def has_ended(self) -> bool: ...
    @property
    def rest(self) -> bytes:
        """What followed the end of the stream."""
        ...

    def inflate(self, data: bytes) -> Iterator[bytes]:
        """Blocks of at most BLOCK, some of them empty. Nothing follows the end of the stream."""
        ...


def inflater_of(member: Member) -> Inflater | None:
    """None for a member that is stored as it is."""
    if member.kind == "gz":
        return Deflate(GZIP_FORMAT)
    if member.method == DEFLATED:
        return Deflate(RAW_FORMAT)
    if member.method == BZIP2:
        return _Steps(bz2.BZ2Decompressor())
    if member.method == LZMA:
        return _Lzma()
    return None


class Deflate:
    """Deflate by isal, which is four times as fast as the standard library."""

    def __init__(self, wbits: int) -> None:
        self._stream = isal_zlib.decompressobj(wbits=wbits)

    @property
    def has_ended(self) -> bool:
        return bool(self._stream.eof)

    @property
    def rest(self) -> bytes:
        return bytes(self._stream.unused_data)

    def inflate(self, data: bytes) -> Iterator[bytes]:
        if self.has_ended:
            return
        yield self._stream.decompress(data, max_length=BLOCK)
        while self._stream.unconsumed_tail and not self._stream.eof:
            yield self._stream.decompress(self._stream.unconsumed_tail, max_length=BLOCK)


class _Steps:
    """What bz2 and lzma have in common."""

    def __init__(self, stream: bz2.BZ2Decompressor | lzma.LZMADecompressor) -> None:
        self._stream = stream

    @property
    def has_ended(self) -> bool:
        return self._stream.eof

    @property
    def rest(self) -> bytes:
        return self._stream.unused_data

    def inflate(self, data: bytes) -> Iterator[bytes]:
        if self.has_ended:
            return
        yield self._stream.decompress(data, BLOCK)
        while not self._stream.needs_input and not self._stream.eof:
            yield self._stream.decompress(b"", BLOCK)


class _Lzma:
    """A member packed by LZMA: a header of its own, then a raw stream whose end is where the member ends."""

    def __init__(self) -> None:
        self._head = b""
        self._steps: _Steps | None = None

    @property
    def has_ended(self) -> bool:
        return self._steps is not None  # an end mark may be left out; size and checksum tell

    @property
    def rest(self) -> bytes:
        return b""

    def inflate(self, data: bytes) -> Iterator[bytes]:
        if self._steps is None:
            self._head += data
            length = int.from_bytes(self._head[2:LZMA_HEADER], "little")
            if len(self._head) < LZMA_HEADER + max(length, 5):
                return
            properties, data = (
                self._head[LZMA_HEADER : LZMA_HEADER + length],
                self._head[LZMA_HEADER + length :],
            )
            self._steps = _Steps(lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[_filter(properties)]))
        yield from self._steps.inflate(data)


def _filter(properties: bytes) -> dict[str, int]:
    """The five bytes of LZMA's properties: literal and position bits, then the size of the dictionary."""
    if len(properties) != 5 or properties[0] >= 9 * 5 * 5:
        raise lzma.LZMAError("properties")
    rest, literal_context = divmod(properties[0], 9)
    position, literal_position = divmod(rest, 5)
    return {
        "id": lzma.FILTER_LZMA1,
        "lc": literal_context,
        "lp": literal_position,
        "pb": position,
        "dict_size": max(4096, int.from_bytes(properties[1:], "little")),
    }
