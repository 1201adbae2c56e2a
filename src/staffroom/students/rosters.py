"""Lists of students: a fixed number of reads for any number of students, and only of what is shown.

A list is searched and sorted by what it has to know of all its students, and the rest is read of those on the
page. Callers pass students whom ``access`` has let through.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from staffroom.students.models import Student
from staffroom.students.models.people import StudentQuerySet
from staffroom.students.names import folded_all, holds, words_of
from staffroom.students.roster_columns import NAME, Basis, RosterColumn
from staffroom.web.arrangement import Arrangement
from staffroom.web.paging import Paging

MOST_NUMBERS = 500
"""More students than these are asked for as the list that they are in, not by their numbers."""

FactsById = dict[int, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list. ``rows`` hold the columns by name and the student's number as ``id``."""

    rows: list[dict[str, Any]]
    paging: Paging
    local_ids: list[str]
    """Of those in ``rows``, for the audit trail."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the address wants a list: what is searched in which columns, sorted by what, which page."""

    arrangement: Arrangement
    sort: RosterColumn
    searched: Sequence[RosterColumn]
    paging: Paging


def facts_of(students: StudentQuerySet, columns: Iterable[RosterColumn], basis: Basis) -> FactsById:
    """What ``columns`` need of each student, by number, in the order of ``students``."""
    columns = (NAME, *columns)
    fields = {field for column in columns for field in column.fields} - {"pk"}
    found: FactsById = {one["pk"]: one for one in students.values("pk", *fields)}
    for read in dict.fromkeys(column.read for column in columns if column.read):
        for student, facts in read(students, basis).items():
            if student in found:  # an import may come between two reads
                found[student].update(facts)
    return found


def listed(
    students: StudentQuerySet, columns: Sequence[RosterColumn], wanted: Wanted, basis: Basis
) -> Listed:
    """The page of ``students`` that is asked for, with these columns."""
    known = (wanted.sort, *(wanted.searched if wanted.arrangement.search else ()))
    found = facts_of(students, known, basis)
    shown = arranged(found, wanted)
    page = shown[wanted.paging.window]
    more = facts_of(_these(students, page, of=len(found)), set(columns).difference(known), basis)
    whole = {student: found[student] | more[student] for student in page if student in more}
    return _as_rows(whole, columns, wanted.paging.with_total(len(shown)))


def listed_from(found: FactsById, columns: Sequence[RosterColumn], wanted: Wanted) -> Listed:
    """The same where all that the columns need was read already."""
    shown = arranged(found, wanted)
    page = {student: found[student] for student in shown[wanted.paging.window]}
    return _as_rows(page, columns, wanted.paging.with_total(len(shown)))


def arranged(found: FactsById, wanted: Wanted) -> list[int]:
    """The students that match, sorted; those without a value stand last either way, ties as they came."""
    students = _matching(found, wanted)
    column = wanted.sort
    values = {student: column.value(found[student]) for student in students}
    known = [student for student in students if values[student] is not None]
    unknown = [student for student in students if values[student] is None]
    keys = dict(zip(known, _keys(column, [values[student] for student in known]), strict=True))
    known.sort(key=keys.__getitem__, reverse=wanted.arrangement.descending)
    return known + unknown


def _as_rows(found: FactsById, columns: Sequence[RosterColumn], paging: Paging) -> Listed:
    rows = [
        {"id": student, **{column.name: column.value(facts) for column in columns}}
        for student, facts in found.items()
    ]
    return Listed(rows, paging, [facts["local_id"] for facts in found.values()])


def _matching(found: FactsById, wanted: Wanted) -> list[int]:
    words = words_of(wanted.arrangement.search)
    if not words:
        return list(found)
    columns = [_folded_column(column, found) for column in wanted.searched]
    texts = map(" ".join, zip(*columns, strict=True))
    return [student for student, text in zip(found, texts, strict=True) if holds(text, words)]


def _folded_column(column: RosterColumn, found: FactsById) -> list[str]:
    """What each student has in one column, folded; a value that many have is folded once."""
    values = [str(column.value(facts) or "") for facts in found.values()]
    distinct = list(dict.fromkeys(values))
    plain = dict(zip(distinct, folded_all(distinct), strict=True))
    return [plain[value] for value in values]


def _keys(column: RosterColumn, values: list[Any]) -> list[Any]:
    """What the values are sorted by; texts without an order of their own are folded in one go."""
    if column.order is not None:
        return [column.order(value) for value in values]
    if values and isinstance(values[0], str):
        return folded_all(values)
    return values


def _these(students: StudentQuerySet, page: Sequence[int], *, of: int) -> StudentQuerySet:
    """The students of a page: by their numbers where they are few, else all that the list has."""
    if len(page) == of or len(page) > MOST_NUMBERS:
        return students
    return Student.objects.filter(pk__in=page)
