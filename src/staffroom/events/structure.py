"""A course's structure as the LMS's blocks API gives it becomes a row a block, in the order of the course."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pyarrow as pa

from staffroom.errors import DeliveryError
from staffroom.events.keys import CourseKey, course_of_block, parse_course_key
from staffroom.events.rejects import RejectsFile
from staffroom.intake.reading import LineReader
from staffroom.tally import Reject

BLOCK_SCHEMA = pa.schema(
    [
        ("course_id", pa.string()),
        ("block_id", pa.string()),
        ("source", pa.string()),
        ("block_type", pa.string()),
        ("name", pa.string()),
        ("parent_id", pa.string()),
        ("ordinal", pa.int32()),
        ("depth", pa.int32()),
        ("section_id", pa.string()),
        ("subsection_id", pa.string()),
        ("unit_id", pa.string()),
        ("section_number", pa.int32()),
        ("subsection_number", pa.int32()),
        ("unit_number", pa.int32()),
        ("unit_count", pa.int32()),
        ("url", pa.string()),
    ]
)
"""One row a block that the course's root leads to; ``unit_count`` is how many units its subsection has."""

_LEGACY_ROOT = re.compile(r"i4x://([^/]+)/([^/]+)/course/([^/]+)")


@dataclass(frozen=True, slots=True)
class Structure:
    """A course, its dates where the export has them, and its blocks: a table in BLOCK_SCHEMA."""

    course_id: CourseKey
    name: str | None
    starts_on: date | None
    ends_on: date | None
    rows: pa.Table


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a block stands: the section, subsection and unit that it is or is in, and their numbers."""

    parent_id: str | None = None
    depth: int = 0
    section_id: str | None = None
    subsection_id: str | None = None
    unit_id: str | None = None
    section_number: int | None = None
    subsection_number: int | None = None
    unit_number: int | None = None


def read_structure(path: Path, source: str, zone: ZoneInfo, rejects: RejectsFile) -> Structure:
    """The structure in a blocks export; blocks to which nothing leads are set aside (``not_reached``).

    Raises DeliveryError where the file as a whole is no structure.
    """
    export = _json(path)
    blocks, root = export.get("blocks"), export.get("root")
    if type(blocks) is not dict or type(root) is not str or type(blocks.get(root)) is not dict:
        raise _unusable(path, "has no root among its blocks.")
    course_id = _course_of_root(root)
    if course_id is None:
        raise _unusable(path, "has a root that names no course.")
    placed = dict(_walk(root, blocks))
    for number, (block_id, block) in enumerate(blocks.items(), 1):
        if block_id not in placed:
            rejects.add(Reject(number, "not_reached", orjson.dumps({block_id: block})))
    return Structure(
        course_id,
        _text(blocks[root].get("display_name")),
        _day(export.get("start") or blocks[root].get("start"), zone),
        _day(export.get("end") or blocks[root].get("end"), zone),
        _table(course_id, source, placed, blocks),
    )


def _json(path: Path) -> dict[str, Any]:
    reader = LineReader(path)
    text = b"\n".join(line for lines in reader for line in lines.lines)
    try:
        export = orjson.loads(text)
    except orjson.JSONDecodeError:
        export = None
    if type(export) is not dict or reader.rejects:
        raise _unusable(path, "is not a JSON object.")
    return export


def _table(course_id: str, source: str, placed: Mapping[str, _Place], blocks: Mapping[str, Any]) -> pa.Table:
    units = Counter(place.subsection_id for block_id, place in placed.items() if place.unit_id == block_id)
    rows = [
        {
            "course_id": course_id,
            "block_id": block_id,
            "source": source,
            "block_type": _text(blocks[block_id].get("type")),
            "name": _text(blocks[block_id].get("display_name")),
            "ordinal": ordinal,
            "unit_count": units[place.subsection_id] if place.subsection_id else None,
            "url": _text(blocks[block_id].get("lms_web_url")),
            **asdict(place),
        }
        for ordinal, (block_id, place) in enumerate(placed.items())
    ]
    return pa.Table.from_pylist(rows, schema=BLOCK_SCHEMA)


def _walk(root: str, blocks: Mapping[str, Any]) -> Iterator[tuple[str, _Place]]:
    """Blocks in pre-order with their places. A block met again keeps its first place: that ends a cycle."""
    numbers: dict[tuple[str | None, str], int] = {}
    seen: set[str] = set()
    waiting = [(root, _Place())]
    while waiting:
        block_id, above = waiting.pop()
        if block_id in seen:
            continue
        seen.add(block_id)
        place = _placed(block_id, str(blocks[block_id].get("type")), above, numbers)
        yield block_id, place
        children = blocks[block_id].get("children")
        below = replace(place, parent_id=block_id, depth=place.depth + 1)
        there = [child for child in children if type(child) is str] if type(children) is list else []
        waiting.extend((child, below) for child in reversed(there) if type(blocks.get(child)) is dict)


def _placed(
    block_id: str, block_type: str, above: _Place, numbers: dict[tuple[str | None, str], int]
) -> _Place:
    """The place of a block: its parent's, or the next section, subsection or unit there.

    A section within a section, or a unit within a unit, is a part of it.
    """

    def next_in(holder: str | None) -> int:
        number = numbers[holder, block_type] = numbers.get((holder, block_type), 0) + 1
        return number

    if block_type == "chapter" and above.section_id is None:
        return replace(above, section_id=block_id, section_number=next_in(None))
    if block_type == "sequential" and above.subsection_id is None:
        return replace(above, subsection_id=block_id, subsection_number=next_in(above.section_id))
    if block_type == "vertical" and above.unit_id is None:
        return replace(above, unit_id=block_id, unit_number=next_in(above.subsection_id))
    return above


def _course_of_root(root: str) -> CourseKey | None:
    legacy = _LEGACY_ROOT.fullmatch(root)
    return parse_course_key("/".join(legacy.groups())) if legacy else course_of_block(root)


def _day(value: object, zone: ZoneInfo) -> date | None:
    """The institution's date of an instant; None where there is none that can be read."""
    try:
        instant = datetime.fromisoformat(value if type(value) is str else "")
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(zone).date()
    except (ValueError, OverflowError):
        return None


def _text(value: object) -> str | None:
    return " ".join(value.split()) or None if type(value) is str else None


def _unusable(path: Path, problem: str) -> DeliveryError:
    return DeliveryError(
        path.name, problem, happened="Nothing was taken from it.", next_step="Have it exported again."
    )
