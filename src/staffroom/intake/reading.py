"""The lines of one delivered file, gzip or plain, numbered, in bounded memory.

What a file really is decides, not its name: gzip is known by its first two bytes. A gzip file that ends
too early gives all its whole lines; one whose checksum is wrong gives a DeliveryError, because nobody can
say which of its lines are the ones that were written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import cast

from isal import isal_zlib

from staffroom.errors import DeliveryError
from staffroom.tally import Reject

LONGEST_LINE = 16 * 1024 * 1024
KEPT_OF_TOO_LONG = 64 * 1024

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_BLOCK = 32 * 1024
_BLOCK = 256 * 1024  # and what is made of it stay in the processor's cache
_BAD_GZIP: type[Exception] = cast("type[Exception]", isal_zlib.error)
"""Its stub says that it is an instance, not a class."""

_GZIP_FORMAT = 31  # window bits: a gzip header and trailer, the checksum verified


@dataclass(frozen=True, slots=True)
class Lines:
    """Whole lines that follow each other, without their line ends. ``first`` is the number of the first."""

    first: int
    lines: list[bytes]
    consumed: int
    """Bytes of the file (as stored) read since the lines before these: for progress."""


class LineReader:
    """Iterate once for the ``Lines`` of a file; then ``rejects`` and ``problem`` tell what was not whole.

    ``rejects`` holds the line that a truncated file breaks off in (``cut``) and lines over 16 MiB
    (``too_long``, their first 64 KiB); each counts as one line. ``problem`` is None where the file was whole.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rejects: list[Reject] = []
        self.truncated = False
        self.problem: str | None = None
        self._consumed = 0

    def __iter__(self) -> Iterator[Lines]:
        with self.path.open("rb") as file:
            gzipped = file.peek(2)[:2] == _GZIP_MAGIC
            yield from self._split(self._unzipped(file) if gzipped else self._plain(file))

    def _split(self, blocks: Iterator[bytes]) -> Iterator[Lines]:
        number = 1
        rest = b""  # the beginning of a line whose end was not read yet
        skipping: bytes | None = None  # the kept part of a line that is too long, until its end is read
        for block in blocks:
            if skipping is not None:
                _, end, block = block.partition(b"\n")
                if not end:
                    continue
                self.rejects.append(Reject(number, "too_long", skipping))
                number, skipping = number + 1, None
            lines = (rest + block).split(b"\n")
            rest = lines.pop()
            if lines and len(lines[0]) > LONGEST_LINE:  # blocks are smaller: only the first can be so long
                self.rejects.append(Reject(number, "too_long", lines.pop(0)[:KEPT_OF_TOO_LONG]))
                number += 1
            if lines:
                yield Lines(number, lines, self._take_consumed())
                number += len(lines)
            if len(rest) > LONGEST_LINE:
                rest, skipping = b"", rest[:KEPT_OF_TOO_LONG]
        if skipping is not None:
            self.rejects.append(Reject(number, "too_long", skipping))
        elif rest and self.truncated:
            self.rejects.append(Reject(number, "cut", rest))
        elif rest:
            yield Lines(number, [rest], self._take_consumed())

    def _take_consumed(self) -> int:
        consumed, self._consumed = self._consumed, 0
        return consumed

    def _read(self, file: BufferedReader, size: int) -> bytes:
        data = file.read(size)
        self._consumed += len(data)
        return data

    def _plain(self, file: BufferedReader) -> Iterator[bytes]:
        while block := self._read(file, _BLOCK):
            yield block

    def _unzipped(self, file: BufferedReader) -> Iterator[bytes]:
        """All members of a gzip file, one after the other, as ``gzip -dc`` gives them."""
        data = self._read(file, _GZIP_BLOCK)
        while data:
            member = isal_zlib.decompressobj(wbits=_GZIP_FORMAT)
            while data and not member.eof:
                try:
                    yield member.decompress(data, max_length=_BLOCK)
                    while member.unconsumed_tail and not member.eof:
                        yield member.decompress(member.unconsumed_tail, max_length=_BLOCK)
                except _BAD_GZIP as error:
                    raise self._damaged() from error
                data = member.unused_data or self._read(file, _GZIP_BLOCK)
            if not member.eof:
                self.truncated = True
                self.problem = "It ends too early: its whole lines were taken, the rest is missing."
                return
            while data and not (data := data.lstrip(b"\0")):  # padding between members is allowed
                data = self._read(file, _GZIP_BLOCK)
            if not _GZIP_MAGIC.startswith(data[:2]):
                self.problem = "Bytes after its end are not gzip and were ignored."
                return

    def _damaged(self) -> DeliveryError:
        return DeliveryError(
            self.path.name,
            "its checksum or its compression is wrong.",
            happened="Nothing was taken from it.",
            next_step="Have it delivered again.",
        )
