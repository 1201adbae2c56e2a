"""What a metric says of itself; page, CSV, JSON, OpenAPI and docs are all drawn from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import resources


def msg(text: str) -> str:
    """Mark ``text`` for translation; ``web`` translates it when it is shown."""
    return text


@dataclass(frozen=True, slots=True)
class Plural:
    """A text in singular and plural, each with ``{count}``."""

    one: str
    many: str


def plural(one: str, many: str) -> Plural:
    """Mark a text with a number in it for translation."""
    return Plural(one, many)


class Kind(StrEnum):
    """What a column's values are: decides SQL type, alignment, format and how CSV writes it."""

    COURSE = "course"
    LEARNER = "learner"
    TEXT = "text"
    BLOCK = "block"  # the id of a section, subsection, unit, video or problem
    DAY = "day"
    WEEK = "week"  # the Monday on which it starts
    INSTANT = "instant"
    COUNT = "count"  # whole number
    SECONDS = "seconds"  # whole seconds, shown as h:mm:ss
    OFFSET = "offset"  # position in a video, seconds with fraction
    SHARE = "share"  # 0 to 1, shown in per cent
    RATIO = "ratio"  # how many of one thing for each of another
    FLAG = "flag"


SQL_TYPES: Mapping[Kind, str] = {
    Kind.COURSE: "VARCHAR",
    Kind.LEARNER: "VARCHAR",
    Kind.TEXT: "VARCHAR",
    Kind.BLOCK: "VARCHAR",
    Kind.DAY: "DATE",
    Kind.WEEK: "DATE",
    Kind.INSTANT: "TIMESTAMP",
    Kind.COUNT: "BIGINT",
    Kind.SECONDS: "BIGINT",
    Kind.OFFSET: "DOUBLE",
    Kind.SHARE: "DOUBLE",
    Kind.RATIO: "DOUBLE",
    Kind.FLAG: "BOOLEAN",
}


class Unit(StrEnum):
    """What a night recomputes when an event arrives: that day, that learner in that course …"""

    DAY = "day"
    LEARNER_IN_COURSE = "learner_in_course"
    COURSE = "course"
    ALL = "all"


class Visibility(StrEnum):
    """Who may see a column's values."""

    COURSE_STAFF = "course_staff"
    ADMINISTRATORS = "administrators"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table, wherever it is shown. ``name`` is the key in CSV and JSON, never translated."""

    name: str
    title: str
    kind: Kind
    help: str = ""
    unit: str = ""
    visible_to: Visibility = Visibility.COURSE_STAFF
    suppress: bool = False
    """True where small groups are hidden from those who may not see the people behind them."""

    @property
    def sql_type(self) -> str:
        return SQL_TYPES[self.kind]


@dataclass(frozen=True, slots=True)
class Metric:
    """One question and the table that answers it.

    ``key`` is the grain: one row for each of its values, and the order of the rows. ``inputs`` are table
    names: ``events``, course tables, given tables, SELECTs that metrics share (``views/``), or other metrics,
    which are then computed first.
    """

    name: str
    title: str
    question: str
    rule: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    inputs: tuple[str, ...]
    unit: Unit
    differs: tuple[str, ...] = ()
    source: str = ""
    shown: bool = True
    """False for a step on the way that no page or API resource shows."""
    by_learner: bool = False
    """True where it is also asked by learner: a second copy sorted by learner is kept."""
    fast: bool = False
    """True where every view reads it: an immutable SQLite copy is kept."""
    late_event: str = field(default="")
    """What a late event costs, in a sentence."""

    @property
    def sql(self) -> str:
        """The SELECT beside the declaration, in the portable subset."""
        library = resources.files("staffroom.metrics") / "library"
        return (library / f"{self.name}.sql").read_text("utf-8")

    @property
    def names_learners(self) -> bool:
        return any(column.kind is Kind.LEARNER for column in self.columns)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)
