"""The overview: each answer with its trend, and how it differs from the week before."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from staffroom.courses.paths import course_path
from tests.cast import LAKE, Cast
from tests.courses.conftest import Browser
from tests.courses.stores import SPRINGS, by, enrolled, of, on, publish, university, week

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

WEEKS = (week(2, 40, 1, 30, 0, 50), week(9, 30, 1, 35, 0, 50), week(16, 5, 1, 1, 0, 50, complete=False))
QUESTIONS = f"{course_path(LAKE)}questions.json"


def three_weeks(store: Path) -> None:
    """Weeks with 40 and 30 active learners, then a running one; on each day so many visits as its date."""
    days = [on(2) + timedelta(days=number) for number in range(14)]
    publish(
        store,
        {
            "weekly_activity": of(LAKE, *WEEKS),
            "enrolment_by_day": of(LAKE, *(enrolled(day.day, "audit", 20 + day.day) for day in days)),
            "unit_visits": of(LAKE, *(by("11", unit_id=SPRINGS, day=day, visits=day.day) for day in days)),
            "time_on_unit": of(
                LAKE, *(by("11", unit_id=SPRINGS, day=day, seconds=60, stays=1) for day in days)
            ),
        },
    )


def test_each_answer_stands_with_its_trend_and_its_change(
    empty_instance: Path, cast: Cast, browser: Browser
) -> None:
    three_weeks(empty_instance)
    rows = browser(cast.stella).get(QUESTIONS).json()["results"]
    assert [(row["change"], row["trend"]) for row in rows] == [
        ("+7 learners", [22 + number for number in range(14)]),
        ("−10 learners", [40, 30]),
        ("+5 learners", [30, 35]),
        ("no change", [60] * 14),
        ("+49 visits", [2 + number for number in range(14)]),
    ]


def test_the_page_says_first_how_the_last_full_week_differs(
    empty_instance: Path, cast: Cast, browser: Browser
) -> None:
    three_weeks(empty_instance)
    page = unescape(browser(cast.stella).get(course_path(LAKE)).text)
    assert "30 learners were active in the last full week, 10 fewer than in the week before." in page


def test_before_there_are_two_weeks_nothing_is_compared(
    empty_instance: Path, cast: Cast, browser: Browser
) -> None:
    publish(empty_instance, university())
    rows = browser(cast.stella).get(QUESTIONS).json()["results"]
    assert [row["change"] for row in rows] == [None] * 5
