"""When a schedule is due in New York in 2026: the clock jumps on 8 March, goes back on 1 November."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from staffroom.jobs.due import Schedule, newest_due, next_due

NEW_YORK = ZoneInfo("America/New_York")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def dues(expression: str, *, since: str, until: str) -> list[datetime]:
    """Every due time that a scheduler sees that looks once a minute, in order, each one once."""
    schedule = Schedule("nightly", expression, NEW_YORK)
    now, end = utc(since), utc(until)
    last = newest_due(schedule, now)
    seen = []
    while now <= end:
        due = newest_due(schedule, now)
        if due > last:
            seen.append(due)
            last = due
        now += timedelta(minutes=1)
    return seen


@pytest.mark.parametrize(
    ("expression", "since", "until", "expected"),
    [
        pytest.param(
            "30 2 * * *",
            "2026-03-07T12:00",
            "2026-03-09T12:00",
            ["2026-03-08T07:00", "2026-03-09T06:30"],
            id="a time that the clock skips is due when the clock has jumped",
        ),
        pytest.param(
            "0 3 * * *",
            "2026-03-07T12:00",
            "2026-03-09T12:00",
            ["2026-03-08T07:00", "2026-03-09T07:00"],
            id="a time after the jump is due once",
        ),
        pytest.param(
            "30 1 * * *",
            "2026-10-31T12:00",
            "2026-11-02T12:00",
            ["2026-11-01T05:30", "2026-11-02T06:30"],
            id="a time that the clock repeats is due the first time",
        ),
        pytest.param(
            "0 * * * *",
            "2026-11-01T04:30",
            "2026-11-01T07:30",
            ["2026-11-01T05:00", "2026-11-01T06:00", "2026-11-01T07:00"],
            id="every hour is every hour, the repeated one too",
        ),
        pytest.param(
            "0 3 * * 1-5",
            "2026-07-03T12:00",
            "2026-07-07T12:00",
            ["2026-07-06T07:00", "2026-07-07T07:00"],
            id="a weekend is left out",
        ),
    ],
)
def test_dues_across_changes_of_the_clock(
    expression: str, since: str, until: str, expected: list[str]
) -> None:
    assert dues(expression, since=since, until=until) == [utc(text) for text in expected]


def test_a_due_time_counts_from_its_own_instant() -> None:
    schedule = Schedule("nightly", "0 3 * * *", NEW_YORK)
    assert newest_due(schedule, utc("2026-07-07T06:59:59")) == utc("2026-07-06T07:00")
    assert newest_due(schedule, utc("2026-07-07T07:00")) == utc("2026-07-07T07:00")
    assert next_due(schedule, utc("2026-07-07T06:59:59")) == utc("2026-07-07T07:00")
