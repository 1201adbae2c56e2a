"""Axes that name what a bare number would hide."""

from __future__ import annotations

from staffroom.web.chart_marks import bars_across, grouped_axis, name_axis
from staffroom.web.sparklines import thinned


def test_a_group_is_named_where_it_begins_and_cut_where_the_next_does() -> None:
    axis = grouped_axis("place", ["Rivers", "Rivers", "Lakes", "Rivers"])["axis"]
    assert axis["values"] == [1, 3, 4]
    assert axis["labelExpr"] == (
        'truncate({"1": "Rivers", "3": "Lakes", "4": "Rivers"}[datum.value], '
        'max(3, floor(width * {"1": 2, "3": 1, "4": 1}[datum.value] / 28)))'
    )


def test_names_stand_in_the_order_in_which_they_were_given() -> None:
    values = [{"name": "Rivers", "hours": 2}, {"name": "Lakes", "hours": 3}]
    spec = bars_across(values, y=name_axis("name", values), x={"field": "hours"})
    assert spec["data"] == {"values": values}
    assert spec["encoding"]["y"]["sort"] is None


def test_a_line_keeps_its_ends_when_it_is_thinned() -> None:
    assert thinned(range(5), most=5) == (0, 1, 2, 3, 4)
    assert thinned(range(101), most=5) == (0, 25, 50, 75, 100)
