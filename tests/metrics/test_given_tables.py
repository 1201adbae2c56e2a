"""Given tables: the calendar, the thresholds and the excluded accounts."""

from __future__ import annotations

from datetime import date

from staffroom.metrics.given import calendar, given_tables
from staffroom.metrics.settings import MetricSettings


def test_the_calendar_has_iso_weeks_across_the_turn_of_the_year() -> None:
    rows = calendar(date(2024, 12, 29), date(2025, 1, 6)).to_pylist()
    assert [(row["day"].day, row["iso_week"], row["weekday"]) for row in rows] == [
        (29, "2024W52", 7),
        (30, "2025W01", 1),
        (31, "2025W01", 2),
        (1, "2025W01", 3),
        (2, "2025W01", 4),
        (3, "2025W01", 5),
        (4, "2025W01", 6),
        (5, "2025W01", 7),
        (6, "2025W02", 1),
    ]
    assert rows[1] == {
        "day": date(2024, 12, 30),
        "iso_week": "2025W01",
        "week_start": date(2024, 12, 30),
        "week_end": date(2025, 1, 5),
        "weekday": 1,
        "month_start": date(2024, 12, 1),
    }


def test_settings_are_one_row_of_thresholds() -> None:
    day = date(2026, 9, 7)
    (row,) = given_tables(MetricSettings(segment_seconds=10), [], day, day)["settings"].to_pylist()
    assert row == {
        "session_gap_seconds": 12_600,
        "login_gap_seconds": 600,
        "dashboard_gap_seconds": 900,
        "outlier_gap_seconds": 1_800,
        "outlier_worth_seconds": 600,
        "last_action_seconds": 600,
        "shortest_stay_seconds": 15,
        "segment_seconds": 10,
        "drop_off_share": 0.05,
        "completed_share": 0.95,
    }


def test_an_excluded_user_name_is_excluded_in_every_source() -> None:
    day = date(2026, 9, 7)
    settings = MetricSettings(excluded_usernames=("robot", "audit", "robot"))
    rows = given_tables(settings, ["south", "north"], day, day)["excluded_accounts"].to_pylist()
    assert [(row["source"], row["username"]) for row in rows] == [
        ("north", "audit"),
        ("north", "robot"),
        ("south", "audit"),
        ("south", "robot"),
    ]
