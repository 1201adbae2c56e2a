"""Amounts per unit and learner (seconds spent, visits made) added up the ways in which pages show them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from statistics import median

from staffroom.courses.courses import OpenCourse
from staffroom.courses.kept import kept
from staffroom.courses.spans import within_days
from staffroom.courses.structure import structure
from staffroom.metrics.store import Measure, Where
from staffroom.web.dates import DateRange

Learner = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Amount:
    """What learners did at one unit or section: ``learners`` are those with any of it."""

    id: str
    total: int
    learners: int
    median: float

    @property
    def average(self) -> float:
        return self.total / self.learners if self.learners else 0.0


@dataclass(frozen=True, slots=True)
class Amounts:
    """One table's amounts over a range of days.

    ``by_learner`` gives each learner's amount by section; ``sections`` are those with any amount, in the
    course's order. Units outside the structure stand in the section ``''``.
    """

    units: tuple[Amount, ...]
    sections: tuple[Amount, ...]
    by_learner: dict[Learner, dict[str, int]]

    def __len__(self) -> int:
        """How many numbers it holds, by which it is kept or dropped."""
        return len(self.units) + sum(map(len, self.by_learner.values()))

    @property
    def total(self) -> int:
        return sum(section.total for section in self.sections)

    @property
    def totals(self) -> list[int]:
        """Each learner's whole amount."""
        return [sum(sections.values()) for sections in self.by_learner.values()]


def amounts(course: OpenCourse, table: str, column: str, dates: DateRange) -> Amounts:
    """``column`` of ``table`` (which has unit, learner and day) added up over ``dates``."""
    return _amounts(course, table, column, dates.start, dates.end)


def by_day(course: OpenCourse, table: str, column: str, dates: DateRange) -> list[tuple[date, int, int]]:
    """(day, amount, learners with any) for every day of ``dates`` that has any, oldest first."""
    return _by_day(course, table, column, dates.start, dates.end)


@kept(results=50)
def _by_day(
    course: OpenCourse, table: str, column: str, start: date | None, end: date | None
) -> list[tuple[date, int, int]]:
    rows = course.read(
        table,
        where=within_days("day", DateRange(start, end)),
        group_by=("day",),
        measures=(Measure("amount", "sum", column), Measure("learners", "count_distinct", "learner_id")),
        order_by=("day",),
    ).rows
    return [(day, int(amount), learners) for day, amount, learners in rows]


@kept(results=16)
def _amounts(course: OpenCourse, table: str, column: str, start: date | None, end: date | None) -> Amounts:
    rows = _rows(course, table, column, within_days("day", DateRange(start, end)))
    built = structure(course)
    section_of = {unit_id: built.section_of(unit_id) or "" for unit_id in {row[0] for row in rows}}
    by_unit: dict[str, list[int]] = {unit_id: [] for unit_id in section_of}
    by_learner: dict[Learner, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for unit_id, source, learner_id, amount in rows:
        by_unit[unit_id].append(amount)
        by_learner[source, learner_id][section_of[unit_id]] += amount
    by_section: dict[str, list[int]] = {}
    for sections in by_learner.values():
        for section, amount in sections.items():
            by_section.setdefault(section, []).append(amount)
    return Amounts(
        units=_in_order(built.in_order(by_unit), by_unit),
        sections=_in_order(built.in_order(by_section), by_section),
        by_learner={learner: dict(sections) for learner, sections in by_learner.items()},
    )


def _rows(
    course: OpenCourse, table: str, column: str, where: tuple[Where, ...]
) -> list[tuple[str, str, str, int]]:
    rows: list[tuple[str, str, str, int]] = course.read(
        table,
        where=where,
        group_by=("unit_id", "source", "learner_id"),
        measures=(Measure("amount", "sum", column),),
    ).rows
    return rows


def _in_order(ids: list[str], values: dict[str, list[int]]) -> tuple[Amount, ...]:
    return tuple(
        Amount(one, int(sum(values[one])), len(values[one]), float(median(values[one]))) for one in ids
    )
