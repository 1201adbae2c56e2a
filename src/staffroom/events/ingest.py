"""The run that takes in deliveries: logs into the event store, exports into the course tables.

A batch of logs is staged by workers, merged day by day, and published as one version of the store; then the
ledger is marked. What a run leaves behind when it is killed is in no catalogue: the next run sweeps it away
and takes the batch again. A run killed after publishing left word of its deliveries in the catalogue.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from staffroom.config import Instance
from staffroom.engines.duck import DuckError
from staffroom.errors import StoreFull
from staffroom.events.catalogue import Catalogue, Store, StoredTable, full_or
from staffroom.events.course_tables import take_exports
from staffroom.events.merging import DayTask, MergedDay, merge_day
from staffroom.events.rejects import keep_rejects
from staffroom.events.schema import SCHEMA_VERSION
from staffroom.events.staging import Staged, Task, stage
from staffroom.events.store import day_table, store_facts
from staffroom.events.workers import Crew
from staffroom.events.zone import check_zone
from staffroom.intake import ledger
from staffroom.intake.folder import DeliveredFile, list_folder, within
from staffroom.intake.ledger import Content, Delivery, Ledger
from staffroom.intake.settings import FolderSource, event_sources
from staffroom.tally import Counts, Progress

BATCH_BYTES = 2 * 1024**3
"""About as much unzipped log is staged before it is published; staged rows take a little less disk."""

BATCH_FILES = 1000
_UNZIPPED = 8  # a gzipped log holds about so many times its own size
_NO_ROOM = 1024 * 1024
_WORTH_A_CREW = 8 * 1024 * 1024
"""Less than this is read before workers have started."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which deliveries a run takes. ``again`` takes those that were taken before as well."""

    since: date | None = None
    until: date | None = None
    again: bool = False
    limit: int | None = None
    """At most so many logs of each source."""


def ingest(
    instance: Instance,
    *,
    since: date | None = None,
    until: date | None = None,
    again: bool = False,
    limit: int | None = None,
    processes: int | None = None,
    progress: Progress,
) -> Counts:
    """Take in all new deliveries of all sources; returns the counts of their lines and rows.

    ``since`` and ``until`` select logs by the day in their names. Raises StoreBusy where another run holds
    the store, StoreFull where the disk is full, SettingsError where the time zone is not the store's.
    """
    store = Store(instance.store)
    with store.writing(), _full_disk_named(instance):
        run = _Run(instance, store, processes, progress)
        check_zone(store.current().facts, instance.institution)
        run.settle()
        with _scratch(instance) as scratch:
            return run.take(event_sources(instance), Selection(since, until, again, limit), scratch)


