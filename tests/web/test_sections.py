"""Which tables have room beside their section's title, and which need the whole width."""

from __future__ import annotations

import pytest

from staffroom.metrics.declaration import Column, Kind
from staffroom.web.charts import Chart
from staffroom.web.sections import Section
from staffroom.web.tables import Table

SHORT = (Kind.DAY, Kind.COUNT, Kind.COUNT, Kind.COUNT, Kind.COUNT, Kind.COUNT)
LONG = (*SHORT, Kind.COUNT, Kind.SHARE)
OF_COURSES = (Kind.COURSE, Kind.TEXT, Kind.TEXT, Kind.TEXT, Kind.INSTANT)


def section(kinds: tuple[Kind, ...], *, charted: bool) -> Section:
    columns = tuple(Column(f"column_{place}", "Column", kind) for place, kind in enumerate(kinds))
    chart = Chart(title="Lakes", description="Their depth.") if charted else None
    return Section(
        slug="lakes",
        title="Lakes",
        question="How deep are they?",
        answer="Deep.",
        table=Table(columns=columns, rows=[]),
        chart=chart,
    )


@pytest.mark.parametrize(
    ("kinds", "charted", "wide"),
    [
        (SHORT, True, False),
        (LONG, True, True),
        (LONG, False, False),
        (OF_COURSES, False, True),
    ],
)
def test_a_table_is_wide_by_what_its_columns_hold(kinds: tuple[Kind, ...], charted: bool, wide: bool) -> None:
    assert section(kinds, charted=charted).is_wide is wide
