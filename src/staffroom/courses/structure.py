"""The structure of a course: sections, subsections, units and videos by name, in the course's order.

Without an export of the structure everything still works by id: an unknown block is called by its short id
and stands after those that are known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from staffroom.courses.courses import OpenCourse
from staffroom.courses.kept import kept

LAST = 1 << 30
"""Where blocks stand that the structure does not know."""

_COLUMNS = (
    "block_id",
    "block_type",
    "name",
    "ordinal",
    "section_id",
    "subsection_id",
    "unit_id",
)


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the structure, with the ids of what it stands in (itself included)."""

    id: str
    kind: str
    name: str
    ordinal: int
    section_id: str | None = None
    subsection_id: str | None = None
    unit_id: str | None = None

    @property
    def known(self) -> bool:
        return self.ordinal < LAST


@dataclass(frozen=True)
class Structure:
    """The blocks of one course by their id and by their short id."""

    blocks: dict[str, Block] = field(default_factory=dict)
    by_short_id: dict[str, Block] = field(default_factory=dict)

    def block(self, block_id: str) -> Block:
        """The block with this id, in its long or its short form; an unknown one under its own short id."""
        found = self.blocks.get(block_id) or self.by_short_id.get(short_id(block_id))
        return found or Block(block_id, "", short_id(block_id), LAST)

    def name(self, block_id: str | None) -> str | None:
        return None if block_id is None else self.block(block_id).name

    def section_of(self, block_id: str) -> str | None:
        return self.block(block_id).section_id

    def of_kind(self, kind: str) -> list[Block]:
        return [block for block in self.blocks.values() if block.kind == kind]

    def in_order(self, block_ids: Iterable[str]) -> list[str]:
        """``block_ids`` in the course's order, unknown ones last by id."""
        return sorted(block_ids, key=lambda block_id: (self.block(block_id).ordinal, block_id))


def short_id(block_id: str) -> str:
    """``intro`` of the usage keys ``…+type@video+block@intro`` and ``i4x://…/video/intro``."""
    return block_id.rsplit("@", 1)[-1].rsplit("/", 1)[-1]


@kept(results=100)
def structure(course: OpenCourse) -> Structure:
    """The published structure of ``course``; an empty one where none was exported."""
    made = Structure()
    for row in course.read("course_blocks", columns=_COLUMNS, order_by=("ordinal",)).rows:
        block_id, kind, name, ordinal, section_id, subsection_id, unit_id = row
        block = Block(block_id, kind, name or short_id(block_id), ordinal, section_id, subsection_id, unit_id)
        made.blocks[block_id] = block
        made.by_short_id.setdefault(short_id(block_id), block)
    return made
