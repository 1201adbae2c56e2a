"""A list of students as a section: searched, sorted, in pages, with the columns that one chooses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from staffroom.metrics.declaration import Kind, Plural, msg, plural
from staffroom.students.models.people import StudentQuerySet
from staffroom.students.pages.area import Visit
from staffroom.students.paths import student_link
from staffroom.students.roster_columns import LAST_NOTE, NAME, Basis, RosterColumn, roster_columns
from staffroom.students.rosters import FactsById, Wanted, listed, listed_from
from staffroom.web.arrangement import Arrangement
from staffroom.web.choice import ColumnChoice
from staffroom.web.empty import Cause, Empty
from staffroom.web.paging import ROWS_A_PAGE, Paging
from staffroom.web.sections import Section
from staffroom.web.tables import Row, Table
from staffroom.web.words import say, say_count

SEARCHED = ("name", "grade", "school", "homeroom", "teacher")
WHOLE_CLASS = 60
"""Rows of a page that shows a class: all of it, as good as always."""
FOUND = plural("{count} student matches.", "{count} students match.")
TOO_NARROW = msg("No student here has all of these words in name, grade, school, homeroom or teacher.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """What one page says of its list. Texts are msgids; ``what`` is the page's name in the audit trail.

    ``usual`` names the columns that are shown where the address names none, ``own`` are columns of this list
    alone; with ``with_notes``, the days of the last notes are usual too. ``nobody`` says why there is nobody,
    where nothing is searched for.
    """

    what: str
    title: str
    question: str
    answer: Plural
    nobody: Empty
    usual: Sequence[str]
    own: Sequence[RosterColumn] = ()
    with_notes: bool = False
    size: int = ROWS_A_PAGE
    slug: str = "students"


@dataclass(frozen=True, slots=True)
class _Shown:
    """The columns of one request: all that there are, those that are shown, and the choice between them."""

    known: Mapping[str, RosterColumn]
    columns: tuple[RosterColumn, ...]
    choice: ColumnChoice


def basis_of(visit: Visit) -> Basis:
    return Basis(visit.request.instance, visit.days)


def roster_section(
    visit: Visit, roster: Roster, students: StudentQuerySet, found: FactsById | None = None
) -> Section:
    """``students`` as a section; whom it names is in the audit trail. ``found`` is what was read of them."""
    basis = basis_of(visit)
    shown = _shown(visit, roster, basis)
    wanted = _wanted(visit, roster, shown)
    if found is None:
        page = listed(students, shown.columns, wanted, basis)
    else:
        page = listed_from(found, shown.columns, wanted)
    visit.record_ids(roster.what, page.local_ids)
    searching = bool(wanted.arrangement.search)
    return Section(
        slug=roster.slug,
        title=roster.title,
        question=roster.question,
        answer=say_count(FOUND if searching else roster.answer, page.paging.total),
        table=Table(
            columns=tuple(column.column for column in shown.columns),
            rows=page.rows,
            links={NAME.name: student_link},
            paging=page.paging,
            arrangement=wanted.arrangement,
            choice=shown.choice,
            faded=_old(shown, visit.days.recent),
        ),
        empty=Empty(Cause.FILTER_TOO_NARROW, say(TOO_NARROW)) if searching else roster.nobody,
    )


def needed_columns(visit: Visit, roster: Roster) -> list[RosterColumn]:
    """What a request has to know of all students of a list, to show, sort and search them."""
    shown = _shown(visit, roster, basis_of(visit))
    searched = _wanted(visit, roster, shown).searched if visit.request.GET.get("q") else ()
    return [*shown.columns, *searched]


def _old(shown: _Shown, since: date) -> dict[str, Callable[[Row], bool]]:
    """Days before the last weeks step back."""

    def before(name: str) -> Callable[[Row], bool]:
        return lambda row: isinstance(day := row.get(name), date) and day < since

    return {column.name: before(column.name) for column in shown.columns if column.column.kind is Kind.DAY}


def _shown(visit: Visit, roster: Roster, basis: Basis) -> _Shown:
    own = {column.name: column for column in roster.own}
    known = {NAME.name: NAME, **own, **roster_columns(basis)}
    offered = [column.column for column in known.values() if column is not NAME]
    notes = [name for name in known if name.startswith(LAST_NOTE)] if roster.with_notes else []
    choice = ColumnChoice.read(visit.request.GET, offered, usual=[*roster.usual, *notes])
    columns = tuple(column for column in known.values() if column is NAME or column.name in choice.chosen)
    return _Shown(known, columns, choice)


def _wanted(visit: Visit, roster: Roster, shown: _Shown) -> Wanted:
    arrangement = Arrangement.read(
        visit.request.GET,
        [column.column for column in shown.columns],
        default=NAME.name,
        searched=SEARCHED,
    )
    return Wanted(
        arrangement,
        shown.known[arrangement.sort],
        tuple(shown.known[name] for name in SEARCHED),
        Paging.of(visit.request, size=roster.size),
    )
