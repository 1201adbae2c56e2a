"""What the tests of metrics share: the two engines."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from staffroom.engines import Engine
from staffroom.engines.duck import Connection, DuckEngine, open_duck


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """The writer's connection."""
    opened = open_duck(memory="300MB", threads=2, spill=tmp_path / "spill")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def spark_session() -> Iterator[Any]:
    """One Spark for all tests; it takes seconds to start."""
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, and there is no java on the PATH")
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    from staffroom.engines.spark import open_spark

    session = open_spark("local[2]")
    session.conf.set("spark.sql.shuffle.partitions", "1")  # a few rows each: starting tasks is what costs
    session.conf.set("spark.sql.codegen.wholeStage", "false")
    yield session
    session.stop()


EngineOf = Callable[[Connection], Engine]


@pytest.fixture(
    params=["duckdb", pytest.param("spark", marks=[pytest.mark.spark, pytest.mark.xdist_group("spark")])]
)
def engine_of(request: pytest.FixtureRequest) -> EngineOf:
    """Makes the engine under test, given the writer's connection."""
    if request.param == "duckdb":
        return DuckEngine
    session = request.getfixturevalue("spark_session")

    def spark_engine(_connection: Connection) -> Engine:
        from staffroom.engines.spark import SparkEngine

        return SparkEngine(session)

    return spark_engine
