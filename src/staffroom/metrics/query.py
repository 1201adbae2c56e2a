"""A question to a published table, and its SQL: checked column by column, values always as parameters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from staffroom.errors import UnknownName

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in"]
How = Literal["sum", "count", "count_distinct", "min", "max", "avg"]

_OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "in")
_HOW = {
    "sum": "SUM({})",
    "count": "COUNT({})",
    "count_distinct": "COUNT(DISTINCT {})",
    "min": "MIN({})",
    "max": "MAX({})",
    "avg": "AVG({})",
}

MANY = 50
"""More values than these are one parameter, where the engine takes lists."""


@dataclass(frozen=True, slots=True)
class Where:
    """A condition on a column; ``value`` is a collection where ``op`` is ``in``. Null meets no condition."""

    column: str
    op: Operator
    value: object


@dataclass(frozen=True, slots=True)
class Measure:
    """A number over the rows of a group, called ``name`` in the answer.

    ``column`` may be empty for ``count``, which then counts rows. ``count_distinct`` of ``learner_id`` counts
    learners: the same id in two sources is two learners.
    """

    name: str
    how: How
    column: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What to read of a table: ``columns``, or ``group_by`` with ``measures``.

    ``order_by`` holds names of the answer, with ``-`` before those that descend.
    """

    columns: tuple[str, ...]
    where: tuple[Where, ...] = ()
    group_by: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    order_by: tuple[str, ...] = ()
    limit: int | None = None
    offset: int = 0

    @property
    def answer(self) -> tuple[str, ...]:
        """The names of the answer's columns."""
        if self.is_grouped:
            return (*self.group_by, *(measure.name for measure in self.measures))
        return self.columns

    @property
    def is_grouped(self) -> bool:
        return bool(self.group_by or self.measures)

    @property
    def is_cut(self) -> bool:
        return self.limit is not None or self.offset > 0

    def check(self, table: str, known: Collection[str]) -> None:
        """Raises UnknownName for a column that the table, or the answer, does not have."""
        read = [*self.columns, *self.group_by, *(condition.column for condition in self.where)]
        read += [measure.column for measure in self.measures if measure.column]
        _check(table, read, known)
        _check(table, [name.removeprefix("-") for name in self.order_by], self.answer)
        for condition in self.where:
            if condition.op not in _OPERATORS:
                raise UnknownName(f"operator {condition.op}", f"is not one of {' '.join(_OPERATORS)}.")


@dataclass(frozen=True, slots=True)
class Rows:
    """An answer. ``total`` counts all rows of the answer, also those that ``limit`` left out."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    total: int

    def dicts(self) -> list[dict[str, Any]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


Condition = tuple[str, tuple[object, ...]]
"""SQL of a condition with the values of its parameters."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between the engines that answer: how a value is kept, how a whole learner is written."""

    kept: Callable[[object], object]
    learner: str
    takes_lists: bool
    """Whether many values can be one parameter: as parameters of their own they take five times as long."""
    sum: str
    """The sum of whole numbers as a number that becomes a Python integer at once."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with its parameters."""

    sql: str
    values: tuple[object, ...]


def statement(
    question: Question, relation: str, within: Condition, dialect: Dialect, *, whole: Collection[str] = ()
) -> tuple[Statement, Statement]:
    """The rows asked for, and how many there are without limit and offset; ``within`` is the scope.

    ``whole`` names columns that hold whole numbers.
    """
    conditions = [within[0]]
    values: list[object] = list(within[1])
    for condition in question.where:
        sql, more = _condition(condition, dialect)
        conditions.append(sql)
        values += more
    select = ", ".join(_select(question, dialect, whole))
    sql = f"SELECT {select} FROM {relation} WHERE {' AND '.join(conditions)}"  # noqa: S608 - checked names; values are bound
    if question.group_by:
        sql += f" GROUP BY {', '.join(_name(column) for column in question.group_by)}"
    count = Statement(f"SELECT COUNT(*) FROM ({sql}) AS answer", tuple(values))  # noqa: S608 - checked names; values are bound
    if question.order_by:
        sql += f" ORDER BY {', '.join(_order(column) for column in question.order_by)}"
    if question.is_cut:
        limit = question.limit if question.limit is not None else 2**62
        sql += f" LIMIT {int(limit)} OFFSET {int(question.offset)}"
    return Statement(sql, tuple(values)), count


def _select(question: Question, dialect: Dialect, whole: Collection[str]) -> Iterator[str]:
    if not question.is_grouped:
        yield from (_name(column) for column in question.columns)
        return
    yield from (_name(column) for column in question.group_by)
    for measure in question.measures:
        whole_learner = measure.how == "count_distinct" and measure.column == "learner_id"
        inner = dialect.learner if whole_learner else _name(measure.column) if measure.column else "*"
        of_whole = measure.how == "sum" and measure.column in whole
        how = dialect.sum if of_whole else _HOW[measure.how]
        yield f"{how.format(inner)} AS {_name(measure.name)}"


def _condition(condition: Where, dialect: Dialect) -> tuple[str, list[object]]:
    if condition.op == "in":
        assert isinstance(condition.value, Collection), "the value of 'in' is a collection"
        values = [dialect.kept(item) for item in condition.value]
        if dialect.takes_lists and len(values) > MANY:
            return f"{_name(condition.column)} IN (SELECT UNNEST(?))", [values]
        places = ", ".join("?" for _ in values) or "NULL"
        return f"{_name(condition.column)} IN ({places})", values
    return f"{_name(condition.column)} {condition.op} ?", [dialect.kept(condition.value)]


def _order(column: str) -> str:
    """Nulls stand last in both directions."""
    return f"{_name(column.removeprefix('-'))} {'DESC' if column.startswith('-') else 'ASC'} NULLS LAST"


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _check(table: str, names: Collection[str], known: Collection[str]) -> None:
    for column in names:
        if column not in known:
            raise UnknownName(
                f"{table}.{column}", "is not a column.", next_step=f"Columns: {', '.join(known)}."
            )


def _as_text(value: object) -> object:
    if isinstance(value, datetime):
        return _naive(value).isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else value


def _as_naive(value: object) -> object:
    return _naive(value) if isinstance(value, datetime) else value


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None) if instant.tzinfo is not None else instant


DUCK = Dialect(_as_naive, "(source, learner_id)", takes_lists=True, sum="CAST(SUM({}) AS BIGINT)")
"""Instants are in UTC, without a zone."""

SQLITE = Dialect(_as_text, "source || char(31) || learner_id", takes_lists=False, sum="SUM({})")
"""Days and instants are ISO text, in UTC and without a zone."""
