"""The section of Time on page and of Visits that has a row and a bar for each unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from staffroom.courses.by_unit import Amount, Amounts
from staffroom.courses.courses import OpenCourse
from staffroom.courses.pages.amounts import ELSEWHERE, SECTION, numbers
from staffroom.courses.pages.frame import Visit, declared, why_empty
from staffroom.courses.structure import structure
from staffroom.metrics.catalogue import metric
from staffroom.metrics.declaration import Column, Kind, msg
from staffroom.web.chart_marks import amount_axis, bars, grouped_axis
from staffroom.web.charts import Chart
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say

SUBSECTION = Column("subsection", msg("Subsection"), Kind.TEXT)
UNIT = Column("unit", msg("Unit"), Kind.TEXT, msg("The unit's name; its id where it has none."))


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitList:
    """What a page says of its units. ``numbers`` are columns of amounts, ``total`` first.

    The chart shows the totals, divided by ``divisor``, in ``charted_in``.
    """

    title: str
    question: str
    table: str
    numbers: tuple[Column, ...]
    found: Amounts
    answer: str
    chart_title: str
    charted_in: str
    divisor: int = 1
    narrowed: bool = False


def unit_section(visit: Visit, made: UnitList) -> Section:
    """A row and a bar for each unit, in the course's order."""
    rows = _rows(visit.course, made.found.units)
    return Section(
        slug="by_unit",
        title=made.title,
        question=made.question,
        answer=made.answer,
        table=Table(
            columns=(SECTION, SUBSECTION, UNIT, *made.numbers, *declared(made.table, "unit_id")),
            rows=rows,
            bars=frozenset({"total"}),
            groups=("section", "subsection"),
        ),
        chart=_chart(rows, made) if rows else None,
        metric=metric(made.table),
        empty=None if rows else why_empty(visit.course, made.table, narrowed=made.narrowed),
    )


def _rows(course: OpenCourse, found: Sequence[Amount]) -> list[dict[str, Any]]:
    built = structure(course)
    rows = []
    for amount in found:
        block = built.block(amount.id)
        place = {"section": built.name(block.section_id), "subsection": built.name(block.subsection_id)}
        rows.append({**place, "unit": block.name, **numbers(amount), "unit_id": amount.id})
    return rows


def _chart(rows: Sequence[dict[str, Any]], made: UnitList) -> Chart:
    """The bars stand under the names of their sections."""
    values = [{"place": place, "amount": row["total"] / made.divisor} for place, row in enumerate(rows, 1)]
    groups = [row["section"] or say(ELSEWHERE) for row in rows]
    axis = amount_axis("amount", say(made.charted_in), values)
    return Chart(
        title=say(made.chart_title),
        description=made.answer,
        spec=bars(values, x=grouped_axis("place", groups), y=axis),
    )
