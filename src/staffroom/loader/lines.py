"""A member's bytes become blocks of whole lines, numbered, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

BLOCK = 1024 * 1024
"""About so many bytes are mapped at once; a line that is longer is never held whole.

Larger blocks are hardly faster, and with four times as many the whole loader needs half as much memory again.
"""

KEPT_OF_TOO_LONG = 1024


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines with their line ends; only the last of a member may lack its end.

    ``first_line`` is the physical line of the first. Where ``too_long`` is set, the block is the beginning of
    one line that is longer than a block.
    """

    first_line: int
    data: bytes
    too_long: bool = False


def blocks(pieces: Iterable[bytes], *, first_line: int, size: int = BLOCK) -> Iterator[Block]:
    """``pieces``, cut anywhere, as blocks of about ``size`` bytes."""
    line, rest = first_line, b""
    skipping: bytes | None = None  # the kept part of a line that is too long, until its end is read
    for piece in _at_least(size, pieces):
        if skipping is not None:
            _, end, piece = piece.partition(b"\n")
            if not end:
                continue
            yield Block(line, skipping, too_long=True)
            line, skipping = line + 1, None
        data = rest + piece
        cut = data.rfind(b"\n") + 1
        rest = data[cut:]
        if cut:
            whole = data[:cut]
            yield Block(line, whole)
            line += whole.count(b"\n")
        if len(rest) > size:
            rest, skipping = b"", rest[:KEPT_OF_TOO_LONG]
    if skipping is not None:
        yield Block(line, skipping, too_long=True)
    elif rest:
        yield Block(line, rest)


def _at_least(size: int, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces joined until they have ``size`` bytes; the last may have fewer."""
    waiting: list[bytes] = []
    amount = 0
    for piece in pieces:
        waiting.append(piece)
        amount += len(piece)
        if amount >= size:
            yield b"".join(waiting)
            waiting, amount = [], 0
    if waiting:
        yield b"".join(waiting)
