"""The term is the three weeks before today, on whatever day of the week that is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from staffroom.demo.term import Term

WEDNESDAY = date(2026, 9, 23)


@pytest.mark.parametrize("last_day", [WEDNESDAY + timedelta(days=number) for number in range(7)])
def test_a_term_has_three_weeks_and_a_file_for_each_day(last_day: date) -> None:
    term = Term(last_day)
    files = term.delivery_days
    assert (term.first_day, len(files)) == (last_day - timedelta(days=20), 21)
    assert (files[0], files[-1]) == (term.first_day + timedelta(days=1), last_day + timedelta(days=1))


def test_days_of_the_week_are_those_of_the_calendar() -> None:
    term = Term(WEDNESDAY)
    assert [term.weekday(day) for day in range(8)] == [3, 4, 5, 6, 0, 1, 2, 3]
