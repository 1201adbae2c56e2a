"""Values as each language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from staffroom.metrics.declaration import Kind
from staffroom.web.formats import change, duration, show, time_spent

AT = datetime(2026, 9, 7, 6, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "kind", "english", "spanish"),
    [
        (1234567, Kind.COUNT, "1,234,567", "1\xa0234\xa0567"),
        (0, Kind.COUNT, "0", "0"),
        (1234.5, Kind.COUNT, "1,234.5", "1\xa0234,5"),
        (None, Kind.COUNT, "–", "–"),
        (0.954, Kind.SHARE, "95.4%", "95,4\xa0%"),
        (3723, Kind.SECONDS, "1:02:03", "1:02:03"),
        (date(2026, 9, 7), Kind.DAY, "7 Sep 2026", "7 sep 2026"),
        (AT, Kind.INSTANT, "7 Sep 2026 06:10", "7 sep 2026 06:10"),
        (AT.replace(tzinfo=None), Kind.INSTANT, "7 Sep 2026 06:10", "7 sep 2026 06:10"),
        (True, Kind.FLAG, "yes", "sí"),
        (False, Kind.FLAG, "no", "no"),
        ("12345", Kind.TEXT, "12345", "12345"),
    ],
)
def test_values_are_written_as_the_reader_does(value: object, kind: Kind, english: str, spanish: str) -> None:
    with translation.override("en"):
        assert show(value, kind) == english
    with translation.override("es"):
        assert show(value, kind) == spanish


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (59.9, "0:59"), (65, "1:05"), (3600, "1:00:00"), (360_000, "100:00:00"), (-65, "-1:05")],
)
def test_durations_are_hours_minutes_seconds(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "english", "spanish"),
    [
        (0, "0\xa0s", "0\xa0s"),
        (29.9, "29\xa0s", "29\xa0s"),
        (30.5, "1\xa0min", "1\xa0min"),
        (14 * 60, "14\xa0min", "14\xa0min"),
        (2 * 3600 + 34 * 60 + 8, "2\xa0h\xa034\xa0min", "2\xa0h\xa034\xa0min"),
        (1_234 * 3600, "1,234\xa0hours", "1\xa0234\xa0horas"),
    ],
)
def test_a_sentence_says_a_duration_as_people_do(seconds: float, english: str, spanish: str) -> None:
    with translation.override("en"):
        assert time_spent(seconds) == english
    with translation.override("es"):
        assert time_spent(seconds) == spanish


def test_a_change_has_a_sign_unless_there_is_none() -> None:
    with translation.override("en"):
        assert [change(value, "2 visits") for value in (2, -2, 0)] == ["+2 visits", "−2 visits", "no change"]
