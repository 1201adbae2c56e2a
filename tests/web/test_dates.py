"""Ranges of days in the address."""

from __future__ import annotations

from datetime import date

from staffroom.web.dates import DateRange, Preset

SEPTEMBER = {"from": "2026-09-01", "to": "2026-09-30"}
LAST = date(2026, 9, 27)


def test_without_dates_nothing_is_left_out() -> None:
    everything = DateRange.read({})
    assert (everything.start, everything.end, everything.whole, everything.query) == (None, None, True, "")
    assert date(1, 1, 1) in everything


def test_both_days_belong_to_the_range() -> None:
    dates = DateRange.read(SEPTEMBER)
    days = (date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 30), date(2026, 10, 1))
    assert [day in dates for day in days] == [False, True, True, False]
    assert dates.query == "from=2026-09-01&to=2026-09-30"


def test_one_side_may_stay_open() -> None:
    dates = DateRange.read({"to": "2026-09-30"})
    assert (dates.start, dates.end, dates.query) == (None, date(2026, 9, 30), "to=2026-09-30")
    assert dates.notices == ()


def test_swapped_dates_are_put_right_and_it_is_said() -> None:
    dates = DateRange.read({"from": "2026-09-30", "to": "2026-09-01"})
    assert (dates.start, dates.end) == (date(2026, 9, 1), date(2026, 9, 30))
    assert dates.notices == ("The dates stood in reverse order; they were swapped.",)


def test_dates_at_the_end_of_time_can_be_reckoned_with() -> None:
    dates = DateRange.read({"from": "0001-01-01", "to": "9999-12-31"})
    assert dates.query == "from=1000-01-01&to=9000-01-01"


def test_impossible_dates_are_ignored_and_it_is_said() -> None:
    dates = DateRange.read({"from": "2026-02-30", "to": "tomorrow"})
    assert dates.whole
    assert dates.notices == (
        "“2026-02-30” is not a date; it was ignored.",
        "“tomorrow” is not a date; it was ignored.",
    )


def test_a_very_long_text_is_not_repeated_whole() -> None:
    assert DateRange.read({"from": "x" * 5000}).notices == (f"“{'x' * 40}” is not a date; it was ignored.",)


def test_presets_count_back_from_the_last_day_with_numbers() -> None:
    dates = DateRange.read({"from": "2026-09-21", "to": "2026-09-27"}, until=LAST)
    assert dates.presets() == (
        Preset("Last 7 days", "from=2026-09-21&to=2026-09-27", chosen=True),
        Preset("Last 4 weeks", "from=2026-08-31&to=2026-09-27", chosen=False),
        Preset("Everything", "", chosen=False),
    )


def test_without_numbers_the_only_preset_is_everything() -> None:
    assert DateRange.read({}).presets() == (Preset("Everything", "", chosen=True),)


def test_the_form_holds_the_days_that_are_shown_whether_or_not_they_were_chosen() -> None:
    first = date(2026, 8, 3)
    dates = DateRange.read({}, since=first, until=LAST)
    assert (dates.first_shown, dates.last_shown, dates.query) == (first, LAST, "")
    chosen = DateRange.read({"from": "2026-09-01"}, since=first, until=LAST)
    assert (chosen.first_shown, chosen.last_shown) == (date(2026, 9, 1), LAST)


def test_the_first_to_the_last_day_are_everything() -> None:
    dates = DateRange.read({"from": "2026-08-03", "to": "2026-09-27"}, since=date(2026, 8, 3), until=LAST)
    assert [preset.label for preset in dates.presets() if preset.chosen] == ["Everything"]
