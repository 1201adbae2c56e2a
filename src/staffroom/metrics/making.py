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
from staffroom.metrics.catalogue import is_metric, metric, tables_of, views_of
from staffroom.metrics.declaration import Metric
from staffroom.metrics.inputs import COURSE_TABLES, EVENT_COLUMNS
from staffroom.metrics.origins import EVENTS, event_tables, made_from
from staffroom.metrics.writer import Writer


@dataclass
class Making:
    """One run's state: ``catalogue`` is the next version as far as it is made."""

    store: Store
    catalogue: Catalogue
    engine: Engine
    writer: Writer
    spool: Path
    as_of: date
    given_columns: Mapping[str, Mapping[str, str]]
    courses: frozenset[CourseKey] | None = None
    _views: set[str] = field(default_factory=set)
    _tables: set[str] = field(default_factory=set)

    def is_unchanged(self, chosen: Metric) -> bool:
        """Whether the published table was made from exactly what would make it now."""
        table = self.catalogue.table(chosen.name)
        if table is None or table.problem is not None or self._upstream_problem(chosen) is not None:
            return False
        if self.courses is not None:
            return not _has_course(chosen)
        return dict(table.made_from) == self._made_from(chosen)

    def carry(self, chosen: Metric) -> None:
        """Keep the published files: they answer for today as well."""
        table = self.catalogue.table(chosen.name)
        assert table is not None, "only a published table is carried"
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
                _raise_if_full(error, self.store.root)
                problem = type(error).__name__
        if problem is not None:
            self._put(chosen, replace(self.catalogue.table(chosen.name) or StoredTable(), problem=problem))
        return problem

    def _made(self, chosen: Metric) -> StoredTable:
        self._lay_out(chosen)
        relation = self.engine.result(chosen.sql, self.spool)
        origins = self._made_from(chosen)
        old = self.catalogue.table(chosen.name)
        if self.courses is not None and old is not None:
            relation = self._with_other_courses(relation, old)
            origins = dict(old.made_from)
        elif self.courses is not None:
            origins = {}
        files = self.writer.write(chosen, relation)
        return StoredTable(files, through=self._through(), computed_at=_now(), made_from=origins)

    def _with_other_courses(self, relation: str, old: StoredTable) -> str:
        kept = files_relation(self._paths(old))
        return f"(SELECT * FROM {relation} UNION ALL BY NAME SELECT * FROM {kept} WHERE NOT {self._where()})"  # noqa: S608

    def _lay_out(self, chosen: Metric) -> None:
        """Make everything that the metric reads known to the engine."""
        for name in sorted(tables_of(chosen)):
            if name not in self._tables:
                self._add_table(name)
        for view in views_of(chosen.inputs):
            if view.name not in self._views:
                where = self._where() if view.name == "learner_events" else ""
                self.engine.view(view.name, view.sql, kept=view.kept, where=where)
                self._views.add(view.name)

    def _add_table(self, name: str) -> None:
        if name == EVENTS:
            days = event_tables(self.catalogue, self.as_of)
            files = [path for _, table in days for path in self._paths(table)]
            self.engine.table(name, files, EVENT_COLUMNS)
        else:
            stored = self.catalogue.table(name) or StoredTable()
            where = self._where() if is_metric(name) and _has_course(metric(name)) else ""
            self.engine.table(name, self._paths(stored), self._columns(name), where)
        self._tables.add(name)

    def _columns(self, name: str) -> Mapping[str, str]:
        if is_metric(name):
            return {column.name: column.sql_type for column in metric(name).columns}
        return COURSE_TABLES.get(name) or self.given_columns[name]

    def _where(self) -> str:
        if self.courses is None:
            return ""
        keys = ", ".join(quoted(course) for course in sorted(self.courses)) or "NULL"
        return f"course_id IN ({keys})"

    def _paths(self, table: StoredTable) -> list[Path]:
        return [self.store.root / file.path for file in table.files if not file.copy]

    def _upstream_problem(self, chosen: Metric) -> str | None:
        for name in sorted(tables_of(chosen)):
            table = self.catalogue.table(name)
            if is_metric(name) and table is not None and table.problem is not None:
                return table.problem
        return None

    def _made_from(self, chosen: Metric) -> dict[str, str]:
        return dict(made_from(chosen, self.catalogue, self.as_of))

    def _through(self) -> str | None:
        days = event_tables(self.catalogue, self.as_of)
        return days[-1][0].isoformat() if days else None

    def _put(self, chosen: Metric, table: StoredTable) -> None:
        self.catalogue = self.catalogue.with_tables({chosen.name: table})


def _has_course(chosen: Metric) -> bool:
    return any(column.name == "course_id" for column in chosen.columns)


def _raise_if_full(error: Exception, root: Path) -> None:
    """A full disk is not one metric's problem: it ends the run, and nothing is published."""
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
