"""The making of one metric after another: its inputs laid out, its SELECT run, its files written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from staffroom.engines import Engine
from staffroom.engines.duck import files_relation, quoted
from staffroom.errors import StoreFull
from staffroom.events.catalogue import Catalogue, Store, StoredTable, full_or
from staffroom.events.keys import CourseKey
from staffroom.events.store import event_days, event_files
from staffroom.metrics.catalogue import is_metric, metric, tables_of, views_of
from staffroom.metrics.declaration import Metric, Unit
from staffroom.metrics.inputs import COURSE_TABLES, EVENT_COLUMNS
from staffroom.metrics.origins import EVENTS, made_from
from staffroom.metrics.touched import TOUCHED, TOUCHED_COLUMNS, Touched
from staffroom.metrics.writer import Writer


@dataclass(frozen=True, slots=True)
class Part:
    """The condition of the rows that a run computes again, and of the ``rest``, which it keeps.

    Both are empty where the whole table is computed.
    """

    where: str = ""
    rest: str = ""


WHOLE = Part()


@dataclass
class Making:
    """One run's state: ``catalogue`` is the next version as far as it is made.

    ``courses`` limits the run to these courses; ``touched`` says whom the changes since the last run concern.
    """

    store: Store
    catalogue: Catalogue
    engine: Engine
    writer: Writer
    spool: Path
    as_of: date
    given_columns: Mapping[str, Mapping[str, str]]
    courses: frozenset[CourseKey] | None = None
    touched: Touched | None = None
    _laid_out: dict[str, str] = field(default_factory=dict)
    _in_part: set[str] = field(default_factory=set)
    """Metrics whose rows outside of ``touched`` are those of the version before."""

    def is_unchanged(self, chosen: Metric) -> bool:
        """Whether the published table was made from exactly what would make it now."""
        table = self.catalogue.table(chosen.name)
        if table is None or table.problem is not None or self._upstream_problem(chosen) is not None:
            return False
        if self.courses is not None:
            return not _has_course(chosen)
        return dict(table.made_from) == made_from(chosen, self.catalogue)

    def carry(self, chosen: Metric) -> None:
        """Keep the published files: they answer for today as well."""
        table = self.catalogue.table(chosen.name)
        assert table is not None, "only a published table is carried"
        self._in_part.add(chosen.name)
        if self.courses is None:
            self._put(chosen, replace(table, through=self._through(), computed_at=_now()))

    def make(self, chosen: Metric) -> str | None:
        """Compute the metric; returns the class of the error that kept it from being computed.

        A metric that rests on a failed one fails with it; both keep the files that they had.
        """
        problem = self._upstream_problem(chosen)
        if problem is None:
            try:
                self._put(chosen, self._made(chosen))
            except Exception as error:
                raise_if_full(error, self.store.root)
                problem = type(error).__name__
        if problem is not None:
            self._put(chosen, replace(self.catalogue.table(chosen.name) or StoredTable(), problem=problem))
        return problem

    def _made(self, chosen: Metric) -> StoredTable:
        part = self._part(chosen)
        origins = made_from(chosen, self.catalogue)
        old = self.catalogue.table(chosen.name) or StoredTable()
        if self.courses is not None:
            origins = dict(old.made_from)  # of the other courses' rows, which may be older
        elif part is not WHOLE:
            self._in_part.add(chosen.name)
            if self.touched is not None and self.touched.rows == 0:
                return replace(old, through=self._through(), computed_at=_now(), made_from=origins)
        self._lay_out(chosen, part)
        relation = self.engine.result(chosen.sql, self.spool)
        if part.rest and old.files:
            kept = files_relation(self._paths(old))
            relation = f"(SELECT * FROM {relation} UNION ALL BY NAME SELECT * FROM {kept} WHERE {part.rest})"  # noqa: S608 - our own files and condition
        files = self.writer.write(chosen, relation)
        return StoredTable(files, through=self._through(), computed_at=_now(), made_from=origins)

    def _part(self, chosen: Metric) -> Part:
        """Which rows of the metric are computed again."""
        if self.courses is not None:
            keys = ", ".join(quoted(course) for course in sorted(self.courses)) or "NULL"
            condition = f"course_id IN ({keys})"
            return Part(condition, f"NOT {condition}")
        if self.touched is None or not self._differs_in_touched_only(chosen, self.touched):
            return WHOLE
        return Part(self.touched.where(), f"NOT {self.touched.where(self.touched.relation)}")

    def _differs_in_touched_only(self, chosen: Metric, touched: Touched) -> bool:
        table = self.catalogue.table(chosen.name)
        if chosen.unit is not Unit.LEARNER_IN_COURSE or table is None or table.problem is not None:
            return False
        then, now = table.made_from, made_from(chosen, self.catalogue)
        same = all(then.get(origin) == now[origin] for origin in ("code", "settings", "exports"))
        known = then.get("events") == touched.events and then.get("accounts") == touched.accounts
        return same and known and all(name in self._in_part for name in tables_of(chosen) if is_metric(name))

    def _lay_out(self, chosen: Metric, part: Part) -> None:
        """Make everything that the metric reads known to the engine, its rows those of ``part``."""
        if self.touched is not None and TOUCHED not in self._laid_out:
            self.engine.table(TOUCHED, [self.touched.path], TOUCHED_COLUMNS)
            self._laid_out[TOUCHED] = ""
        for name in sorted(tables_of(chosen)):
            where = part.where if is_metric(name) and _has_course(metric(name)) else ""
            if self._laid_out.get(name) != where:
                self._add_table(name, where)
                self._laid_out[name] = where
        for view in views_of(chosen.inputs):
            where = "" if view.kept else part.where
            if self._laid_out.get(view.name) != where:
                only = part.where if view.by_learner else ""
                self.engine.view(view.name, view.sql, kept=view.kept, where=only)
                self._laid_out[view.name] = where

    def _add_table(self, name: str, where: str) -> None:
        if name == EVENTS:
            files = event_files(self.store, self.catalogue, until=self.as_of)
            self.engine.table(name, files, EVENT_COLUMNS)
        else:
            stored = self.catalogue.table(name) or StoredTable()
            self.engine.table(name, self._paths(stored), self._columns(name), where)

    def _columns(self, name: str) -> Mapping[str, str]:
        if is_metric(name):
            return {column.name: column.sql_type for column in metric(name).columns}
        return COURSE_TABLES.get(name) or self.given_columns[name]

    def _paths(self, table: StoredTable) -> list[Path]:
        return [self.store.root / file.path for file in table.files if not file.copy]

    def _upstream_problem(self, chosen: Metric) -> str | None:
        for name in sorted(tables_of(chosen)):
            table = self.catalogue.table(name)
            if is_metric(name) and table is not None and table.problem is not None:
                return table.problem
        return None

    def _through(self) -> str | None:
        days = list(event_days(self.catalogue, until=self.as_of))
        return days[-1].isoformat() if days else None

    def _put(self, chosen: Metric, table: StoredTable) -> None:
        self.catalogue = self.catalogue.with_tables({chosen.name: table})


def _has_course(chosen: Metric) -> bool:
    return any(column.name == "course_id" for column in chosen.columns)


def raise_if_full(error: Exception, root: Path) -> None:
    """StoreFull where ``error`` means a full disk, which ends the run: it is not one metric's problem."""
    if isinstance(error, OSError):
        full = full_or(error, str(root))
        if isinstance(full, StoreFull):
            raise full from error
    if "No space left on device" in str(error):
        raise StoreFull(
            str(root),
            "the disk is full.",
            happened="Nothing was published; the last version stays.",
            next_step="Make room and run again.",
        ) from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
