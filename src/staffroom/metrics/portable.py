"""The portable subset of SQL that metrics are written in, checked statement by statement.

What is allowed is listed; everything else fails, because the differences between engines that hurt are
silent.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot
from sqlglot import exp

FUNCTIONS: frozenset[type[exp.Expr]] = frozenset(
    {
        exp.Abs,
        exp.And,
        exp.Case,
        exp.Cast,
        exp.Coalesce,
        exp.Count,
        exp.Explode,  # UNNEST(GENERATE_SERIES(…)): one row per whole number
        exp.Floor,
        exp.GenerateSeries,
        exp.Greatest,
        exp.If,  # a WHEN of a CASE
        exp.Lag,
        exp.Lead,
        exp.Least,
        exp.Max,
        exp.Min,
        exp.Or,
        exp.Replace,
        exp.RowNumber,
        exp.SplitPart,
        exp.Sum,
        exp.Unnest,
    }
)
"""Functions that were compared by value on both engines."""

FORBIDDEN = (exp.Array, exp.Bracket, exp.ILike, exp.Interval, exp.Lambda, exp.Struct)
"""Lists, structures, intervals and case folding."""

TYPES = frozenset({"VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP"})
"""Types of CAST."""

ORDERED = (exp.Lag, exp.Lead, exp.RowNumber)
"""Window functions whose answer depends on an order, which must then be there."""


def faults(sql: str, *, casts: bool = True) -> list[str]:
    """What in ``sql`` is outside the portable subset, in words; empty where nothing is.

    ``casts`` demands that the outer SELECT casts every column to its declared type.
    """
    statement = sqlglot.parse_one(sql, read="duckdb")
    found = [*_stars(statement), *_functions(statement), *_types(statement), *_decimals(statement)]
    found += [*_windows(statement), *_limits(statement)]
    if casts:
        found += _uncast(statement)
    return found


def _stars(statement: exp.Expr) -> Iterator[str]:
    for star in statement.find_all(exp.Star):
        if not isinstance(star.parent, exp.Count):
            yield "SELECT * names no columns"


def _functions(statement: exp.Expr) -> Iterator[str]:
    for function in statement.find_all(exp.Func):
        if type(function) not in FUNCTIONS:
            name = function.name if isinstance(function, exp.Anonymous) else function.sql_name()
            yield f"{name.upper()} is not on the list of functions"
    for part in statement.find_all(*FORBIDDEN):
        yield f"{type(part).__name__.upper()} is not portable"
    for filtered in statement.find_all(exp.Filter, exp.WithinGroup, exp.Distinct):
        if isinstance(filtered, exp.Distinct) and isinstance(filtered.parent, exp.Select):
            continue
        yield f"{type(filtered).__name__.upper()} within an aggregate is not portable"


def _types(statement: exp.Expr) -> Iterator[str]:
    for cast in statement.find_all(exp.Cast):
        kind = cast.to.sql(dialect="duckdb").upper()
        kind = {"TEXT": "VARCHAR"}.get(kind, kind)
        if kind not in TYPES:
            yield f"CAST to {kind} is not on the list of types"


def _decimals(statement: exp.Expr) -> Iterator[str]:
    for literal in statement.find_all(exp.Literal):
        if not literal.is_string and not literal.name.isdigit():
            yield f"{literal.name} is a decimal on one engine and a double on the other"


def _windows(statement: exp.Expr) -> Iterator[str]:
    named = {window.name: window for window in statement.find_all(exp.Window) if not _function(window)}
    for window in statement.find_all(exp.Window):
        function = _function(window)
        if function is None:
            continue
        definition = named.get(window.alias, window)
        if definition.args.get("order") is None:
            yield f"{function.sql_name()} OVER has no ORDER BY"
        elif not isinstance(function, ORDERED) and definition.args.get("spec") is None:
            yield f"{function.sql_name()} OVER (… ORDER BY …) does not say ROWS BETWEEN"


def _function(window: exp.Window) -> exp.Func | None:
    return window.this if isinstance(window.this, exp.Func) else None


def _limits(statement: exp.Expr) -> Iterator[str]:
    for part in statement.find_all(exp.Limit, exp.Order):
        if isinstance(part, exp.Limit) or not isinstance(part.parent, exp.Window):
            yield f"{type(part).__name__.upper()} outside a window: the writer orders the rows"


def _uncast(statement: exp.Expr) -> Iterator[str]:
    selects = [statement] if isinstance(statement, exp.Select) else list(_branches(statement))
    for select in selects:
        for column in select.expressions:
            if not isinstance(column, exp.Alias) or not isinstance(column.this, exp.Cast):
                yield f"{column.alias_or_name} is not cast to its declared type"


def _branches(statement: exp.Expr) -> Iterator[exp.Select]:
    if isinstance(statement, exp.SetOperation):
        yield from _branches(statement.left)
        yield from _branches(statement.right)
    elif isinstance(statement, exp.Select):
        yield statement
