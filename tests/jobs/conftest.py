from __future__ import annotations

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


@pytest.fixture
def soon() -> Soon:
    """Wait until something holds; fail where it does not within half a minute."""
    import time

    def wait(holds: Callable[[], bool]) -> None:
        until = time.monotonic() + 30
        while not holds():
            assert time.monotonic() < until, "it did not come about within 30 seconds"
            time.sleep(0.1)

    return wait
