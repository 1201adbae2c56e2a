"""What Time on page and Visits share: tables by unit, by section, and by learner and section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from staffroom.courses.by_unit import Amount, Amounts
from staffroom.courses.courses import OpenCourse
from staffroom.courses.enrolment import enrolled_learners
from staffroom.courses.structure import short_id, structure
from staffroom.metrics.declaration import Column, Kind, msg
from staffroom.web.chart_marks import amount_axis, bars, grouped_axis
from staffroom.web.charts import Chart
from staffroom.web.words import say

SECTION = Column("section", msg("Section"), Kind.TEXT)
SUBSECTION = Column("subsection", msg("Subsection"), Kind.TEXT)
UNIT = Column("unit", msg("Unit"), Kind.TEXT, msg("The unit's name; its id where it has none."))
ELSEWHERE = msg("Units outside the course's structure")


def unit_rows(course: OpenCourse, found: Sequence[Amount]) -> list[dict[str, Any]]:
    """One row a unit, in its place of the course."""
    built = structure(course)
    rows = []
    for amount in found:
        block = built.block(amount.id)
        place = {"section": built.name(block.section_id), "subsection": built.name(block.subsection_id)}
        rows.append({**place, "unit": block.name, **_numbers(amount), "unit_id": amount.id})
    return rows


def section_rows(course: OpenCourse, found: Sequence[Amount], elsewhere: str) -> list[dict[str, Any]]:
    """One row a section; ``elsewhere`` names the units that no section holds."""
    built = structure(course)
    return [{"section": built.name(one.id) if one.id else elsewhere, **_numbers(one)} for one in found]


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


def unit_chart(rows: Sequence[dict[str, Any]], shown: Chart, amount: str, *, divisor: int = 1) -> Chart:
    """``shown`` with a bar for each unit, in the course's order, under the names of their sections."""
    values = [{"place": place, "amount": row["total"] / divisor} for place, row in enumerate(rows, 1)]
    groups = [row["section"] or say(ELSEWHERE) for row in rows]
    axis = amount_axis("amount", amount, values)
    return replace(shown, spec=bars(values, x=grouped_axis("place", groups), y=axis))


def _numbers(amount: Amount) -> dict[str, Any]:
    return {
        "total": amount.total,
        "learners": amount.learners,
        "average": amount.average,
        "median": amount.median,
    }


def _key(section: str) -> str:
    return f"section_{short_id(section) or 'none'}"
