"""What metrics read of tables that others make; an export that never came reads as no rows."""

from __future__ import annotations

from collections.abc import Mapping

_COURSE_BLOCKS = {
    "course_id": "VARCHAR",
    "block_id": "VARCHAR",
    "block_type": "VARCHAR",
    "ordinal": "BIGINT",
    "section_id": "VARCHAR",
    "subsection_id": "VARCHAR",
    "unit_id": "VARCHAR",
    "section_number": "BIGINT",
    "subsection_number": "BIGINT",
    "unit_number": "BIGINT",
    "unit_count": "BIGINT",
}
_PEOPLE = {
    "source": "VARCHAR",
    "learner_id": "VARCHAR",
    "username": "VARCHAR",
    "is_staff": "BOOLEAN",
}
_COURSE_TEAM = {"course_id": "VARCHAR", "learner_id": "VARCHAR", "source": "VARCHAR"}

COURSE_TABLES: Mapping[str, Mapping[str, str]] = {
    "course_blocks": _COURSE_BLOCKS,
    "people": _PEOPLE,
    "course_team": _COURSE_TEAM,
}
"""Course tables that metrics read: name → the columns read, with their types in the portable subset."""

EXPORTED_TABLES = frozenset({*COURSE_TABLES, "courses", "enrolments"})
"""Every course table; until an export has come, it has no rows."""

EVENT_COLUMNS: Mapping[str, str] = {
    "event_id": "BLOB",
    "source": "VARCHAR",
    "day": "DATE",
    "happened_at": "TIMESTAMP",
    "happened_us": "BIGINT",
    "action": "VARCHAR",
    "event_type": "VARCHAR",
    "emitted_by": "VARCHAR",
    "course_id": "VARCHAR",
    "course_from": "VARCHAR",
    "learner_id": "VARCHAR",
    "actor_id": "VARCHAR",
    "username": "VARCHAR",
    "object_id": "VARCHAR",
    "page_kind": "VARCHAR",
    "section_ref": "VARCHAR",
    "subsection_ref": "VARCHAR",
    "unit_ref": "VARCHAR",
    "unit_position": "INTEGER",
    "unit_before": "INTEGER",
    "tab_count": "INTEGER",
    "referer_kind": "VARCHAR",
    "position_seconds": "DOUBLE",
    "target_seconds": "DOUBLE",
    "duration_seconds": "DOUBLE",
    "video_code": "VARCHAR",
    "mode": "VARCHAR",
}
"""The columns of ``events`` that metrics may read; ``happened_us`` is the instant in whole microseconds."""
