"""The staged rows of one day become a new part of that day: each event once, in the order of EVENT_ORDER.

DuckDB decides which rows are new and in which order they come, looking at the key columns only; the rows are
then gathered column by column and written. A part holds at most 64 MB of staged rows, so that a day of any
size is merged in the same memory. Runs in a worker process; the parts it writes are in no catalogue yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from staffroom.engines.duck import Connection, open_duck
from staffroom.events.catalogue import Store, StoredFile
from staffroom.events.schema import EVENT_ORDER, EVENT_SCHEMA
from staffroom.events.staging import PLACE_BITS, REPEATED_TEXTS, StagedDay
from staffroom.events.workers import Advance

PART_BYTES = 64 * 1024 * 1024
MOST_PARTS = 8
"""With this many parts, the small ones of a day are merged into one."""

_SMALL_PART_BYTES = 24 * 1024 * 1024
_MEMORY = "200MB"
_ROWS_A_GROUP = 65_536
_ORDER = ", ".join(EVENT_ORDER)


@dataclass(frozen=True, slots=True)
class DayTask:
    """What a batch brings for one day of one source. ``parts`` are the day's files now, in ``store``."""

    day: str
    source: str
    staged: tuple[StagedDay, ...]
    parts: tuple[StoredFile, ...]
    store: Path
    spill: Path


@dataclass(frozen=True, slots=True)
class MergedDay:
    """``parts`` are all files of the day from now on; ``kept`` counts new rows by delivery number."""

    day: str
    parts: tuple[StoredFile, ...]
    kept: dict[int, int]


def merge_day(task: DayTask, advance: Advance) -> MergedDay:
    """Write the rows of ``task`` that the day does not hold yet as new parts."""
    store = Store(task.store)
    staged = [batch for day in task.staged for batch in day.batches()]
    with open_duck(memory=_MEMORY, threads=1, spill=task.spill) as connection:
        _find_new(connection, staged, task)
        kept = dict(connection.execute(_KEPT).fetchall())
        new = [
            _write(store, task.day, rows, order)
            for rows in _slices(staged)
            if len(order := _order_of_new(connection, rows))
        ]
        parts = _fewer(connection, store, task.day, (*task.parts, *new))
    advance(1)
    return MergedDay(task.day, parts, kept)


# Below, only names of columns and numbers of this module are put into SQL, never values.
_NEW = """
CREATE TEMP TABLE new AS
SELECT event_id, min(place) AS place FROM staged GROUP BY event_id
"""
_FORGET_KNOWN = """
DELETE FROM new USING read_parquet($parts) AS known
WHERE known.event_id = new.event_id AND known.source = $source
"""
_KEPT = f"SELECT CAST(place >> {PLACE_BITS} AS INTEGER), count(*) FROM new GROUP BY ALL"  # noqa: S608 - of constants
_ORDER_OF_NEW = f"SELECT position FROM rows SEMI JOIN new USING (place) ORDER BY {_ORDER}"  # noqa: S608 - of constants
_ORDER_OF_ALL = f"SELECT position FROM rows ORDER BY {_ORDER}"  # noqa: S608 - of constants


def _find_new(connection: Connection, staged: Sequence[pa.RecordBatch], task: DayTask) -> None:
    """The table ``new``: each event that the day lacks, with the place of its first row in the batch."""
    connection.register("staged", pa.Table.from_batches(staged).select(["event_id", "place"]))
    connection.execute(_NEW)
    if task.parts:
        paths = [str(task.store / part.path) for part in task.parts]
        connection.execute(_FORGET_KNOWN, {"parts": paths, "source": task.source})


def _order_of_new(connection: Connection, rows: pa.Table) -> pa.Array:
    return _positions(connection, rows, _ORDER_OF_NEW, ("place",))


def _positions(connection: Connection, rows: pa.Table, query: str, more: tuple[str, ...] = ()) -> pa.Array:
    """The positions within ``rows`` that ``query`` asks for."""
    position = pa.array(range(len(rows)), pa.int64())
    connection.register("rows", rows.select([*EVENT_ORDER, *more]).append_column("position", position))
    return connection.sql(query).to_arrow_table()["position"].combine_chunks()


def _slices(batches: Sequence[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The batches in tables of at most PART_BYTES, but for a batch that is larger itself."""
    waiting: list[pa.RecordBatch] = []
    size = 0
    for batch in batches:
        if waiting and size + batch.nbytes > PART_BYTES:
            yield pa.Table.from_batches(waiting)
            waiting, size = [], 0
        waiting.append(batch)
        size += batch.nbytes
    yield pa.Table.from_batches(waiting)


def _write(store: Store, day: str, rows: pa.Table, order: pa.Array) -> StoredFile:
    """A part of the rows at the positions ``order``. A column is copied at a time, to spare memory."""
    columns = [pa.concat_arrays(rows[name].chunks).take(order) for name in EVENT_SCHEMA.names]
    table = pa.Table.from_arrays(columns, names=EVENT_SCHEMA.names)
    path = store.new_path(f"events/{day[:7]}", ".parquet")
    pq.write_table(
        table,
        path,
        compression="zstd",
        compression_level=1,
        row_group_size=_ROWS_A_GROUP,
        use_dictionary=list(REPEATED_TEXTS),
        write_statistics=list(EVENT_ORDER[:3]),
        store_schema=False,  # readers see texts, not our dictionaries
    )
    courses = pc.min_max(pc.unique(table["course_id"]).cast(pa.string())).as_py()
    return store.describe(path, len(table), first_course=courses["min"], last_course=courses["max"])


def _fewer(
    connection: Connection, store: Store, day: str, parts: tuple[StoredFile, ...]
) -> tuple[StoredFile, ...]:
    """The parts, with the small ones merged into one where they are many. Merging changes no row."""
    small = [part for part in parts if part.bytes < _SMALL_PART_BYTES // MOST_PARTS]
    if len(parts) < MOST_PARTS or len(small) < 2:
        return parts
    rows = pa.concat_tables(pq.read_table(store.root / part.path, schema=EVENT_SCHEMA) for part in small)
    merged = _write(store, day, rows, _positions(connection, rows, _ORDER_OF_ALL))
    return (*(part for part in parts if part not in small), merged)
