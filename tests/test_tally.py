"""Numbers of things in words."""

from __future__ import annotations

import pytest

from staffroom.tally import amount_done, counted


def test_one_thing_is_not_many() -> None:
    assert [counted(n, "batch", "batches") for n in (0, 1, 2, 1200)] == [
        "0 batches",
        "1 batch",
        "2 batches",
        "1,200 batches",
    ]
    assert [counted(n, "file") for n in (1, 2)] == ["1 file", "2 files"]


@pytest.mark.parametrize(
    ("done", "total", "units", "said"),
    [
        (3, 14, "metrics", "3 of 14 metrics"),
        (1, 1, "lock", "1 of 1 lock"),
        (0, 1, "files", "0 of 1 file"),
        (1, None, "batches", "1 batch"),
        (1, None, "bytes", "1 byte"),
        (9, None, "files", "9 files"),
    ],
)
def test_how_far_a_step_is(done: int, total: int | None, units: str, said: str) -> None:
    assert amount_done(done, total, units) == said
