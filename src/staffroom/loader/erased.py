"""Rows of students who were erased are not sent, whichever file brings them again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from staffroom.loader.rows import ERASED, REASONS, Aside
from staffroom.loader.students import Mapped
from staffroom.tombstones import Tombstones

KIND = "student sent by the loader"
"""What ids are filed under in the list of tombstones: those that the mapping's ``id`` names."""


def without_erased(blocks: Iterable[Mapped], tombstones: Tombstones) -> Iterator[Mapped]:
    """Blocks with ids; the rows of those who were erased are set aside, and do not say whose they were."""
    for block in blocks:
        named = [one.strip() for one in block.ids]
        for place, row in block.aside.items():
            named[place] = row.id.strip()
        hidden = tombstones.hidden(KIND, named)
        places = [place for place, one in enumerate(named) if one in hidden] if hidden else ()
        yield block.with_aside({place: nobody(block.lines[place]) for place in places})


def nobody(line: int) -> Aside:
    """What is told of a row of somebody who was erased."""
    return Aside(line, "", ERASED, REASONS[ERASED])
