"""Students who stand in a file more than once are found, and the last row of each settles them.

Batches reach the API in no certain order: of two rows of a student in different ones, either could win.
The file means the last; it is sent once more when everything else has been taken. Where unchanged students
are left out, those whose rows differed in the last file are held back the next time until all rows are read:
else their first row would be news every night.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from staffroom.loader.students import Mapped, hashes_of

MOST_SETTLED = 50_000
"""With more repeated students than that something is wrong with the file; they are reported, not settled."""

SHARES = 16
"""The hashes of a whole state are 50 MB: they are sorted a share at a time, not copied as a whole."""


@dataclass(slots=True)
class Repeated:
    """One student's rows: the lines on which they begin, a digest of each, and the last one's JSON."""

    lines: list[int] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    last: bytes = b""

    @property
    def gave_way(self) -> list[int]:
        """The lines of the rows that say something else than the last."""
        pairs = zip(self.lines, self.digests, strict=True)
        return [line for line, digest in pairs if digest != self.digests[-1]]


class Ids:
    """The hashes of a file's ids, eight bytes each."""

    def __init__(self) -> None:
        self._hashes: list[pl.Series] = []

    def noting(self, blocks: Iterable[Mapped]) -> Iterator[Mapped]:
        """Blocks as they pass."""
        for block in blocks:
            self._hashes.append(block.id_hashes)
            yield block

    def repeated(self) -> pl.Series:
        """The hashes that came more than once, each once; the others are forgotten. Rows without an id are
        nobody's rows, however many there are."""
        if not self._hashes:
            return pl.Series([], dtype=pl.UInt64)
        twice = pl.concat([_twice(self._hashes, share) for share in range(SHARES)])
        self._hashes = []
        return twice.filter(twice != hashes_of([""])[0])


def _twice(hashes: Sequence[pl.Series], share: int) -> pl.Series:
    """Those of one share of all hashes that are there more than once."""
    part = pl.concat([some.filter(some % SHARES == share) for some in hashes]).sort()
    return part.filter(part == part.shift(1)).unique()


def find_rows(blocks: Iterable[Mapped], hashes: pl.Series) -> dict[str, Repeated]:
    """The rows of the students with these hashes, in a second reading with ids; rows without one are none."""
    found: dict[str, Repeated] = {}
    for block in blocks:
        for place in block.id_hashes.is_in(hashes.implode()).arg_true():
            payload = bytes(block.data[block.ends[place] : block.ends[place + 1]])[1:]
            if payload and block.ids[place]:
                one = found.setdefault(block.ids[place], Repeated())
                one.lines.append(block.lines[place])
                one.digests.append(hashlib.blake2b(payload, digest_size=16).digest())
                one.last = payload
    return found
