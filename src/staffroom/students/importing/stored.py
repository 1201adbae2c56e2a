"""The records of a table as they are stored, in the same natural keys and values as rows of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from staffroom.students.importing.matching import Matcher
from staffroom.students.importing.tables import IS_MISSING, Table
from staffroom.students.importing.workbench import packed
from staffroom.students.models import Versioned

Kept = tuple[str, str, int, str, bool, str]


def stored_records(matcher: Matcher, *, oldest: date | None, part: Mapping[str, str]) -> Iterator[Kept]:
    """Key, content, number, whether it is in scope and whose it is, as ``Workbench.keep`` takes them."""
    table = matcher.table
    naturals = [_natural_of(matcher, name) for name in table.content]
    for number, *values in _rows(table):
        content = [natural(value) for natural, value in zip(naturals, values, strict=True)]
        named = dict(zip(table.content, content, strict=True))
        in_scope = (
            matcher.scope.holds(matcher.school_in(named))
            and _is_within(table, named, oldest)
            and all(named[name] == value for name, value in part.items())
        )
        key = [content[place] for place in table.key_places]
        yield table.name, packed(key), number, packed(content), in_scope, matcher.owner(named)


def _rows(table: Table) -> Iterator[tuple[Any, ...]]:
    model: Any = table.model
    rows = model.objects.current() if issubclass(table.model, Versioned) else model.objects.all()
    columns = ["missing_since" if name == IS_MISSING else name for name in table.content]
    yield from rows.order_by().values_list("pk", *columns).iterator(chunk_size=5_000)


def _natural_of(matcher: Matcher, name: str) -> Callable[[Any], Any]:
    if name == IS_MISSING:
        return lambda value: value is not None
    kind = matcher.table.refs.get(name)
    if kind is not None:
        naturals = matcher.directory.of(kind).naturals
        if kind == "homeroom":  # a student's is one of their own school, so its name is enough
            return lambda value: "" if value is None else naturals[value][1]
        return lambda value: "" if value is None else naturals[value]
    return _plain


def _plain(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _is_within(table: Table, named: dict[str, Any], oldest: date | None) -> bool:
    """Whether the record is of the days that were read."""
    if oldest is None or not table.day:
        return True
    day = named[table.day]
    return bool((day.date() if isinstance(day, datetime) else day) >= oldest)
