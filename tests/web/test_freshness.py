"""How fresh numbers are, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone, translation

from staffroom.web.freshness import freshness_sentence, is_older_than

NOW = datetime(2026, 9, 8, 12, 0, tzinfo=UTC)
MINUS_FOUR = timezone.get_fixed_timezone(-240)
THROUGH = date(2026, 9, 6)


@dataclass(frozen=True)
class Made:
    through: date | None = THROUGH
    computed_at: datetime | None = datetime(2026, 9, 8, 10, 10, tzinfo=UTC)
    problem: str | None = None


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (Made(), "Through Sunday 6 September, updated today 06:10."),
        (
            Made(computed_at=datetime(2026, 9, 8, 2, 0, tzinfo=UTC)),
            "Through Sunday 6 September, updated yesterday 22:00.",
        ),
        (
            Made(date(2025, 12, 31), datetime(2026, 1, 1, 12, 0, tzinfo=UTC)),
            "Through Wednesday 31 December 2025, updated Thursday 1 January 08:00.",
        ),
        (Made(through=None), "Updated today 06:10."),
        (Made(None, None), "Not yet computed."),
        (
            Made(problem="StoreFull"),
            "Through Sunday 6 September, updated today 06:10. "
            "The last update failed; these are the last good numbers.",
        ),
    ],
)
def test_the_sentence_speaks_in_the_institutions_zone(made: Made, sentence: str) -> None:
    with timezone.override(MINUS_FOUR):
        assert freshness_sentence(made, now=NOW) == sentence


def test_the_sentence_speaks_the_readers_language() -> None:
    with translation.override("es"), timezone.override(MINUS_FOUR):
        assert freshness_sentence(Made(), now=NOW) == (
            "Hasta el domingo 6 de septiembre, actualizado hoy a las 06:10."
        )


def test_what_was_never_computed_is_old() -> None:
    assert is_older_than(Made(None, None), 36, now=NOW)
    assert not is_older_than(Made(), 36, now=NOW)
    assert is_older_than(Made(computed_at=datetime(2026, 9, 6, 23, 0, tzinfo=UTC)), 36, now=NOW)
