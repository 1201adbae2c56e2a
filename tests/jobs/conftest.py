from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.instances import TestInstance, new_instance
from tests.postgresql import Server, postgresql

__all__ = ["postgresql"]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated SQLite files, to copy into instances."""
    return new_instance(tmp_path_factory.mktemp("migrated") / "instance").root / "database"


@pytest.fixture
def instance(tmp_path: Path, migrated: Path) -> TestInstance:
    return new_instance(tmp_path / "instance", template=migrated)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def either(request: pytest.FixtureRequest, tmp_path: Path, migrated: Path) -> TestInstance:
    """An instance on SQLite, and one on PostgreSQL."""
    if request.param == "sqlite":
        return new_instance(tmp_path / "instance", template=migrated)
    server: Server = request.getfixturevalue("postgresql")
    return new_instance(tmp_path / "instance", database=server.new_database())


Soon = Callable[[Callable[[], bool]], None]

PATIENCE_SECONDS = 120
"""A server on a machine with other work may take half a minute to start."""


@pytest.fixture
def soon() -> Soon:
    """Wait until something holds; fail where it never does."""

    def wait(holds: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert time.monotonic() < until, f"it did not come about within {PATIENCE_SECONDS} seconds"
            time.sleep(0.1)

    return wait
