"""A generated school district, straight into an instance's database: four years of everything.

Nothing of it is imported; how long an import takes is said by ``bench.importing``.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

SEED = 2026
YEARS = 4
CLASS_SIZE = 24
KINDS = (
    ("ES", ("KF", "1", "2", "3", "4", "5"), 770),
    ("MS", ("6", "7", "8"), 920),
    ("HS", ("9", "10", "11", "12"), 2050),
)
"""Of each kind of school: its grades, and about how many students go to one."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many of each. Attendance is spread unevenly over the students."""

    students: int = 20_000
    educators: int = 2_000
    attendance: int = 1_800_000
    notes: int = 100_000


@dataclass(frozen=True, slots=True)
class Pupil:
    """One student; numbers are those of the database, from 1. ``trouble`` is from 0 to 1."""

    number: int
    school: int
    kind: str
    grade: str
    homeroom: int
    trouble: float


@dataclass
class Plan:
    """Who is where. Schools, homerooms and educators are numbered from 1, as in the database."""

    sizes: Sizes
    today: date
    chance: random.Random = field(
        default_factory=lambda: random.Random(SEED)  # noqa: S311 - a benchmark, not a secret
    )

    @cached_property
    def schools(self) -> list[str]:
        """The kind of each school."""
        grades = sum(len(levels) for _, levels, _ in KINDS)
        return [
            kind
            for kind, levels, size in KINDS
            for _ in range(max(1, round(self.sizes.students * len(levels) / grades / size)))
        ]

    @cached_property
    def pupils(self) -> list[Pupil]:
        """Every grade has about as many; a homeroom is of one grade."""
        made: list[Pupil] = []
        levels = [(kind, grade) for kind, grades, _ in KINDS for grade in grades]
        for (kind, grade), (first, end) in zip(levels, _parts(self.sizes.students, len(levels)), strict=True):
            schools = [number for number, one in enumerate(self.schools, 1) if one == kind]
            for school, part in zip(schools, _parts(end - first, len(schools)), strict=True):
                self._fill(made, (school, kind, grade), part[1] - part[0])
        return made

    def _fill(self, made: list[Pupil], where: tuple[int, str, str], count: int) -> None:
        homeroom = made[-1].homeroom if made else 0
        for number in range(count):
            homeroom += number % CLASS_SIZE == 0
            made.append(Pupil(len(made) + 1, *where, homeroom, self.chance.betavariate(1.2, 5)))

    @cached_property
    def homerooms(self) -> Mapping[int, int]:
        """The school of each homeroom."""
        return {pupil.homeroom: pupil.school for pupil in self.pupils}

    @cached_property
    def educators(self) -> Mapping[int, Sequence[int]]:
        """The educators of each school, as many a homeroom in each."""
        rooms = Counter(self.homerooms.values())
        order = [school for school, count in rooms.items() for _ in range(count)]
        spread: dict[int, list[int]] = {school: [] for school in rooms}
        for number in range(1, self.sizes.educators + 1):
            spread[order[number % len(order)]].append(number)
        return spread

    @cached_property
    def school_days(self) -> list[date]:
        """Those of four school years up to yesterday."""
        begins = date(self.year - YEARS, 8, 25)
        days = (begins + timedelta(days=offset) for offset in range((self.today - begins).days))
        return [day for day in days if day.weekday() < 5 and not (6, 20) < (day.month, day.day) < (8, 25)]

    @property
    def year(self) -> int:
        """The running school year as the SIS writes it."""
        return self.today.year + ((self.today.month, self.today.day) > (8, 25))


def fill_district(sizes: Sizes, today: date) -> dict[str, int]:
    """Write the district into empty tables; returns how many rows each got."""
    from bench.district_people import course_tables, people_tables  # which need Django to be started
    from bench.district_records import record_tables
    from bench.filling import insert

    plan = Plan(sizes, today)
    return {
        str(model._meta.model_name): insert(model, fields, rows)
        for tables in (people_tables, course_tables, record_tables)
        for model, fields, rows in tables(plan)
    }


def _parts(total: int, count: int) -> list[tuple[int, int]]:
    """``total`` things in so many parts of about the same size, each from and to."""
    return list(pairwise(total * place // count for place in range(count + 1)))
