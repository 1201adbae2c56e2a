"""The course tables: what the newest LMS exports say of courses, blocks, people, enrolments and teams.

Which export is the newest is told by the date in its name, then by its digest, never by its arrival. An
export that cannot be used as a whole is passed over for the one before it. Tables whose exports are the same
as last time are not written again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from staffroom.config import Instance
from staffroom.errors import DeliveryError
from staffroom.events.catalogue import Store, StoredTable
from staffroom.events.export_rows import EXPORTS
from staffroom.events.exports import Candidate, Holds, candidates, read_candidate
from staffroom.events.rejects import RejectsFile, keep_rejects
from staffroom.events.store import store_facts
from staffroom.events.structure import BLOCK_SCHEMA, Structure
from staffroom.intake.ledger import DAMAGED, EMPTY, TAKEN, Delivery, Ledger, unreadable
from staffroom.intake.settings import FolderSource
from staffroom.tally import Counts, Step

SCHEMA_VERSION = 2
"""Raised when a table gets other columns; the exports are then read again."""

COURSE_SCHEMA = pa.schema(
    [
        ("course_id", pa.string()),
        ("source", pa.string()),
        ("name", pa.string()),
        ("starts_on", pa.date32()),
        ("ends_on", pa.date32()),
    ]
)
"""One row a course that an export names; its name and dates come from its structure, where there is one."""

COURSE_TABLES: Mapping[str, tuple[pa.Schema, tuple[str, ...]]] = {
    "courses": (COURSE_SCHEMA, ("course_id", "source")),
    "course_blocks": (BLOCK_SCHEMA, ("course_id", "source", "ordinal")),
    **{name: (export.schema, export.key) for name, export in EXPORTS.items()},
}
"""Schema, and the columns that give the order of the rows, of each course table."""

NAMING_COURSES = ("course_blocks", "course_team", "enrolments")
"""The tables whose courses are the rows of ``courses``."""


@dataclass
class _Table:
    """A table being read: what its exports hold, and which they are (identity by source and subject)."""

    holds: dict[str, Holds] = field(default_factory=dict)
    made_from: dict[str, str] = field(default_factory=dict)
    through: date = date.min


def take_exports(
    instance: Instance,
    store: Store,
    ledger: Ledger,
    sources: Sequence[FolderSource],
    scratch: Path,
    step: Step,
) -> Counts:
    """Bring the course tables up to the newest exports of all sources; returns the counts of new exports."""
    return _Exports(instance, store, ledger, scratch, step).take(sources)


class _Exports:
    def __init__(self, instance: Instance, store: Store, ledger: Ledger, scratch: Path, step: Step) -> None:
        self._instance, self._store, self._ledger = instance, store, ledger
        self._scratch, self._step = scratch, step
        self._catalogue = store.current()
        self._changed: dict[str, StoredTable] = {}
        self._deliveries: list[Delivery] = []

    def take(self, sources: Sequence[FolderSource]) -> Counts:
        subjects = [
            versions
            for source in sources
            if (folder := source.exports_folder(self._instance)) is not None
            for versions in candidates(folder, self._ledger, source.name)
        ]
        structures: list[tuple[str, Structure]] = []
        for name in ("course_blocks", *EXPORTS):
            table = self._read(name, [versions for versions in subjects if versions[0].table == name])
            if table is not None:
                self._write(
                    name, [holds.rows for holds in table.holds.values()], table.made_from, table.through
                )
                structures += [
                    (subject.partition("/")[0], holds.structure)
                    for subject, holds in table.holds.items()
                    if holds.structure is not None
                ]
        if any(name in self._changed for name in NAMING_COURSES):
            self._write_courses(structures)
        self._publish()
        return sum((delivery.counts for delivery in self._deliveries), Counts())

    def _read(self, name: str, subjects: Sequence[tuple[Candidate, ...]]) -> _Table | None:
        """The table as the newest usable exports have it; None where the store has it so."""
        stored = self._catalogue.table(name)
        is_current = stored is not None and stored.schema_version == SCHEMA_VERSION
        made_from = dict(stored.made_from) if stored is not None and is_current else {}
        usable = [versions for subject in subjects if (versions := self._usable(subject))]
        if {_name(versions[0]): versions[0].identity for versions in usable} == made_from:
            return None
        table = _Table()
        for versions in sorted(usable, key=lambda versions: versions[0].age):
            self._read_newest(versions, table)
            self._step.advance(1)
        return table if table.made_from != made_from else None

    def _usable(self, versions: Sequence[Candidate]) -> list[Candidate]:
        """The versions that were not found unusable before."""
        known = self._ledger.states(versions[0].source)
        return [one for one in versions if known.get(one.content.digest, TAKEN) == TAKEN]

    def _read_newest(self, versions: Sequence[Candidate], table: _Table) -> None:
        """Read the newest version that can be read; those that cannot are entered as what they are."""
        for version in versions:
            rejects = RejectsFile(self._scratch / f"{version.content.digest}-rejects.parquet")
            try:
                with rejects:
                    holds = read_candidate(version, self._instance.institution.zone, rejects)
            except DeliveryError as error:
                state = EMPTY if version.content.size == 0 else DAMAGED
                self._deliveries.append(_delivery(version, state, Counts(), problem=str(error)))
                continue
            except OSError as error:
                self._ledger.record([unreadable(version.source, "export", version.content.file, error)])
                continue
            keep_rejects(self._instance.rejects, version.content.digest, rejects.path)
            self._enter(version, holds, rejects.count)
            key = f"{version.source}/{holds.structure.course_id}" if holds.structure else _name(version)
            table.holds[key] = holds  # a course that two exports hold is as the newer one has it
            table.made_from[_name(version)] = version.identity
            table.through = max(table.through, version.content.file.day)
            return

    def _enter(self, version: Candidate, holds: Holds, skipped: int) -> None:
        """Enter an export that is read for the first time."""
        if version.content.digest not in self._ledger.states(version.source):
            kept = len(holds.rows)
            counts = Counts(holds.read, kept, holds.read - kept - skipped, skipped)
            self._deliveries.append(_delivery(version, TAKEN, counts))

    def _write(
        self, name: str, parts: Sequence[pa.Table], made_from: Mapping[str, str], through: date
    ) -> None:
        """Write the table anew, sorted whole."""
        schema, order = COURSE_TABLES[name]
        rows = pa.concat_tables([schema.empty_table(), *parts])
        rows = rows.take(pc.sort_indices(rows, [(column, "ascending") for column in order]))
        path = self._store.new_path("courses", ".parquet")
        pq.write_table(rows, path, compression="zstd", row_group_size=100_000)
        courses = pc.min_max(rows["course_id"]).as_py() if "course_id" in schema.names else {}
        file = self._store.describe(
            path, len(rows), first_course=courses.get("min"), last_course=courses.get("max")
        )
        self._changed[name] = StoredTable(
            (file,), SCHEMA_VERSION, through.isoformat(), _now(), made_from=dict(made_from)
        )

    def _write_courses(self, structures: Sequence[tuple[str, Structure]]) -> None:
        """Write ``courses``: those that the other tables name, with what the structures say of them."""
        courses: dict[tuple[str, str], dict[str, Any]] = {}
        for name in NAMING_COURSES:
            for row in self._rows(name, ["course_id", "source"]):
                if row["course_id"] is not None:  # as roles in a whole organisation have none
                    courses.setdefault((row["course_id"], row["source"]), {**row})
        if "course_blocks" in self._changed:
            for source, one in structures:
                said = {"name": one.name, "starts_on": one.starts_on, "ends_on": one.ends_on}
                courses[one.course_id, source].update(said)
        else:
            for row in self._rows("courses", COURSE_SCHEMA.names):
                if (row["course_id"], row["source"]) in courses:
                    courses[row["course_id"], row["source"]].update(row)
        tables = [table for name in NAMING_COURSES if (table := self._table(name)) is not None]
        made_from = {subject: digest for table in tables for subject, digest in table.made_from.items()}
        through = max(date.fromisoformat(table.through or "0001-01-01") for table in tables)
        rows = pa.Table.from_pylist(list(courses.values()), schema=COURSE_SCHEMA)
        self._write("courses", [rows], made_from, through)

    def _table(self, name: str) -> StoredTable | None:
        return self._changed.get(name) or self._catalogue.table(name)

    def _rows(self, name: str, columns: Sequence[str]) -> Iterable[dict[str, Any]]:
        """The different rows of a table as it is going to be."""
        table = self._table(name)
        for file in table.files if table is not None else ():
            rows = pq.read_table(self._store.root / file.path, columns=list(columns))
            yield from rows.group_by(list(columns)).aggregate([]).to_pylist()

    def _publish(self) -> None:
        number = self._catalogue.number + 1 if self._changed else self._catalogue.number
        deliveries = [replace(delivery, catalogue=number) for delivery in self._deliveries]
        if self._changed:
            facts = store_facts(self._catalogue, self._instance)
            facts["commit"] = {"deliveries": [asdict(delivery) for delivery in deliveries]}
            self._store.publish(self._catalogue.with_tables(self._changed, **facts))
            self._ledger.follow(facts["store"], number)
        self._ledger.record(deliveries)


def _name(candidate: Candidate) -> str:
    return f"{candidate.source}/{candidate.subject}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _delivery(version: Candidate, state: str, counts: Counts, *, problem: str | None = None) -> Delivery:
    content = version.content
    return Delivery(
        digest=content.digest,
        source=version.source,
        kind="export",
        name=content.file.name,
        size=content.size,
        arrived_at=content.arrived_at,
        state=state,
        read=counts.read,
        kept=counts.kept,
        repeated=counts.repeated,
        skipped=counts.skipped,
        problem=problem,
        taken_at=_now(),
    )
