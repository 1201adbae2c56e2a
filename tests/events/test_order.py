"""Any division of a log into files, any order, repetition and lateness gives the same events."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from staffroom.tally import Counts
from tests.events.deliveries import catalogue, deliver, deliveries, line, make_instance, stored, take

LINES = [
    *(
        line(number, day=f"2024-01-0{number % 3 + 1}", context={"user_id": number % 4})
        for number in range(12)
    ),
    line(12, time="2024-01-02T23:59:59-05:00"),
    b"2024 host: " + line(1, day="2024-01-02", context={"user_id": 1}),  # again, behind a prefix
    line(13, agent="\ud800"),
    b"not json",
    b"",
]
EVENTS = 14


def clean_load() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        school = make_instance(Path(folder) / "school")
        deliver(school, "tracking.log-20240103", LINES)
        take(school)
        return stored(school)


CLEAN = clean_load()

LINE = st.sampled_from(range(len(LINES)))
FILES = st.lists(st.tuples(st.lists(LINE, max_size=12), st.booleans()), max_size=6)
"""Files of lines; a run takes place after each file with a true."""


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(files=FILES, order=st.permutations(range(len(LINES))), cut=st.integers(0, len(LINES)))
def test_any_way_of_delivering_the_lines_gives_the_same_events(
    files: list[tuple[list[int], bool]], order: list[int], cut: int
) -> None:
    everything = [(order[:cut], False), *files, (order[cut:], True)]
    with tempfile.TemporaryDirectory() as folder:
        school = make_instance(Path(folder) / "school")
        for number, (lines, run) in enumerate(everything):
            suffix = ".gz" if number % 2 else ""
            deliver(school, f"tracking.log-2024010{9 - number}{suffix}", [LINES[one] for one in lines])
            if run:
                take(school)
        assert stored(school) == CLEAN
        assert sum(table.rows for table in catalogue(school).tables.values()) == EVENTS
        taken = sum((one.counts for one in deliveries(school).values()), Counts())
        contents = {(number % 2, tuple(lines)) for number, (lines, _) in enumerate(everything)}
        delivered = [LINES[one] for _, lines in contents for one in lines]  # equal contents count once
        skipped = delivered.count(b"") + delivered.count(b"not json")
        assert taken == Counts(len(delivered), EVENTS, len(delivered) - EVENTS - skipped, skipped)
