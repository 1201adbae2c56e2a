"""Students who stand in a file more than once are found, and the last row of each settles them.

Batches reach the API in no certain order: of two rows of a student in different ones, either could win.
The file means the last; it is sent once more when everything else has been taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import polars as pl

from staffroom.loader.students import Mapped

MOST_SETTLED = 50_000
"""With more repeated students than that something is wrong with the file; they are reported, not settled."""


@dataclass(slots=True)
class Repeated:
    """One student's rows: the lines on which they begin, and the last one's JSON."""

    lines: list[int] = field(default_factory=list)
    payloads: set[bytes] = field(default_factory=set)
    last: bytes = b""


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
        """The hashes that came more than once, each once; the others are forgotten."""
        if not self._hashes:
            return pl.Series([], dtype=pl.UInt64)
        hashes = pl.concat(self._hashes)
        self._hashes = []
        hashes = hashes.sort(in_place=True)
        return hashes.filter(hashes == hashes.shift(1)).unique()


def find_repeated(blocks: Iterable[Mapped], hashes: pl.Series) -> dict[str, Repeated]:
    """The students with these hashes, in a second reading with ids; rows without an id are left out."""
    found: dict[str, Repeated] = {}
    for block in blocks:
        for place in block.id_hashes.is_in(hashes.implode()).arg_true():
            payload = bytes(block.data[block.ends[place] : block.ends[place + 1]])[1:]
            if payload and block.ids[place]:
                one = found.setdefault(block.ids[place], Repeated())
                one.lines.append(block.lines[place])
                one.payloads.add(payload)
                one.last = payload
    return {student: one for student, one in found.items() if len(one.lines) > 1}
