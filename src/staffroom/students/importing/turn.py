"""One source's turn: its file is read, compared, guarded, and written, held or only previewed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import Any

from staffroom.config import Instance
from staffroom.events.rejects import RejectsFile, keep_rejects
from staffroom.students.access_settings import access_settings
from staffroom.students.erased import KIND
from staffroom.students.importing.arriving import Arriving
from staffroom.students.importing.changes import Change, changes_path, keep_changes
from staffroom.students.importing.comparing import Rules, compare
from staffroom.students.importing.counters import ACTIONS, CREATED, Counters, is_too_much
from staffroom.students.importing.directory import Directory
from staffroom.students.importing.items import Items
from staffroom.students.importing.matching import Scope
from staffroom.students.importing.people import write_people
from staffroom.students.importing.results import PREVIEWED, SourceResult
from staffroom.students.importing.tables import TABLES, Table
from staffroom.students.importing.workbench import Workbench, workbench
from staffroom.students.importing.writing import shown, stage, sweep, switch
from staffroom.students.models import Import
from staffroom.students.models.imports import State
from staffroom.students.rows.declaration import Reading, Source
from staffroom.students.rows.values import years_before
from staffroom.students.settings import FileSettings, StudentsSettings
from staffroom.students.signing_in import settle_accounts
from staffroom.tally import Progress, Reject
from staffroom.tombstones import Tombstones

SAMPLES = 5
Told = Callable[[Change], None]


@dataclass(frozen=True)
class Night:
    """What all sources of one import share."""

    instance: Instance
    settings: StudentsSettings
    scope: Scope
    progress: Progress
    now: datetime
    dry_run: bool = False
    told: Told | None = None
    """Who hears of every difference; without one, a preview keeps samples."""
    since: date | None = None
    directory: Directory = field(default_factory=Directory)

    @cached_property
    def _tombstones(self) -> Tombstones:
        return Tombstones(self.instance)

    def is_erased(self, local_id: str) -> bool:
        """Whether somebody has erased the student of this id."""
        return self._tombstones.hides(KIND, local_id)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.instance.institution.zone).date()

    def reading(self, file: FileSettings) -> Reading:
        oldest = self.since or years_before(self.today, self.settings.attendance_years)
        if file.window_days:
            oldest = max(oldest, self.today - timedelta(days=file.window_days))
        zone = self.instance.institution.zone
        school_year = self.instance.institution.school_year(self.today).year + 1
        return Reading(self.settings, file, self.today, zone, oldest, school_year)


@dataclass
class Turn:
    """One file of one source. ``record`` is the import's row; it is not saved in a dry run."""

    night: Night
    source: Source
    file: FileSettings
    record: Import
    counters: Counters = field(default_factory=Counters)
    rejects: list[Reject] = field(default_factory=list)

    def take(self, items: Items, oldest: date) -> SourceResult:
        """Raises what reading and writing raise; then nothing was changed."""
        with workbench(self.night.instance) as bench, self._rejects() as reject:
            self._compare(bench, items, oldest, reject)
            held = is_too_much(
                self.counters,
                share_pct=self.night.settings.held_share_pct,
                count=self.night.settings.held_count,
            )
            if self.night.dry_run:
                return self._previewed(bench, held)
            self.record.counts = self.counters.as_dict()
            self.record.base = shown(self.tables)
            self.record.ended_at = self.night.now
            if held:
                keep_changes(bench.database, changes_path(self.night.instance, self.record.pk))
                self.record.state = State.HELD
                self.record.save()
            else:
                self.record.state = State.DONE
                total = sum(self.counters.actions.values())
                apply(self.record, self.tables, bench.changes, self.night, total)
        return self._result(self.record.state)

    @property
    def tables(self) -> list[Table]:
        return [TABLES[row.TABLE] for row in self.source.tables]

    def _compare(
        self, bench: Workbench, items: Items, oldest: date, reject: Callable[[Reject], None]
    ) -> None:
        arriving = Arriving(
            self.source,
            self.file,
            self.night.settings,
            self.night.directory,
            self.night.scope,
            bench,
            self.counters,
            reject,
            self.night.is_erased,
        )
        with self.night.progress.step(f"Read {self.source.name}") as step:
            arriving.take(items, step)
        with self.night.progress.step(f"Compare {self.source.name}", unit="tables") as step:
            arriving.lay_stored(oldest=oldest)
            for table in self.tables:
                rules = Rules(
                    table,
                    arriving.says(table, items.absent),
                    self.file.unmarked or self.source.unmarked,
                    self.source.creates,
                    arriving.spared,
                )
                compare(bench, _with_flags(rules), self.counters, reject)
                step.advance()
        self.counters.changed_rows = bench.changed_rows()

    def _previewed(self, bench: Workbench, held: bool) -> SourceResult:
        told = self.night.told
        samples: dict[str, list[Any]] = {}
        if told is not None:
            for change in bench.changes():
                told(change)
        else:
            for action in ACTIONS:
                some = islice(bench.changes(action=action), SAMPLES)
                samples[action] = [one.as_facts(TABLES[one.table].content) for one in some]
        plan(self.night.directory, bench.changes(action=CREATED))
        return self._result(PREVIEWED, would_hold=held, samples=samples)

    def _result(self, state: str, **more: Any) -> SourceResult:
        return SourceResult(
            self.source.name,
            state,
            self.counters,
            self.record.pk or 0,
            self.record.file_name,
            self.record.is_stale,
            rejects=tuple(self.rejects),
            **more,
        )

    @contextmanager
    def _rejects(self) -> Iterator[Callable[[Reject], None]]:
        """Rejects are counted, and kept aside unless this is a dry run; some are kept for the result."""
        staged = self.night.instance.root / "scratch" / f"students-rejects-{self.record.pk}.part"
        staged.unlink(missing_ok=True)
        with RejectsFile(staged) as file:

            def reject(one: Reject) -> None:
                self.counters.rejected[one.reason] += 1
                if len(self.rejects) < SAMPLES:
                    self.rejects.append(one)
                if not self.night.dry_run:
                    file.add(one)

            yield reject
        if not self.night.dry_run:
            keep_rejects(self.night.instance.rejects, rejects_name(self.record.pk), staged)


