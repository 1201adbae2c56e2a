"""The bytes of a batch: taken in piece by piece within limits, and given back inflated when they are drained.

They are not parsed when they are taken in: it is only made sure that they can be inflated, are not too large,
and look like a list of students. What is wrong with a row is said of that row later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import cast

from isal import isal_zlib

from staffroom.registry.errors import NotUnderstood, TooLarge, UnknownEncoding
from staffroom.registry.fields import NAMES
from staffroom.registry.settings import MEGABYTE, RegistrySettings

PIECE = 256 * 1024
GZIP = 31
"""What zlib calls the gzip format."""
VALUES_A_STUDENT = len(NAMES) + 10
BLANKS = b" \t\r\n"
_BAD_GZIP = cast("type[Exception]", isal_zlib.error)
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Taken:
    """A batch's bytes as gzip, and the digest of what they inflate to."""

    data: bytes
    digest: bytes


def take_in(read: Callable[[int], bytes], encoding: str, limits: RegistrySettings) -> Taken:
    """Read a body to its end. Raises NotUnderstood, TooLarge, UnknownEncoding."""
    watch = _Watch(limits)
    pieces = _limited(iter(lambda: read(PIECE), b""), limits.body_mb * MEGABYTE)
    kept: list[bytes] = []
    if encoding == "gzip":
        for inflated in inflate(_kept(pieces, kept)):
            watch.see(inflated)
    elif encoding in ("", "identity"):
        pack = isal_zlib.compressobj(1, wbits=GZIP)
        for piece in pieces:
            watch.see(piece)
            kept.append(pack.compress(piece))
        kept.append(pack.flush())
    else:
        raise UnknownEncoding("Content-Encoding", "is neither gzip nor identity.")
    return Taken(b"".join(kept), watch.end())


def inflated(data: bytes) -> bytes:
    """The bytes of a batch that was taken in."""
    return b"".join(inflate([data]))


def deflated(body: bytes) -> bytes:
    """A body as it is kept."""
    pack = isal_zlib.compressobj(1, wbits=GZIP)
    return pack.compress(body) + pack.flush()


def inflate(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """gzip of any number of members, inflated in steps that are never large. Raises NotUnderstood."""
    unpack = None
    try:
        for piece in pieces:
            rest = piece
            while rest or unpack is not None:
                unpack = unpack or isal_zlib.decompressobj(wbits=GZIP)
                out = unpack.decompress(rest, PIECE)
                yield out
                rest = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
                if unpack.eof:
                    unpack = None
                elif not rest and len(out) < PIECE:
                    break
    except _BAD_GZIP:
        raise NotUnderstood("The body", "is not gzip.") from None
    if unpack is not None:
        raise NotUnderstood("The body", "is cut off.")


def _limited(pieces: Iterable[bytes], most: int) -> Iterator[bytes]:
    seen = 0
    for piece in pieces:
        seen += len(piece)
        if seen > most:
            raise TooLarge("The body", f"is larger than {most // MEGABYTE} MB.")
        yield piece


def _kept(pieces: Iterable[bytes], kept: list[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        kept.append(piece)
        yield piece


class _Watch:
    """Looks at inflated bytes as they pass: how many, of which form, with which digest."""

    def __init__(self, limits: RegistrySettings) -> None:
        self._most, self._students = limits.inflated_mb * MEGABYTE, limits.batch_students
        self._digest = blake2b(digest_size=16)
        self._size = self._values = 0
        self._first = self._last = b""

    def see(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._most:
            raise TooLarge("The body", f"is larger than {self._most // MEGABYTE} MB when inflated.")
        self._values += piece.count(b",")
        if self._values > self._students * VALUES_A_STUDENT:
            raise TooLarge("The body", f"holds more values than {self._students:,} students have.")
        self._digest.update(piece)
        if not self._first:
            self._first = piece.removeprefix(BYTE_ORDER_MARK).lstrip(BLANKS)[:1]
        self._last = piece.rstrip(BLANKS)[-1:] or self._last

    def end(self) -> bytes:
        """The digest of all bytes, which look like a list of students. Raises NotUnderstood."""
        if (self._first, self._last) not in ((b"[", b"]"), (b"{", b"}")):
            raise NotUnderstood(
                "The body",
                "is neither a JSON array nor lines of JSON objects.",
                next_step="Send [{…}, …], or one {…} a line.",
            )
        return self._digest.digest()
