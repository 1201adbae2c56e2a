"""The panels by which a school's students are sliced: who they are, what supports them, how they do."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from zlib import crc32

from staffroom.metrics.declaration import Column, Kind, msg
from staffroom.students.bands import FIRST_GENERATION, NEXT_GENERATION
from staffroom.students.days import midnight
from staffroom.students.grades import grade_order
from staffroom.students.names import folded
from staffroom.students.roster_columns import (
    GOING_ON,
    NOTES,
    SERVICES,
    Basis,
    Facts,
    RosterColumn,
    last_notes,
    roster_columns,
)
from staffroom.students.services_settings import services_settings
from staffroom.students.slicing import NOT_STATED, Panel, Values
from staffroom.web.words import say

YES, NO = "yes", "no"
QUARTERS = ((25, "0-24"), (50, "25-49"), (75, "50-74"), (101, "75-100"))
DAYS = ((1, "0"), (5, "1-4"), (10, "5-9"), (21, "10-20"))
MANY_DAYS = "21+"
TIMES = ((1, "0"), (2, "1"), (3, "2"), (6, "3-5"))
MANY_TIMES = "6+"
BANDS = {str(least): band for least, band in (*reversed(FIRST_GENERATION), *reversed(NEXT_GENERATION))}
"""The bands of both generations by their least score: one ends at 280, the other begins at 440."""
MCAS_ENDS = (200, 220, 240, 260, 281, 440, 470, 500, 530)
MCAS_BANDS = tuple(zip(MCAS_ENDS, ("", "200", "220", "240", "260", "", "440", "470", "500"), strict=True))
BEST_BAND = "530"


def panels(basis: Basis) -> tuple[Panel, ...]:
    """All panels, in the order in which they stand."""
    known = roster_columns(basis)
    levels = {level: place for place, level in enumerate(basis.settings.sped_levels)}
    return (
        _texts(known["grade"], order=lambda value, _: grade_order(value)),
        _texts(known["house"]),
        _people(known["counselor"]),
        _homerooms(known["homeroom"]),
        _texts(_field("gender", msg("Gender"))),
        _texts(_field("race", msg("Race"))),
        _hispanic(),
        _years(basis.days.today),
        _texts(known["program"]),
        _texts(known["sped_level"], order=lambda value, _: (levels.get(value, len(levels)), value)),
        _texts(known["plan_504"]),
        _texts(known["language_status"]),
        _texts(known["lunch"]),
        _buckets(known["absences"], DAYS, MANY_DAYS),
        _buckets(known["tardies"], DAYS, MANY_DAYS),
        _buckets(known["incidents"], TIMES, MANY_TIMES),
        _buckets(known["star_reading"], QUARTERS),
        _buckets(known["star_math"], QUARTERS),
        _buckets(known["mcas_ela_score"], MCAS_BANDS, BEST_BAND, _band_name),
        _buckets(known["mcas_ela_growth"], QUARTERS),
        _buckets(known["mcas_math_score"], MCAS_BANDS, BEST_BAND, _band_name),
        _buckets(known["mcas_math_growth"], QUARTERS),
        _services(services_settings(basis.instance).titles),
        _notes(basis),
    )


def _field(name: str, title: str) -> RosterColumn:
    """A field that is sliced by and never listed."""
    return RosterColumn(Column(name, title, Kind.TEXT), lambda facts: facts[name] or None, (name,))


def _texts(column: RosterColumn, order: Callable[[str, str], Any] = lambda _, said: folded(said)) -> Panel:
    return Panel(
        name=column.name,
        title=column.column.title,
        needs=(column,),
        values=lambda facts: (column.value(facts) or NOT_STATED,),
        said=lambda value, _: value,
        nothing=_not_stated(),
        order=order,
    )


def _people(column: RosterColumn) -> Panel:
    """Names of people, by a number made of each, so that no name stands in an address."""
    return replace(
        _texts(column),
        values=lambda facts: (coded(column.value(facts)),),
        said=lambda _, facts: str(column.value(facts)),
        is_coded=True,
    )


def coded(name: str | None) -> str:
    return f"{crc32(name.encode()):08x}" if name else NOT_STATED


def _homerooms(column: RosterColumn) -> Panel:
    """By number, for its name may be a teacher's."""
    number = RosterColumn(column.column, lambda facts: facts["homeroom"], ("homeroom",))
    return replace(
        _texts(column),
        needs=(column, number),
        values=lambda facts: (str(facts["homeroom"] or NOT_STATED),),
        said=lambda _, facts: str(column.value(facts)),
        is_coded=True,
    )


