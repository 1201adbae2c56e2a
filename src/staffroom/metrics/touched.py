"""Whom the changes since the last run concern: their whole history is computed again, no one else's.

A change is an event that came or went, or an account that changed its name or began or ceased to be staff, of
a course's team or a test account. The answer may name too many learners, never too few.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from staffroom.engines.duck import Connection, files_relation, quoted
from staffroom.events.catalogue import Catalogue, StoredTable
from staffroom.events.store import event_days
from staffroom.metrics.inputs import COURSE_TABLES
from staffroom.metrics.origins import SEEN_ACCOUNTS, SEEN_EVENTS, digest_of

TOUCHED = "touched"
TOUCHED_COLUMNS = {"course_id": "VARCHAR", "source": "VARCHAR", "learner_id": "VARCHAR"}

_EVENT = {
    "event_id": "BLOB",
    "course_id": "VARCHAR",
    "source": "VARCHAR",
    "learner_id": "VARCHAR",
    "username": "VARCHAR",
}
_ACCOUNT = {
    "kind": "VARCHAR",
    "course_id": "VARCHAR",
    "source": "VARCHAR",
    "learner_id": "VARCHAR",
    "username": "VARCHAR",
    "is_staff": "BOOLEAN",
}

_ACCOUNTS_SQL = """
SELECT 'person' AS kind, NULL AS course_id, source, learner_id, username, is_staff FROM {people}
UNION SELECT 'team', COALESCE(course_id, org), source, learner_id, NULL, NULL FROM {course_team}
UNION SELECT 'excluded', NULL, source, NULL, username, NULL FROM excluded
ORDER BY ALL
"""

_TOUCHED_SQL = """
WITH
-- one row per event that came or went
changed_events AS (
  (SELECT * FROM {added} EXCEPT SELECT * FROM {removed})
  UNION ALL
  (SELECT * FROM {removed} EXCEPT SELECT * FROM {added})
),
-- one row per account as it was or is
accounts AS (
  SELECT * FROM {old_accounts} UNION SELECT * FROM {new_accounts}
),
-- one row per account that was otherwise or is new
changed_accounts AS (
  (SELECT * FROM {old_accounts} EXCEPT SELECT * FROM {new_accounts})
  UNION ALL
  (SELECT * FROM {new_accounts} EXCEPT SELECT * FROM {old_accounts})
),
-- one row per user name whose owner changed, or that began or ceased to be excluded
changed_names AS (
  SELECT DISTINCT source, username FROM changed_accounts WHERE username IS NOT NULL
),
-- one row per learner all of whose courses are touched
changed_learners AS (
  SELECT source, learner_id FROM changed_accounts
  UNION
  SELECT accounts.source, accounts.learner_id FROM accounts JOIN changed_names USING (source, username)
  UNION
  SELECT events.source, events.learner_id FROM {events} AS events JOIN changed_names USING (source, username)
  UNION
  SELECT changed_events.source, changed_events.learner_id
  FROM changed_events JOIN accounts USING (source, username)
  WHERE accounts.kind = 'excluded'
)
SELECT course_id, source, learner_id FROM changed_events
WHERE course_id IS NOT NULL AND learner_id IS NOT NULL
UNION
SELECT changed_events.course_id, changed_events.source, accounts.learner_id
FROM changed_events JOIN accounts USING (source, username)
WHERE changed_events.course_id IS NOT NULL
  AND changed_events.learner_id IS NULL
  AND accounts.learner_id IS NOT NULL
