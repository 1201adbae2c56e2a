"""Row for row what the edX pipeline printed for the same logs, with days in UTC.

What differs on purpose stands in docs/developers/parity.md and in test_differences; nothing else may.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from staffroom.metrics.compute import compute
from staffroom.metrics.store import Published, open_published
from tests.metrics.instances import ingested
from tests.metrics.parity.reference import FIXTURES, LAST_DAY, STAGES, expected, ours


@pytest.fixture(scope="module", params=["small20k", "edge"])
def published(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Published]:
    """One of the two logs, ingested and computed."""
    folder: str = request.param
    logs = sorted((FIXTURES / folder / "input").glob("*.gz"))
    instance = ingested(tmp_path_factory.mktemp(folder), logs)
    assert not compute(instance, as_of=LAST_DAY).failed
    return folder, open_published(instance.store)


@pytest.mark.parametrize("stage", STAGES)
def test_equals_the_reference_row_for_row(published: tuple[str, Published], stage: str) -> None:
    folder, tables = published
    assert ours(tables, stage) == expected(folder, stage)


def test_lines_that_stop_the_reference_do_not_stop_us(tmp_path: Path) -> None:
    log = tmp_path / "tracking.log-20240105"
    log.write_bytes((FIXTURES / "edge" / "crash_lines.log").read_bytes())
    instance = ingested(tmp_path / "instance", [log])
    assert not compute(instance, as_of=LAST_DAY).failed
