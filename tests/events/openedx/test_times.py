"""When it happened: recorded times in every form, and the institution's day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffroom.events.openedx.lines import Unusable
from staffroom.events.openedx.times import FIRST, Clock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def moment(recorded: object, zone: str = "UTC") -> tuple[str, str]:
    """Instant and day, as texts."""
    happened_us, day = Clock(ZoneInfo(zone)).moment(recorded)
    instant = EPOCH + timedelta(microseconds=happened_us)
    return instant.isoformat(), (EPOCH + timedelta(days=day)).date().isoformat()


@pytest.mark.parametrize(
    ("recorded", "instant"),
    [
        ("2024-01-05T01:02:03.123456+00:00", "2024-01-05T01:02:03.123456+00:00"),
        ("2024-01-05T01:02:03+00:00", "2024-01-05T01:02:03+00:00"),
        ("2024-01-05T01:02:03.5+00:00", "2024-01-05T01:02:03.500000+00:00"),
        ("2024-01-05T01:02:03Z", "2024-01-05T01:02:03+00:00"),
        ("2024-01-05T01:02:03", "2024-01-05T01:02:03+00:00"),
        ("2024-01-05T01:02:03.123456789Z", "2024-01-05T01:02:03.123456+00:00"),
        ("2024-01-05T01:00:05.123456-05:00", "2024-01-05T06:00:05.123456+00:00"),
        ("2024-01-05T01:00:05+0530", "2024-01-04T19:30:05+00:00"),
        ("2024-01-05", "2024-01-05T00:00:00+00:00"),
        ("2000-01-01T00:00:00Z", "2000-01-01T00:00:00+00:00"),
        ("1999-12-31T23:59:59-00:01", "2000-01-01T00:00:59+00:00"),
        ("2099-12-31T23:59:59.999999Z", "2099-12-31T23:59:59.999999+00:00"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00+00:00"),
    ],
)
def test_a_time_is_an_instant_in_utc(recorded: str, instant: str) -> None:
    assert moment(recorded) == (instant, instant[:10])


@pytest.mark.parametrize(
    "recorded",
    [
        "2024-01-05T24:00:17+00:00",
        "2024-01-05T24:00:00Z",
        "2024-02-30T00:00:00Z",
        "2023-02-29",
        "2024-01-05T10:60:00Z",
        "2024-01-05T10:00:60Z",
        "2024-1-5T01:00:06",
        "2024-01-05 01:00:04",
        "2024-W01-5",
        "20240105T010000Z",
        "2024-01-05T01:00Z",
        "2024-01-05T",
        "yesterday",
        " 2024-01-05",
        "2024-01-05T01:02:03.+00:00",
        "２０２４-01-05",
        "2024-01-05T01:02:03.12345６+00:00",
        "2024-01-05T01:02:03.12_456+00:00",
        "9999-12-31T23:59:59-05:00",
        "0001-01-01T00:00:00+05:00",
        1704416523,
        17.5,
        True,
        ["2024-01-05"],
        {},
    ],
)
def test_what_is_no_time_is_impossible(recorded: object) -> None:
    clock = Clock(ZoneInfo("UTC"))
    clock.moment("2024-01-05T01:02:00.000000+00:00")  # a minute that is remembered must not let it pass
    with pytest.raises(Unusable, match="impossible_time"):
        clock.moment(recorded)


@pytest.mark.parametrize("recorded", [None, ""])
def test_an_event_may_lack_a_time(recorded: object) -> None:
    with pytest.raises(Unusable, match="no_time"):
        Clock(ZoneInfo("UTC")).moment(recorded)


@pytest.mark.parametrize(
    "recorded",
    [
        "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:00+00:00",
        "1999-12-31T23:59:59.999999+00:00",
        "2000-01-01T00:00:00+00:01",
        "2099-12-31T23:59:59-00:01",
        "2100-01-01T00:00:00.000000+00:00",
        "9999-12-31T23:59:59.999999+00:00",
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "America/Santiago", "Pacific/Kiritimati"])
def test_what_only_a_clock_that_is_not_set_says_is_impossible(recorded: str, zone: str) -> None:
    clock = Clock(ZoneInfo(zone))
    for _ in range(2):  # a minute that was refused is not remembered
        with pytest.raises(Unusable, match="impossible_time"):
            clock.moment(recorded)


def test_the_first_and_the_last_instants_are_the_same_everywhere_their_days_are_not() -> None:
    assert moment("2000-01-01", "America/Santiago")[1] == "1999-12-31"
    assert moment("2099-12-31T23:00:00Z", "Pacific/Kiritimati")[1] == "2100-01-01"


def test_no_zone_has_a_day_that_begins_within_a_minute() -> None:
    times = [FIRST.replace(year=year, month=month) for year in range(2000, 2100, 3) for month in (1, 7)]
    offsets = {
        instant.astimezone(ZoneInfo(zone)).utcoffset() for zone in available_timezones() for instant in times
    }
    assert {offset for offset in offsets if offset is None or offset % MINUTE} == set()


def test_the_day_is_the_institutions() -> None:
    assert moment("2024-01-05T02:59:59.999999+00:00", "America/Santiago")[1] == "2024-01-04"
    assert moment("2024-01-05T03:00:00.000000+00:00", "America/Santiago")[1] == "2024-01-05"
    assert moment("2024-07-05T03:30:00+00:00", "America/Santiago")[1] == "2024-07-04"  # winter time
    assert moment("2024-01-04T18:30:00Z", "Asia/Kolkata")[1] == "2024-01-05"


@given(
    st.lists(
        st.integers(946_684_800, 4_102_444_799).map(lambda second: EPOCH + timedelta(seconds=second)),
        min_size=1,
    )
)
def test_remembering_minutes_changes_nothing(times: list[datetime]) -> None:
    zone = ZoneInfo("Asia/Kathmandu")
    clock = Clock(zone)
    for instant in [*times, *times]:
        happened_us, day = clock.moment(instant.isoformat(timespec="microseconds"))
        assert EPOCH + timedelta(microseconds=happened_us) == instant
        assert date(1970, 1, 1) + timedelta(days=day) == instant.astimezone(zone).date()
