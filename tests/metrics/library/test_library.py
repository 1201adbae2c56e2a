"""Each metric gives exactly its expected table for its given tables, on DuckDB and on Spark.

A metric's folder holds ``given/*.csv`` and ``expected/<name>.csv``, small enough to check by eye. The docs
take their worked example from them.
"""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path

import pytest

from staffroom.engines.duck import Connection
from staffroom.events.catalogue import Store
from staffroom.metrics.catalogue import METRICS
from staffroom.metrics.declaration import Metric
from staffroom.metrics.making import Making
from staffroom.metrics.scope import Everything
from staffroom.metrics.settings import MetricSettings
from staffroom.metrics.store import Published
from staffroom.metrics.writer import Writer
from tests.metrics.conftest import EngineOf
from tests.metrics.given import store_given

HERE = Path(__file__).parent
SETTINGS = MetricSettings(excluded_usernames=("robot",))


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_the_given_tables_give_the_expected_one(
    metric: Metric, engine_of: EngineOf, connection: Connection, tmp_path: Path
) -> None:
    expected = (HERE / metric.name / "expected" / f"{metric.name}.csv").read_text("utf-8")
    assert _computed(metric, engine_of, connection, tmp_path) == expected


def test_every_folder_belongs_to_a_metric() -> None:
    folders = {path.name for path in HERE.iterdir() if path.is_dir() and not path.name.startswith("__")}
    assert folders == {metric.name for metric in METRICS}


def _computed(metric: Metric, engine_of: EngineOf, connection: Connection, tmp_path: Path) -> str:
    store = Store(tmp_path / "store")
    catalogue, given_columns = store_given(HERE / metric.name / "given", store, SETTINGS)
    spool = tmp_path / "spool"
    spool.mkdir()
    engine = engine_of(connection)
    making = Making(
        store=store,
        catalogue=catalogue,
        engine=engine,
        writer=Writer(store, connection),
        spool=spool,
        as_of=date(2026, 12, 31),
        given_columns=given_columns,
    )
    assert making.make(metric) is None
    engine.close()
    return _as_csv(metric, Published(store.root, making.catalogue))


def _as_csv(metric: Metric, published: Published) -> str:
    rows = published.read(metric.name, within=Everything(), order_by=metric.key)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows.columns)
    writer.writerows([_cell(value) for value in row] for row in rows.rows)
    return text.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else value