def _hispanic() -> Panel:
    column = RosterColumn(
        Column("hispanic", msg("Hispanic or Latino"), Kind.FLAG),
        lambda facts: facts["is_hispanic"],
        ("is_hispanic",),
    )
    values = {True: YES, False: NO, None: NOT_STATED}
    said = {YES: msg("yes"), NO: msg("no")}
    return Panel(
        name=column.name,
        title=column.column.title,
        needs=(column,),
        values=lambda facts: (values[facts["is_hispanic"]],),
        said=lambda value, _: say(said[value]),
        nothing=_not_stated(),
        order=lambda value, _: value != YES,
    )


def _years(today: date) -> Panel:
    """Whole years since they were registered, of 365 days each."""
    column = RosterColumn(
        Column("years", msg("Years enrolled"), Kind.COUNT),
        lambda facts: facts["registered_on"],
        ("registered_on",),
    )

    def values(facts: Facts) -> Values:
        since = facts["registered_on"]
        return (NOT_STATED if since is None else str(max(0, (today - since).days // 365)),)

    return Panel(
        name=column.name,
        title=column.column.title,
        needs=(column,),
        values=values,
        said=lambda value, _: value,
        nothing=_not_stated(),
        order=lambda value, _: int(value) if value.isdigit() else 0,
    )


def _buckets(
    column: RosterColumn,
    buckets: tuple[tuple[int, str], ...],
    beyond: str = NOT_STATED,
    said: Callable[[str], str] = lambda value: value.replace("-", "–"),
) -> Panel:
    """Numbers in buckets: each ends before its number, ``beyond`` is what the last one leaves."""
    ends = [end for end, _ in buckets]
    names = (*(name for _, name in buckets), beyond)
    places = {name: place for place, name in enumerate(names)}

    def values(facts: Facts) -> Values:
        number = column.value(facts)
        return (NOT_STATED if number is None else names[bisect_right(ends, number)],)

    return Panel(
        name=column.name,
        title=column.column.title,
        needs=(column,),
        values=values,
        said=lambda value, _: said(value),
        nothing=_not_stated(),
        order=lambda value, _: places.get(value, len(places)),
    )


def _services(titles: Mapping[str, str]) -> Panel:
    """The kinds of services that go on; several of one kind are one."""
    places = {kind: place for place, kind in enumerate(titles)}
    return Panel(
        name="service",
        title=SERVICES.column.title,
        needs=(SERVICES,),
        values=lambda facts: tuple({kind for kind, _ in facts.get(GOING_ON, ())}) or (NOT_STATED,),
        said=lambda kind, _: titles.get(kind, kind),
        nothing=say(msg("none")),
        order=lambda kind, _: places.get(kind, len(places)),
    )


def _notes(basis: Basis) -> Panel:
    """The kinds of notes that were written in this school year; restricted ones tell nothing here."""
    titles = basis.notes.titles
    places = {kind: place for place, kind in enumerate(titles)}
    since = midnight(basis.days.school_year, basis.instance)
    column = RosterColumn(
        Column("note", msg("Notes of this year"), Kind.TEXT), lambda facts: facts.get(NOTES), read=last_notes
    )

    def values(facts: Facts) -> Values:
        recent = (kind for kind, at in facts.get(NOTES, {}).items() if at >= since)
        return tuple(recent) or (NOT_STATED,)

    return Panel(
        name=column.name,
        title=column.column.title,
        needs=(column,),
        values=values,
        said=lambda kind, _: titles.get(kind, kind),
        nothing=say(msg("none")),
        order=lambda kind, _: places.get(kind, len(places)),
    )


def _band_name(least: str) -> str:
    return say(BANDS[least])


def _not_stated() -> str:
    return say(msg("not stated"))
