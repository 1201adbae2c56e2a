"""Values of a panel are alternatives, panels narrow each other, each counts within what the others choose."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from staffroom.students.rosters import FactsById
from staffroom.students.slicing import Chosen, Panel, Sliced, chosen_in, sliced


def a_panel(name: str) -> Panel:
    """A panel of what stands in the facts under its name, a tuple where there are several."""

    def values(facts: Any) -> tuple[str, ...]:
        held = facts[name]
        return held if isinstance(held, tuple) else (held,)

    return Panel(
        name=name,
        title=name.title(),
        needs=(),
        values=values,
        said=lambda value, _: value,
        nothing="not stated",
        order=lambda value, _: value,
    )


PANELS = (a_panel("grade"), a_panel("lunch"), a_panel("service"))
CLASS: FactsById = {
    1: {"grade": "9", "lunch": "Free", "service": ("Tutoring", "Counseling")},
    2: {"grade": "9", "lunch": "", "service": ("",)},
    3: {"grade": "10", "lunch": "Free", "service": ("Tutoring",)},
    4: {"grade": "11", "lunch": "Reduced", "service": ("",)},
}


def choose(**chosen: str) -> Chosen:
    return {name: frozenset(values.split("|")) for name, values in chosen.items()}


def counts(found: Sliced) -> dict[str, dict[str, int]]:
    return {one.panel.name: {value.value: value.students for value in one.values} for one in found.slices}


def test_nothing_chosen_is_everybody() -> None:
    found = sliced(CLASS, PANELS, {})
    assert list(found.found) == [1, 2, 3, 4]
    assert counts(found) == {
        "grade": {"10": 1, "11": 1, "9": 2},
        "lunch": {"Free": 2, "Reduced": 1, "": 1},
        "service": {"Counseling": 1, "Tutoring": 2, "": 2},
    }


def test_values_of_one_panel_are_alternatives_and_panels_narrow_each_other() -> None:
    assert list(sliced(CLASS, PANELS, choose(grade="9|10")).found) == [1, 2, 3]
    assert list(sliced(CLASS, PANELS, choose(grade="9|10", lunch="Free")).found) == [1, 3]
    assert list(sliced(CLASS, PANELS, choose(grade="9|10", lunch="|Reduced")).found) == [2]
    assert list(sliced(CLASS, PANELS, choose(service="Counseling")).found) == [1]
    assert list(sliced(CLASS, PANELS, choose(grade="12")).found) == []


def test_a_panel_counts_those_whom_the_others_select() -> None:
    found = sliced(CLASS, PANELS, choose(grade="9", lunch="Free"))
    assert counts(found) == {
        "grade": {"10": 1, "11": 0, "9": 1},
        "lunch": {"Free": 1, "Reduced": 0, "": 1},
        "service": {"Counseling": 1, "Tutoring": 1, "": 0},
    }
    (grade, lunch, _) = found.slices
    assert [(one.value, one.share, one.chosen) for one in grade.values] == [
        ("10", 0.5, False),
        ("11", 0.0, False),
        ("9", 0.5, True),
    ]
    assert [one.said for one in lunch.values] == ["Free", "Reduced", "not stated"]


def test_where_the_others_select_nobody_there_is_no_share() -> None:
    (grade, lunch, _) = sliced(CLASS, PANELS, choose(grade="12")).slices
    assert [(one.value, one.students, one.chosen) for one in grade.values] == [
        ("10", 1, False),
        ("11", 1, False),
        ("12", 0, True),
        ("9", 2, False),
    ]
    assert [one.share for one in lunch.values] == [None, None, None]


def test_what_is_chosen_and_nobody_has_is_called_as_in_the_address_or_not_stated() -> None:
    everybody: FactsById = {1: {"grade": "9", "lunch": "Free", "service": ("",)}}
    (_, lunch) = sliced(everybody, PANELS, choose(lunch="|Odd")).slices
    assert [(one.value, one.said) for one in lunch.values] == [
        ("Free", "Free"),
        ("Odd", "Odd"),
        ("", "not stated"),
    ]


def test_a_panel_of_which_nothing_is_known_is_left_out() -> None:
    unknown: FactsById = {1: {"grade": "9", "lunch": "", "service": ("",)}}
    assert list(counts(sliced(unknown, PANELS, {}))) == ["grade"]
    assert list(counts(sliced(unknown, PANELS, choose(lunch="Free")))) == ["grade", "lunch"]
    assert counts(sliced({}, PANELS, {})) == {}


def test_the_address_says_what_is_chosen() -> None:
    query = QueryDict("grade=9&grade=10&lunch=&page=2&color=red")
    assert chosen_in(query, PANELS) == {"grade": {"9", "10"}, "lunch": {""}}


students = st.fixed_dictionaries(
    {
        "grade": st.sampled_from(["9", "10", "11"]),
        "lunch": st.sampled_from(["Free", "Reduced", ""]),
        "service": st.sets(st.sampled_from(["A", "B"]), max_size=2).map(
            lambda held: tuple(sorted(held)) or ("",)
        ),
    }
)
choices = st.fixed_dictionaries(
    {},
    optional={
        "grade": st.frozensets(st.sampled_from(["9", "10", "12"]), min_size=1),
        "lunch": st.frozensets(st.sampled_from(["Free", ""]), min_size=1),
        "service": st.frozensets(st.sampled_from(["A", "B", ""]), min_size=1),
    },
)


@given(st.lists(students, max_size=12), choices)
def test_a_count_is_what_one_sees_on_choosing_that_value_alone(everybody: list[Any], chosen: Any) -> None:
    found: FactsById = dict(enumerate(everybody))
    for one in sliced(found, PANELS, chosen).slices:
        for value in one.values:
            alone = {**chosen, one.panel.name: frozenset({value.value})}
            assert value.students == len(sliced(found, PANELS, alone).found)
