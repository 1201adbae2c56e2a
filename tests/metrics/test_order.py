"""The published tables do not depend on how the log came: in which files, order, repetition or lateness."""

from __future__ import annotations

import itertools
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from staffroom.config import Instance
from staffroom.events.ingest import ingest
from staffroom.metrics.catalogue import METRICS
from staffroom.metrics.compute import compute
from staffroom.metrics.store import open_published
from staffroom.tally import Silent
from tests.metrics.instances import ingested, instance_in
from tests.metrics.logs import small_log, write_log
from tests.metrics.reading import everything

AS_OF = date(2026, 9, 30)
LOG = small_log()
Tables = dict[str, list[dict[str, Any]]]


def tables(instance: Instance) -> Tables:
    """All published metrics with all their rows."""
    published = open_published(instance.store)
    return {metric.name: everything(published, metric.name) for metric in METRICS}


@cache
def clean_load() -> Tables:
    with TemporaryDirectory() as folder:
        instance = ingested(Path(folder), [write_log(Path(folder), "tracking.log-20260930", LOG)])
        compute(instance, as_of=AS_OF)
        return tables(instance)


@st.composite
def deliveries(draw: st.DrawFn) -> list[list[list[int]]]:
    """Nights, each with its files, each with the numbers of its lines; every line comes at least once."""
    order = draw(st.permutations(range(len(LOG))))
    repeated = draw(st.lists(st.sampled_from(range(len(LOG))), max_size=20))
    lines = [*order, *repeated]
    cuts = sorted(draw(st.sets(st.integers(1, len(lines) - 1), max_size=4)))
    files = [lines[start:end] for start, end in itertools.pairwise([0, *cuts, len(lines)])]
    nights = draw(st.integers(1, 3))
    return [files[night::nights] for night in range(nights)]


@settings(max_examples=12, deadline=None, derandomize=True, database=None)
@given(nights=deliveries())
def test_any_delivery_of_the_log_gives_the_tables_of_one_clean_load(nights: list[list[list[int]]]) -> None:
    names = itertools.count(1)
    with TemporaryDirectory() as folder:
        instance = instance_in(Path(folder))
        for night in nights:
            for numbers in night:
                name = f"tracking.log-202609{next(names):02d}"
                write_log(instance.root / "logs", name, (LOG[number] for number in numbers))
            ingest(instance, processes=1, progress=Silent())
            compute(instance, as_of=AS_OF)
        assert tables(instance) == clean_load()


def test_the_log_has_rows_for_every_metric() -> None:
    """Equality of empty tables would prove nothing."""
    assert [name for name, rows in clean_load().items() if not rows] == []
