"""One delivered log becomes a staged file of event rows and a file of rejects, in a folder of the run.

Staged rows are not sorted and may repeat; ``place`` numbers them through the batch, so that of equal rows the
one of the first delivery can be told. Runs in a worker process; nothing it writes is published.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa

from staffroom.errors import DeliveryError
from staffroom.events.openedx.lines import Unusable
from staffroom.events.openedx.rows import LineParser, Row
from staffroom.events.rejects import RejectsFile
from staffroom.events.schema import EVENT_SCHEMA
from staffroom.events.workers import Advance
from staffroom.intake import ledger
from staffroom.intake.ledger import Content
from staffroom.intake.reading import LineReader, Lines
from staffroom.tally import Reject

PLACE_BITS = 40
"""``place`` is the delivery's number in the batch above this many bits of its row number."""

REPEATED_TEXTS = (
    "source", "action", "event_type", "emitted_by", "course_id", "course_from", "learner_id", "actor_id",
    "username", "object_id", "object_name", "page_kind", "section_ref", "subsection_ref", "unit_ref",
    "referer_kind", "video_code", "mode", "outcome", "session_id", "ip", "agent", "page", "referer",
)  # fmt: skip
"""Columns whose values repeat: staged and stored as numbers into a dictionary, which halves what is moved."""

_DICTIONARY = pa.dictionary(pa.int32(), pa.string())
STAGED_SCHEMA = pa.schema(
    [field.with_type(_DICTIONARY) if field.name in REPEATED_TEXTS else field for field in EVENT_SCHEMA]
).append(pa.field("place", pa.int64()))

_ROWS_A_BATCH = 1_024  # few enough to stay in the processor's cache until they are written
_BYTES_A_BATCH = 32 * 1024 * 1024

_NUMBERS = {"day": pa.int32(), "happened_at": pa.int64()}
"""As what a row holds these: days and microseconds since 1970."""

_EVENT_TYPES = [(_NUMBERS.get(name), STAGED_SCHEMA.field(name).type) for name in EVENT_SCHEMA.names]
_DAY = EVENT_SCHEMA.names.index("day")
_EPOCH_DAY = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Task:
    """A log to stage: ``number`` is its place in the batch; ``folder`` a folder for this run alone."""

    number: int
    source: str
    content: Content
    zone: str
    folder: Path


@dataclass(frozen=True, slots=True)
class StagedDay:
    """The rows of one day in a staged file: where in it their record batches begin, and how many rows."""

    path: Path
    offsets: tuple[int, ...]
    rows: int

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The batches, mapped into memory rather than read."""
        with pa.memory_map(str(self.path)) as file:
            for offset in self.offsets:
                file.seek(offset)
                yield pa.ipc.open_stream(file).read_next_batch()


@dataclass(frozen=True, slots=True)
class Staged:
    """What staging a log gave. ``days`` holds its rows, repeated ones included, by ISO day."""

    number: int
    content: Content
    state: str
    problem: str | None = None
    read: int = 0
    skipped: int = 0
    days: Mapping[str, StagedDay] = field(default_factory=dict)
    rejects: Path | None = None
    """Where its rejects are, if it has any; None where nothing was taken."""


def stage(task: Task, advance: Advance) -> Staged:
    """Read one log. ``advance`` is told of the bytes read. What is wrong with the file is in the answer."""
    try:
        staged = _Staging(task).run(advance)
    except DeliveryError as error:
        return Staged(task.number, task.content, ledger.DAMAGED, str(error))
    except FileNotFoundError:
        return Staged(task.number, task.content, ledger.UNREADABLE, "It vanished before it was read.")
    except PermissionError:
        return Staged(task.number, task.content, ledger.UNREADABLE, "Its permissions forbid reading it.")
    if not task.content.unchanged():
        return Staged(task.number, task.content, ledger.UNREADABLE, "It changed while it was read.")
    return staged


class _Staging:
    def __init__(self, task: Task) -> None:
        self._task = task
        self._parse = LineParser(task.source, ZoneInfo(task.zone)).row
        self._path = task.folder / f"{task.number}.arrow"
        self._offsets: dict[int, list[int]] = {}
        self._rows_of: Counter[int] = Counter()
        self._next_place = task.number << PLACE_BITS
        self._read = 0
        self._rows: list[Row] = []
        self._waiting_bytes = 0

    def run(self, advance: Advance) -> Staged:
        task = self._task
        reader = LineReader(task.content.file.path)
        rejects_path = task.folder / f"{task.number}-rejects.parquet"
        with pa.OSFile(str(self._path), "wb") as sink, RejectsFile(rejects_path) as rejects:
            for lines in reader:
                self._take(lines, sink, rejects)
                advance(lines.consumed)
            self._write(sink)
            for reject in reader.rejects:
                rejects.add(reject)
            self._read += len(reader.rejects)
        state = ledger.TRUNCATED if reader.truncated else ledger.TAKEN if self._read else ledger.EMPTY
        return Staged(
            task.number,
            task.content,
            state,
            reader.problem or (None if self._read else "It holds no lines."),
            self._read,
            rejects.count,
            {_iso(day): self._day(day) for day in sorted(self._offsets)},
            rejects_path,
        )

    def _take(self, lines: Lines, sink: pa.NativeFile, rejects: RejectsFile) -> None:
        """Parse lines; write them out whenever enough rows or bytes have come together."""
        self._read += len(lines.lines)
        if not any(map(bytes.strip, lines.lines)):  # a small gz may hold millions of them
            rejects.add_blank(lines.first, lines.lines)
            return
        parse, rows = self._parse, self._rows
        for number, line in enumerate(lines.lines, lines.first):
            try:
                rows.append(parse(line))
            except Unusable as unusable:
                rejects.add(Reject(number, unusable.reason, line))
        self._waiting_bytes += sum(map(len, lines.lines))
        if len(rows) >= _ROWS_A_BATCH or self._waiting_bytes >= _BYTES_A_BATCH:
            self._write(sink)

    def _write(self, sink: pa.NativeFile) -> None:
        """Write the rows that wait, a record batch for each of their days.

        Each batch is a stream of its own: a batch then has its own dictionaries, and can be read by itself.
        """
        rows, self._rows, self._waiting_bytes = self._rows, [], 0
        days: dict[int, list[Row]] = {}
        for row in rows:
            days.setdefault(row[_DAY], []).append(row)
        for day, of_day in days.items():
            self._offsets.setdefault(day, []).append(sink.tell())
            with pa.ipc.new_stream(sink, STAGED_SCHEMA) as writer:
                writer.write_batch(self._batch(of_day))
            self._rows_of[day] += len(of_day)

    def _batch(self, rows: list[Row]) -> pa.RecordBatch:
        start, self._next_place = self._next_place, self._next_place + len(rows)
        columns = [
            pa.array(values, recorded).view(kind) if recorded is not None else pa.array(values, kind)
            for values, (recorded, kind) in zip(zip(*rows, strict=True), _EVENT_TYPES, strict=True)
        ]
        columns.append(pa.array(range(start, self._next_place), pa.int64()))
        return pa.RecordBatch.from_arrays(columns, schema=STAGED_SCHEMA)

    def _day(self, day: int) -> StagedDay:
        return StagedDay(self._path, tuple(self._offsets[day]), self._rows_of[day])


def _iso(day: int) -> str:
    return date.fromordinal(_EPOCH_DAY + day).isoformat()
