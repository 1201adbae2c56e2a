"""A drop with the account ``lake``, which delivers for the source ``openedx``."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.intake.drop.served import Served, prepared, why_not


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Served]:
    """Not started, and without accounts. Skips where OpenSSH's client is missing."""
    reason = why_not()
    if reason is not None:
        pytest.skip(reason)
    with prepared(tmp_path) as served:
        yield served


@pytest.fixture
def drop(closed: Served) -> Served:
    """Started, with the account ``lake``."""
    closed.account()
    closed.start()
    return closed


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A file of three megabytes that no two tests may confuse."""
    path = tmp_path / "students.csv"
    path.write_bytes(random.Random(7).randbytes(3_000_000))
    return path
