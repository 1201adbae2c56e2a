"""A whole run on Spark publishes what DuckDB does, on the first night and on those after it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from staffroom.events.ingest import ingest
from staffroom.metrics.compute import compute
from staffroom.tally import Silent
from tests.metrics.instances import ingested, instance_in
from tests.metrics.logs import page, small_log, write_log
from tests.metrics.test_order import AS_OF, tables


@pytest.mark.spark
@pytest.mark.xdist_group("spark")
def test_a_first_and_a_second_night_on_spark_equal_those_on_duckdb(
    tmp_path: Path, spark_session: Any
) -> None:
    on_duckdb = ingested(tmp_path / "duckdb", [write_log(tmp_path, "tracking.log-20260930", small_log())])
    shutil.copytree(on_duckdb.root, tmp_path / "spark")
    on_spark = instance_in(tmp_path / "spark")
    for night in (1, 2):
        assert compute(on_duckdb, as_of=AS_OF).failed == {}
        assert compute(on_spark, as_of=AS_OF, engine="spark").failed == {}
        assert tables(on_spark) == tables(on_duckdb)
        for instance in (on_duckdb, on_spark):
            late = [page("ana", 60 * night, "courseware/s/q/2"), page("chen", 90, "info")]
            write_log(instance.root / "logs", f"tracking.log-202610{night:02d}", late)
            ingest(instance, processes=1, progress=Silent())
