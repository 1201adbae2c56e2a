"""Slicing a list of students: values of one panel are alternatives, panels narrow each other.

The counts of a panel are over the students whom the other panels select, so that each says what one would see
on choosing it; a panel never empties itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, compress
from typing import Any

from django.http import QueryDict

from staffroom.students.roster_columns import Facts, RosterColumn
from staffroom.students.rosters import FactsById

NOT_STATED = ""
"""The value of students of whom a panel knows nothing."""
MOST_CHOSEN = 200
"""An address may choose so many values of a panel."""

Values = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """One way to divide students. ``name`` is its parameter in the address, ``title`` a msgid.

    ``values`` gives the values of one student, at least one; ``said`` is what a value is called, given the
    facts of a student who has it, and ``nothing`` what it is called where nothing is stated; ``order`` sorts
    values by value and what they are called.
    """

    name: str
    title: str
    needs: tuple[RosterColumn, ...]
    values: Callable[[Facts], Values]
    said: Callable[[str, Facts], str]
    nothing: str
    order: Callable[[str, str], Any]
    is_coded: bool = False
    """Whether values say nothing to people, or would say a name in the address."""

    def raw(self, one: SliceValue) -> str | None:
        """A value as CSV and JSON hold it; None where it is not stated."""
        return (one.said if self.is_coded else one.value) if one.value else None


@dataclass(frozen=True, slots=True)
class SliceValue:
    """One value of a panel; ``share`` is of those whom the other panels select, None where that is nobody."""

    value: str
    said: str
    students: int
    share: float | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class Slice:
    """A panel as it stands for one selection."""

    panel: Panel
    values: tuple[SliceValue, ...]

    @property
    def is_chosen(self) -> bool:
        return any(value.chosen for value in self.values)


@dataclass(frozen=True, slots=True)
class Sliced:
    """``found`` are the students whom all panels select; panels without a known value are left out."""

    found: FactsById
    slices: tuple[Slice, ...]


Chosen = Mapping[str, frozenset[str]]
"""The chosen values by panel; a panel of which nothing is chosen is not there."""


def chosen_in(query: QueryDict, panels: Iterable[Panel]) -> Chosen:
    """What the address chooses: ``?grade=9&grade=10&lunch=``, where the empty value is “not stated”."""
    named = {panel.name: frozenset(query.getlist(panel.name)[:MOST_CHOSEN]) for panel in panels}
    return {name: values for name, values in named.items() if values}


def sliced(everybody: FactsById, panels: Sequence[Panel], chosen: Chosen) -> Sliced:
    """Divide ``everybody`` by ``panels``, each within what the others choose."""
    columns = {panel.name: [panel.values(facts) for facts in everybody.values()] for panel in panels}
    taken = {name: [not values.isdisjoint(held) for held in columns[name]] for name, values in chosen.items()}
    slices = []
    for panel in panels:
        others = [flags for name, flags in taken.items() if name != panel.name]
        column = _Column(
            panel, columns[panel.name], tuple(everybody.values()), chosen.get(panel.name, frozenset())
        )
        if column.tells_something:
            slices.append(column.within(_all_of(others, len(everybody))))
    selected = _all_of([*taken.values()], len(everybody))
    return Sliced(dict(compress(everybody.items(), selected)), tuple(slices))


def _all_of(flags: Sequence[Sequence[bool]], count: int) -> list[bool]:
    """For each student whether all flags are up."""
    return [all(each) for each in zip(*flags, strict=True)] if flags else [True] * count


@dataclass(frozen=True, slots=True)
class _Column:
    """The values that each student has in one panel, in the order of ``facts``."""

    panel: Panel
    values: Sequence[Values]
    facts: Sequence[Facts]
    chosen: frozenset[str]

    @property
    def tells_something(self) -> bool:
        return bool(self.chosen) or any(set(values) != {NOT_STATED} for values in set(self.values))

    def within(self, selected: Sequence[bool]) -> Slice:
        counts = Counter(chain.from_iterable(compress(self.values, selected)))
        total = sum(selected)
        holders = {
            value: facts for values, facts in zip(self.values, self.facts, strict=True) for value in values
        }
        made = [
            SliceValue(
                value,
                self._said(value, holders.get(value)),
                counts[value],
                counts[value] / total if total else None,
                value in self.chosen,
            )
            for value in {*holders, *self.chosen}
        ]
        return Slice(self.panel, tuple(sorted(made, key=self._place)))

    def _said(self, value: str, facts: Facts | None) -> str:
        """A value that is chosen and that nobody has is called as it stands in the address."""
        if value == NOT_STATED:
            return self.panel.nothing
        return value if facts is None else self.panel.said(value, facts)

    def _place(self, one: SliceValue) -> tuple[bool, Any]:
        return one.value == NOT_STATED, self.panel.order(one.value, one.said)
