"""What Time on page and Visits share: rows by section, and by learner and section."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from staffroom.courses.by_unit import Amount, Amounts
from staffroom.courses.courses import OpenCourse
from staffroom.courses.enrolment import enrolled_learners
from staffroom.courses.structure import short_id, structure
from staffroom.metrics.declaration import Column, Kind, msg

SECTION = Column("section", msg("Section"), Kind.TEXT)
ELSEWHERE = msg("Units outside the course's structure")


def section_rows(course: OpenCourse, found: Sequence[Amount], elsewhere: str) -> list[dict[str, Any]]:
    """One row a section; ``elsewhere`` names the units that no section holds."""
    built = structure(course)
    return [{"section": built.name(one.id) if one.id else elsewhere, **numbers(one)} for one in found]


def section_columns(course: OpenCourse, found: Amounts, kind: Kind, elsewhere: str) -> tuple[Column, ...]:
    """A column a section with any amount, named by the section's short id."""
    built = structure(course)
    return tuple(
        Column(_key(one.id), (built.name(one.id) or one.id) if one.id else elsewhere, kind)
        for one in found.sections
    )


def learner_rows(course: OpenCourse, found: Amounts) -> list[dict[str, Any]]:
    """One row a learner with any amount or enrolled now, who then has zeros; none where nobody has any."""
    if not found.by_learner:
        return []
    enrolled = {(row["source"], row["learner_id"]) for row in enrolled_learners(course) if row["is_enrolled"]}
    keys = {one.id: _key(one.id) for one in found.sections}
    rows = []
    for source, learner_id in enrolled | found.by_learner.keys():
        by_section = found.by_learner.get((source, learner_id), {})
        cells = {key: by_section.get(section, 0) for section, key in keys.items()}
        rows.append({"source": source, "learner_id": learner_id, "total": sum(by_section.values()), **cells})
    return rows


def numbers(amount: Amount) -> dict[str, Any]:
    return {
        "total": amount.total,
        "learners": amount.learners,
        "average": amount.average,
        "median": amount.median,
    }


def _key(section: str) -> str:
    return f"section_{short_id(section) or 'none'}"
