"""Events and exports become published tables: one run computes every metric and publishes them together.

What has not changed is carried forward without work. A metric that fails keeps its last good files and says
so. Killed at any moment, a run leaves what was published as it was.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from staffroom.config import Instance
from staffroom.engines import open_engine
from staffroom.engines.duck import Connection, open_duck
from staffroom.events.catalogue import Catalogue, Store, StoredTable
from staffroom.events.keys import CourseKey
from staffroom.events.store import event_days
from staffroom.intake.settings import event_sources
from staffroom.metrics.catalogue import METRICS, with_prerequisites
from staffroom.metrics.declaration import Metric
from staffroom.metrics.given import GIVEN, given_tables, sql_columns
from staffroom.metrics.known_courses import check_courses
from staffroom.metrics.making import Making, raise_if_full
from staffroom.metrics.settings import metric_settings
from staffroom.metrics.touched import seen_tables, touched_learners
from staffroom.metrics.writer import Writer
from staffroom.tally import Counts, Progress, Silent

MEMORY = "600MB"
"""What DuckDB may hold; the rest of a run stays under 400 MB beside it."""

SPOOL = "spool-metrics"


@dataclass(frozen=True, slots=True)
class Computed:
    """What a run did, in metrics: ``kept`` were computed, ``repeated`` carried unchanged, ``skipped`` failed.

    ``failed`` names the class of the error of each metric that failed or rests on one that did.
    """

    counts: Counts
    failed: Mapping[str, str]
    catalogue_number: int


def compute(
    instance: Instance,
    *,
    courses: Collection[CourseKey] | None = None,
    only: Collection[str] | None = None,
    engine: str = "duckdb",
    master: str | None = None,
    as_of: date | None = None,
    again: bool = False,
    progress: Progress | None = None,
) -> Computed:
    """Compute and publish the metrics as they stand at the end of ``as_of``, by default yesterday.

    ``courses`` computes only those courses and keeps the rows of all others; ``only`` computes the named
    metrics and what they need; ``again`` also computes what has not changed. ``engine`` is duckdb or spark,
    ``master`` Spark's. Raises StoreBusy, StoreFull, SettingsError, UnknownName.
    """
    chosen = METRICS if only is None else with_prerequisites(only)
    as_of = as_of or datetime.now(instance.institution.zone).date() - timedelta(days=1)
    store = Store(instance.store)
    with store.writing(), _full_disk_named(store), _spool(store) as spool, _connection(spool) as connection:
        before = store.current()
        check_courses(connection, store, before, courses or ())
        given = dict(_given(instance, before, as_of))
        if courses is None:
            given |= seen_tables(connection, store.root, before, given["excluded_accounts"], as_of)
        now = before.with_tables(_stored(store, before, given))
        incremental = courses is None and not again
        with open_engine(engine, connection, master=master) as runner:
            making = Making(
                store=store,
                catalogue=now,
                engine=runner,
                writer=Writer(store, connection),
                spool=spool,
                as_of=as_of,
                given_columns={name: sql_columns(given[name]) for name in GIVEN},
                courses=frozenset(courses) if courses is not None else None,
                touched=touched_learners(connection, store.root, before, now, spool) if incremental else None,
            )
            counts, failed = _make_each(making, chosen, again=again, progress=progress or Silent())
        published = store.publish(making.catalogue)
        store.sweep()
    return Computed(counts, failed, published.number)


@contextmanager
def _connection(spool: Path) -> Iterator[Connection]:
    connection = open_duck(memory=MEMORY, spill=spool)
    try:
        yield connection
    finally:
        connection.close()


def _make_each(
    making: Making, metrics: Sequence[Metric], *, again: bool, progress: Progress
) -> tuple[Counts, Mapping[str, str]]:
    failed: dict[str, str] = {}
    carried = 0
    with progress.step("metrics", total=len(metrics), unit="metrics") as step:
        for metric in metrics:
            if making.is_unchanged(metric) and not again:
                making.carry(metric)
                carried += 1
            elif (problem := making.make(metric)) is not None:
                failed[metric.name] = problem
            step.advance()
    computed = len(metrics) - carried - len(failed)
    return Counts(len(metrics), computed, carried, len(failed)), failed


def _given(instance: Instance, before: Catalogue, as_of: date) -> Mapping[str, pa.Table]:
    first_day = next(iter(event_days(before, until=as_of)), as_of)
    sources = [source.name for source in event_sources(instance)]
    return given_tables(metric_settings(instance), sources, first_day, as_of)


def _stored(store: Store, before: Catalogue, given: Mapping[str, pa.Table]) -> Mapping[str, StoredTable]:
    """Each given table as a stored one; a table with the same rows as before keeps its file."""
    tables: dict[str, StoredTable] = {}
    for name, rows in given.items():
        path = store.new_path(name, ".parquet")
        pq.write_table(rows, path, compression="zstd")
        file = store.describe(path, rows.num_rows)
        old = before.table(name)
        if old is not None and [kept.digest for kept in old.files] == [file.digest]:
            path.unlink()
            tables[name] = old
        else:
            tables[name] = StoredTable((file,), computed_at=datetime.now(UTC).isoformat(timespec="seconds"))
    return tables


@contextmanager
def _full_disk_named(store: Store) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise_if_full(error, store.root)
        raise


@contextmanager
def _spool(store: Store) -> Iterator[Path]:
    """A folder for what memory cannot hold; what a killed run left in it is deleted."""
    spool = store.root / SPOOL
    shutil.rmtree(spool, ignore_errors=True)
    spool.mkdir(parents=True)
    try:
        yield spool
    finally:
        shutil.rmtree(spool, ignore_errors=True)