class _Run:
    def __init__(self, instance: Instance, store: Store, processes: int | None, progress: Progress) -> None:
        self._instance = instance
        self._store = store
        self.ledger = Ledger(ledger_path(instance))
        self._processes = processes if processes is not None else os.cpu_count() or 1
        self._progress = progress
        self._exports: Future[Counts]

    def settle(self) -> None:
        """Finish what a killed run left: ledger what it published, delete what it did not."""
        catalogue = self._store.current()
        commit = catalogue.facts.get("commit", {})
        self.ledger.follow(catalogue.facts.get("store", ""), catalogue.number)
        self.ledger.record(Delivery(**entry) for entry in commit.get("deliveries", ()))
        self._store.sweep()

    def take(self, sources: Sequence[FolderSource], selection: Selection, scratch: Path) -> Counts:
        """Take exports and logs. The exports are read while workers stage the first logs."""
        with self._progress.step("Exports", unit="files") as step, ThreadPoolExecutor(1) as beside:
            self._exports = beside.submit(
                take_exports, self._instance, self._store, self.ledger, sources, scratch, step
            )
            counts = sum((self._take_logs(source, selection, scratch) for source in sources), Counts())
            return counts + self._exports.result()

    def _take_logs(self, source: FolderSource, selection: Selection, scratch: Path) -> Counts:
        folder = source.logs_folder(self._instance)
        if folder is None:
            return Counts()
        margin = timedelta(days=source.late_days)
        files = [
            file
            for file in list_folder(folder, source.log_pattern).files
            if within(file, since=selection.since, until=selection.until, margin=margin)
        ]
        with Crew() as crew:
            contents: list[Content] = []
            weight = 0
            for content in islice(self._new_contents(source, files, again=selection.again), selection.limit):
                contents.append(content)
                weight += _weight(content)
                if weight > _WORTH_A_CREW and self._processes > 1:
                    crew.start(self._processes, stage, merge_day)  # while we look through the other files
            return self._take_contents(source, contents, crew, scratch)

    def _take_contents(
        self, source: FolderSource, contents: Sequence[Content], crew: Crew, scratch: Path
    ) -> Counts:
        if not contents:
            return Counts()
        total = sum(content.size for content in contents)
        with self._progress.step(f"Logs of {source.name}", total=total, unit="bytes") as step:
            return sum(
                (
                    self._take_batch(source, batch, crew, step.advance, scratch)
                    for batch in _batches(contents)
                ),
                Counts(),
            )

    def _new_contents(
        self, source: FolderSource, files: Sequence[DeliveredFile], *, again: bool
    ) -> Iterator[Content]:
        """The contents to take, each once, in the order of their files. What cannot be opened is entered."""
        known = set() if again else set(self.ledger.settled(source.name))
        for file in files:
            try:
                content = self.ledger.content(file)
            except OSError as error:
                self.ledger.record([ledger.unreadable(source.name, "log", file, error)])
                continue
            if content.digest not in known:
                known.add(content.digest)
                yield content

    def _take_batch(
        self, source: FolderSource, contents: Sequence[Content], crew: Crew, advance: Any, scratch: Path
    ) -> Counts:
        """Stage, merge, publish, enter in the ledger: the one order in which nothing is lost or doubled."""
        folder = scratch / uuid.uuid4().hex
        folder.mkdir()
        zone = self._instance.institution.time_zone
        tasks = [Task(n, source.name, content, zone, folder) for n, content in enumerate(contents)]
        tasks.sort(key=lambda task: -_weight(task.content))  # the longest first: workers end together
        staged = sorted(crew.run(stage, tasks, advance), key=lambda one: one.number)
        self._exports.result()
        catalogue = self._store.current()
        days = self._merge(source, staged, catalogue, crew, folder)
        deliveries = _deliveries(source, staged, days, catalogue.number + 1)
        for one in staged:
            if one.rejects is not None:
                keep_rejects(self._instance.rejects, one.content.digest, one.rejects)
        self._publish(catalogue, days, deliveries)
        self.ledger.record(deliveries)
        shutil.rmtree(folder)
        return sum((delivery.counts for delivery in deliveries), Counts())

    def _merge(
        self, source: FolderSource, staged: Sequence[Staged], catalogue: Catalogue, crew: Crew, folder: Path
    ) -> list[MergedDay]:
        names = sorted({day for one in staged for day in one.days})
        tasks = [
            DayTask(
                day,
                source.name,
                tuple(one.days[day] for one in staged if day in one.days),
                (catalogue.table(day_table(day)) or StoredTable()).files,
                self._store.root,
                folder,
            )
            for day in names
        ]
        with self._progress.step(f"Days of {source.name}", total=len(tasks), unit="days") as step:
            return crew.run(merge_day, tasks, step.advance)

    def _publish(
        self, catalogue: Catalogue, days: Sequence[MergedDay], deliveries: Sequence[Delivery]
    ) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        changed = {
            day_table(day.day): StoredTable(day.parts, SCHEMA_VERSION, through=day.day, computed_at=now)
            for day in days
            if day.kept
        }
        if not changed and "store" in catalogue.facts:
            return
        facts = store_facts(catalogue, self._instance)
        facts["commit"] = {"deliveries": [asdict(delivery) for delivery in deliveries]}
        self._store.publish(catalogue.with_tables(changed, **facts))
        self.ledger.follow(facts["store"], catalogue.number + 1)


def ledger_path(instance: Instance) -> Path:
    """Where the instance's ledger of deliveries is."""
    return instance.root / "ledger.sqlite3"


def _deliveries(
    source: FolderSource, staged: Sequence[Staged], days: Sequence[MergedDay], catalogue: int
) -> list[Delivery]:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return [
        _delivery(source, one, sum(day.kept.get(one.number, 0) for day in days), now, catalogue)
        for one in staged
    ]


def _delivery(source: FolderSource, staged: Staged, kept: int, now: str, catalogue: int) -> Delivery:
    content = staged.content
    return Delivery(
        digest=content.digest,
        source=source.name,
        kind="log",
        name=content.file.name,
        size=content.size,
        arrived_at=content.arrived_at,
        state=staged.state,
        read=staged.read,
        kept=kept,
        repeated=staged.read - staged.skipped - kept,
        skipped=staged.skipped,
        problem=staged.problem,
        taken_at=now,
        catalogue=catalogue,
    )


def _batches(contents: Sequence[Content]) -> Iterator[list[Content]]:
    batch: list[Content] = []
    weight = 0
    for content in contents:
        if batch and (weight + _weight(content) > BATCH_BYTES or len(batch) >= BATCH_FILES):
            yield batch
            batch, weight = [], 0
        batch.append(content)
        weight += _weight(content)
    if batch:
        yield batch


def _weight(content: Content) -> int:
    return content.size * (_UNZIPPED if content.file.name.endswith(".gz") else 1)


@contextmanager
def _scratch(instance: Instance) -> Iterator[Path]:
    """A folder of the instance for staged files, empty at the start and gone at the end of a run."""
    folder = instance.root / "scratch" / "ingest"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _full_disk_named(instance: Instance) -> Iterator[None]:
    """Whatever library finds the disk full, the run fails with StoreFull."""
    try:
        yield
    except OSError as error:
        raise full_or(error, str(instance.root)) from error
    except (DuckError, sqlite3.OperationalError) as error:
        text = str(error).lower()
        no_room = shutil.disk_usage(instance.root).free < _NO_ROOM  # SQLite may call it an I/O error then
        if no_room or "no space left" in text or "disk is full" in text:
            raise StoreFull(
                str(instance.root),
                "the disk is full.",
                happened="Nothing was published; the last version stays.",
                next_step="Make room and run again.",
            ) from error
        raise
