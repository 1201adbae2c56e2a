"""Spark, opened the one way: UTC, ANSI, on loopback unless a cluster is named; it runs what DuckDB runs."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

import sqlglot
from pyspark.sql import DataFrame, SparkSession

from staffroom.engines.duck import files_relation, name

LOCAL = "local[2]"
PARTITIONS = 4
"""Parts in which a shuffle on one machine is made; a cluster's own setting stays."""


def open_spark(master: str | None = None) -> SparkSession:
    """A session in the cluster ``master``, by default in this machine's own processes."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("staffroom").master(master or LOCAL)
    settings = {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
        "spark.sql.parquet.mergeSchema": "true",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    if master is None or master.startswith("local"):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        settings |= {
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.sql.shuffle.partitions": str(PARTITIONS),
        }
    for key, value in settings.items():
        builder = builder.config(key, value)
    session: SparkSession = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def to_spark(sql: str) -> str:
    """A SELECT of the portable subset in Spark's dialect."""
    return sqlglot.transpile(sql, read="duckdb", write="spark")[0]


class SparkEngine:
    """Runs the metrics' SELECTs in Spark; results come back as Parquet, which the one writer reads.

    The executors read the store's files and write to the spool by their paths, so a cluster shares both.
    """

    def __init__(self, session: SparkSession, *, owned: bool = False) -> None:
        self._session = session
        self._owned = owned
        self._kept: list[DataFrame] = []

    @classmethod
    def start(cls, master: str | None = None) -> SparkEngine:
        """An engine with a session of its own, which ``close`` ends, or with the one that runs already."""
        running = SparkSession.getActiveSession()
        return cls(running) if running is not None else cls(open_spark(master), owned=True)

    def table(self, table: str, files: Sequence[Path], columns: Mapping[str, str], where: str = "") -> None:
        if not files:
            self.view(table, f"SELECT * FROM {files_relation((), columns)}", where=where)  # noqa: S608 - names and paths of ours
            return
        frame = self._session.read.parquet(*(path.absolute().as_uri() for path in files))
        listed = [_column(column) for column in columns]
        selected = frame.selectExpr(*listed)
        if where:
            selected = selected.where(to_spark_condition(where))
        selected.createOrReplaceTempView(table)

    def view(self, view: str, sql: str, *, kept: bool = False, where: str = "") -> None:
        frame = self._session.sql(to_spark(sql))
        if where:
            frame = frame.where(to_spark_condition(where))
        if kept:
            frame = frame.persist()
            self._kept.append(frame)
        frame.createOrReplaceTempView(view)

    def result(self, sql: str, spool: Path) -> str:
        folder = spool / uuid.uuid4().hex
        self._session.sql(to_spark(sql)).write.parquet(folder.absolute().as_uri())
        return files_relation(sorted(folder.glob("*.parquet")))

    def close(self) -> None:
        for frame in self._kept:
            frame.unpersist()
        if self._owned:
            self._session.stop()


def to_spark_condition(condition: str) -> str:
    return sqlglot.parse_one(condition, read="duckdb").sql(dialect="spark")


def _column(column: str) -> str:
    """The one place that knows how this engine turns an instant into microseconds."""
    if column == "happened_us":
        return "unix_micros(happened_at) AS happened_us"
    if column == "happened_at":
        return "CAST(happened_at AS TIMESTAMP_NTZ) AS happened_at"
    return name(column).replace('"', "`")