def rejects_name(number: int) -> str:
    """What stands for a digest in the folder of rejects."""
    return f"students-import-{number}"


def _with_flags(rules: Rules) -> Rules:
    """People are flagged and never removed; what has no flag, such as homerooms, stays."""
    if rules.table.is_versioned or rules.table.flags or rules.unmarked == "keep":
        return rules
    return Rules(rules.table, rules.says, "keep", rules.creates, rules.spared)


def apply(
    record: Import, tables: list[Table], changes: Callable[..., Iterable[Change]], night: Night, total: int
) -> None:
    """Write the changes and end the import: all, or nothing that anybody will see."""
    with night.progress.step(f"Write {record.source}", total=total) as step:
        if all(table.is_versioned for table in tables):
            try:
                stage(changes(), record.pk, night.directory, now=night.now, step=step)
                switch(record, tables)
            finally:
                sweep()
        else:
            by_table = {table.name: list(changes(place=table.name)) for table in tables}
            write_people(by_table, record, night.directory, now=night.now)
            if "educator" in by_table:
                # Who left signs in no more; where we are killed here, the next import sees to it.
                settle_accounts(access_settings(night.instance))
            step.advance(total)


KINDS = {
    "educator": "educator",
    "homeroom": "homeroom",
    "course": "course",
    "student": "student",
    "section": "section",
    "plan_504": "plan",
}
"""What other sources may refer to, by table."""


def plan(directory: Directory, created: Iterable[Change]) -> None:
    """Let later sources of a dry run refer to what this one would have made."""
    naturals: dict[str, list[Any]] = {}
    for change in created:
        kind = KINDS.get(change.table)
        if kind is not None:
            naturals.setdefault(kind, []).append(_natural(change, directory))
    for kind, made in naturals.items():
        directory.plan(kind, made)


def _natural(change: Change, directory: Directory) -> Any:
    assert change.after is not None
    values = dict(zip(TABLES[change.table].content, change.after, strict=True))
    if change.table == "student":
        directory.plan_school_of(values["local_id"], values["school"])
    if change.table == "section":
        return (*values["course"], values["number"], values["term"], values["year"])
    if change.table == "plan_504":
        return (values["oid"], values["student"])
    return change.key[0] if len(change.key) == 1 else tuple(change.key)
