"""The table of ``make bench``, and the figures in it."""

from __future__ import annotations

from bench.report import Row, percentile, table


def test_a_percentile_is_a_value_that_was_measured() -> None:
    seconds = [0.05, 0.01, 0.02, 0.04, 0.03]
    assert (percentile(seconds, 0.5), percentile(seconds, 0.95)) == (0.03, 0.05)


def test_each_row_says_whether_its_goal_was_met() -> None:
    rows = [
        Row("gzip", "2.0 s", "1"),
        Row("ingest", "9.0 s", "4.5", "at most 6 times", met=True),
        Row("memory", "2,000 MB", "", "under 1,024 MB", met=False),
    ]
    assert table(rows).splitlines() == [
        "measured  result    ratio  goal",
        "--------  --------  -----  ---------------  ------",
        "gzip      2.0 s     1",
        "ingest    9.0 s     4.5    at most 6 times  met",
        "memory    2,000 MB         under 1,024 MB   MISSED",
    ]
