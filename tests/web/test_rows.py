"""Cells that stand out or step back, and the totals below a table."""

from __future__ import annotations

import re

from staffroom.metrics.declaration import Column, Kind
from staffroom.web.arrangement import Arrangement
from staffroom.web.raw import csv_text
from staffroom.web.rows import body, foot
from staffroom.web.tables import Table

COLUMNS = (
    Column("lake", "Lake", Kind.TEXT),
    Column("spring", "Spring", Kind.COUNT),
    Column("autumn", "Autumn", Kind.COUNT),
)
ROWS = [
    {"lake": "Upper", "spring": 40, "autumn": 1},
    {"lake": "Lower", "spring": 0, "autumn": None},
]


def test_cells_are_tinted_in_proportion_to_the_largest_of_all_warm_columns() -> None:
    table = Table(columns=COLUMNS, rows=ROWS, heat=frozenset({"spring", "autumn"}))
    assert re.findall(r'data-part="(\d+)"', body(table)) == ["10", "1", "0", "0"]


def test_cells_step_back_where_the_table_says_so() -> None:
    table = Table(columns=COLUMNS, rows=ROWS, faded={"spring": lambda row: row["spring"] == 0})
    assert re.findall(r"<td[^>]*data-faded[^>]*>([^<]*)<", body(table)) == ["0"]


def test_totals_stand_below_the_rows_and_not_in_csv() -> None:
    table = Table(
        columns=COLUMNS, rows=ROWS, foot={"lake": "<All>", "spring": 1040}, links={"lake": lambda _: "/"}
    )
    (row,) = re.findall(r"<tfoot.*?</tfoot>", foot(table))
    assert re.findall(r">([^<>]+)<", row) == ["&lt;All&gt;", "1,040", "–", "not known"]
    assert "<a" not in row
    assert len(csv_text(table).splitlines()) == 3
    assert foot(Table(columns=COLUMNS, rows=ROWS)) == ""


def test_a_column_may_have_an_order_of_its_own() -> None:
    by_length = Arrangement(sort="lake", orders={"lake": len})
    rows = [{"lake": name} for name in ("Lower", "Up", "Middle")]
    assert [row["lake"] for row in by_length.arranged(rows)] == ["Up", "Lower", "Middle"]