UNION
SELECT events.course_id, events.source, events.learner_id
FROM {events} AS events JOIN changed_learners USING (source, learner_id)
WHERE events.course_id IS NOT NULL
UNION
SELECT events.course_id, events.source, accounts.learner_id
FROM {events} AS events JOIN changed_names USING (source, username) JOIN accounts USING (source, username)
WHERE events.course_id IS NOT NULL AND events.learner_id IS NULL AND accounts.learner_id IS NOT NULL
UNION
SELECT enrolments.course_id, enrolments.source, enrolments.learner_id
FROM {enrolments} AS enrolments JOIN changed_learners USING (source, learner_id)
"""


@dataclass(frozen=True, slots=True)
class Touched:
    """``path`` holds a row for each learner and course that is computed again.

    It is true of tables that were made from events and accounts with the digests ``events`` and ``accounts``.
    """

    path: Path
    rows: int
    events: str
    accounts: str

    def where(self, relation: str = TOUCHED) -> str:
        """The condition for rows that are computed again."""
        keys = ", ".join(TOUCHED_COLUMNS)
        return f"({keys}) IN (SELECT {keys} FROM {relation})"  # noqa: S608 - names of ours

    @property
    def relation(self) -> str:
        return f"read_parquet({quoted(str(self.path))})"


def seen_tables(
    connection: Connection, root: Path, catalogue: Catalogue, excluded: pa.Table, as_of: date
) -> Mapping[str, pa.Table]:
    """What this run sees of events and accounts, as the given tables that the next run compares with."""
    files = [
        {"day": day, "path": file.path, "digest": file.digest}
        for day, table in event_days(catalogue, until=as_of).items()
        for file in sorted(table.files, key=lambda file: file.path)
    ]
    schema = pa.schema([("day", pa.date32()), ("path", pa.string()), ("digest", pa.string())])
    connection.register("excluded", excluded)
    read = {
        name: _rows(root, catalogue.table(name), COURSE_TABLES[name]) for name in ("people", "course_team")
    }
    accounts = connection.sql(_ACCOUNTS_SQL.format(**read)).to_arrow_table()
    connection.unregister("excluded")
    return {SEEN_EVENTS: pa.Table.from_pylist(files, schema=schema), SEEN_ACCOUNTS: accounts}


def touched_learners(
    connection: Connection, root: Path, before: Catalogue, now: Catalogue, spool: Path
) -> Touched | None:
    """Whom the changes between two catalogues concern; None where that can no longer be known."""
    old_files, new_files = (_event_files(root, catalogue) for catalogue in (before, now))
    if old_files is None or new_files is None or before.table(SEEN_ACCOUNTS) is None:
        return None
    removed = [path for path in old_files if path not in set(new_files)]
    if not all(path.exists() for path in removed):
        return None
    path = spool / f"{TOUCHED}.parquet"
    same_accounts = digest_of((SEEN_ACCOUNTS,), before) == digest_of((SEEN_ACCOUNTS,), now)
    sql = _TOUCHED_SQL.format(
        added=_event_rows(path for path in new_files if path not in set(old_files)),
        removed=_event_rows(removed),
        old_accounts=_rows(root, before.table(SEEN_ACCOUNTS), _ACCOUNT),
        new_accounts=_rows(root, now.table(SEEN_ACCOUNTS), _ACCOUNT),
        enrolments=_rows(root, now.table("enrolments"), TOUCHED_COLUMNS),
        events=_event_rows(() if same_accounts and not _excludes(now) else new_files),
    )
    connection.execute(f"COPY ({sql}) TO {quoted(str(path))} (FORMAT parquet)")
    rows = pq.read_metadata(path).num_rows
    return Touched(path, rows, digest_of((SEEN_EVENTS,), before), digest_of((SEEN_ACCOUNTS,), before))


def _excludes(catalogue: Catalogue) -> bool:
    """Whether any user name is excluded; then a new event can tell whose it is, in all courses."""
    table = catalogue.table("excluded_accounts")
    return table is not None and table.rows > 0


def _event_files(root: Path, catalogue: Catalogue) -> list[Path] | None:
    table = catalogue.table(SEEN_EVENTS)
    if table is None:
        return None
    return [
        root / path for file in table.files for path in pq.read_table(root / file.path)["path"].to_pylist()
    ]


def _event_rows(files: Iterable[Path]) -> str:
    return files_relation(files, _EVENT)


def _rows(root: Path, table: StoredTable | None, columns: Mapping[str, str]) -> str:
    files = table.files if table is not None else ()
    return files_relation([root / file.path for file in files if not file.copy], columns)
