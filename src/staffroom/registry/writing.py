"""Records are written to the register: many at once, the later batch winning, each with what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson
from django.db import connections
from django.utils import timezone

from staffroom.registry.eligibility import Assessment, open_to
from staffroom.registry.fields import FIRST_NAME, INSTITUTION, LAST_NAME, SSID, Record
from staffroom.registry.models import Batch, Eligibility, Held, Removal, Student
from staffroom.registry.models.batch import WAITING

DATABASE = "registry"

COLUMNS = "state, ssid, digest, batch, changed_at, institution, name, record"
GUARD = """
ON CONFLICT (state, ssid) DO UPDATE SET digest = excluded.digest, batch = excluded.batch,
    changed_at = excluded.changed_at, institution = excluded.institution, name = excluded.name,
    record = excluded.record
WHERE registry_student.batch < excluded.batch
"""
FIND_SQLITE = """
SELECT ssid, digest, batch, institution, name FROM registry_student
WHERE state = %s AND ssid IN (SELECT value FROM json_each(%s))
"""
FIND_POSTGRESQL = """
SELECT ssid, digest, batch, institution, name FROM registry_student WHERE state = %s AND ssid = ANY(%s)
"""
WRITE_SQLITE = f"INSERT INTO registry_student ({COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) {GUARD}"  # noqa: S608 - of constants
CHANGE_SQLITE = """
UPDATE registry_student SET digest = %s, batch = %s, changed_at = %s, record = %s
WHERE state = %s AND ssid = %s
"""
WRITE_POSTGRESQL = f"""
INSERT INTO registry_student ({COLUMNS})
SELECT * FROM unnest(%s::text[], %s::text[], %s::bytea[], %s::bigint[], %s::timestamptz[], %s::text[],
    %s::text[], %s::text[])
{GUARD}
RETURNING ssid, xmax = 0
"""  # noqa: S608 - of constants


class Entry(NamedTuple):
    """A record as it is kept. Its ``digest`` is over the whole of it."""

    ssid: str
    record: Record
    text: bytes
    digest: bytes

    @classmethod
    def of(cls, record: Record) -> Entry:
        text = orjson.dumps(record)
        return cls(str(record[SSID]), record, text, blake2b(text, digest_size=16).digest())


@dataclass(frozen=True, slots=True)
class Became:
    """What became of students, by id; each is in one of the four."""

    created: set[str]
    updated: set[str]
    unchanged: set[str]
    superseded: set[str]


def register(
    state: str, entries: Sequence[Entry], *, batch: int, assessments: Sequence[Assessment]
) -> Became:
    """Write ``entries``, no two of one student, as part of ``batch``. The caller holds a transaction."""
    ids = [entry.ssid for entry in entries]
    known = _known(state, ids)
    removed = _removed(state, ids, batch)
    same: list[Entry] = []
    other: list[Entry] = []
    late = set(removed)
    for entry in entries:
        before = known.get(entry.ssid)
        if before is not None and before.batch > batch:
            late.add(entry.ssid)
        elif entry.ssid not in removed:
            (same if before is not None and before.digest == entry.digest else other).append(entry)
    unchanged = {entry.ssid for entry in same}
    # Batches that came earlier may not undo what has not changed: then its number has to be written too.
    rewritten = same if same and earlier_wait(batch) else []
    written = _write(state, [*other, *rewritten], known, batch)
    changed = [entry for entry in other if entry.ssid in written]
    if changed and (assessments or Eligibility.objects.exists()):
        _judge(state, changed, assessments)
    created = {ssid for ssid, is_new in written.items() if is_new}
    late |= {entry.ssid for entry in (*other, *rewritten)} - written.keys()
    unchanged -= late
    updated = written.keys() - created - unchanged
    _forget_held(state, ids, batch)
    return Became(created, updated, unchanged, late)


def remove(state: str, ids: Sequence[str], *, batch: int) -> tuple[set[str], set[str]]:
    """Remove students; returns (those removed, those that a later batch has written meanwhile)."""
    known = _known(state, ids)
    late = {ssid for ssid, before in known.items() if before.batch > batch} | _removed(state, ids, batch)
    gone = known.keys() - late
    Student.objects.filter(state=state, ssid__in=gone, batch__lte=batch).delete()
    _execute("DELETE FROM registry_eligibility WHERE state = %s AND ssid {}", state, sorted(gone))
    _forget_held(state, ids, batch)
    if earlier_wait(batch):
        rows = [Removal(state=state, ssid=ssid, batch=batch) for ssid in sorted({*ids} - late)]
        Removal.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["state", "ssid"], update_fields=["batch"]
        )
    return gone, late


def earlier_wait(batch: int) -> bool:
    """Whether a batch that came before ``batch`` has not been drained to its end."""
    return Batch.objects.filter(standing__in=WAITING, id__lt=batch).exists()


def hold(state: str, entries: Sequence[Entry], *, batch: int) -> None:
    """Set students aside until their school is known; the later batch's record stays."""
    later = dict(Held.objects.filter(state=state, batch__gt=batch).values_list("ssid", "batch"))
    Held.objects.bulk_create(
        [
            Held(state=state, ssid=entry.ssid, batch=batch, record=entry.text.decode())
            for entry in entries
            if entry.ssid not in later
        ],
        update_conflicts=True,
        unique_fields=["state", "ssid"],
        update_fields=["batch", "record"],
    )


def judge_again(state: str, records: Sequence[Record], assessments: Sequence[Assessment]) -> None:
    """Find anew what these students are eligible for."""
    _judge(state, [Entry.of(record) for record in records], assessments)


class Before(NamedTuple):
    """What is compared of a student who is registered already."""

    digest: bytes
    batch: int
    institution: str
    name: str


def _known(state: str, ids: Sequence[str]) -> dict[str, Before]:
    """Those that are registered, by id."""
    with connections[DATABASE].cursor() as cursor:
        if _is_sqlite():
            cursor.execute(FIND_SQLITE, (state, orjson.dumps(ids).decode()))
        else:
            cursor.execute(FIND_POSTGRESQL, (state, list(ids)))
        return {ssid: Before(bytes(digest), *rest) for ssid, digest, *rest in cursor.fetchall()}


def _removed(state: str, ids: Sequence[str], batch: int) -> set[str]:
    """Those that a later batch has removed already."""
    if not Removal.objects.exists():
        return set()
    wanted = {*ids}
    later = Removal.objects.filter(state=state, batch__gt=batch).values_list("ssid", flat=True)
    return {ssid for ssid in later.iterator() if ssid in wanted}


def _write(state: str, entries: Sequence[Entry], known: Mapping[str, Before], batch: int) -> dict[str, bool]:
    """Insert or change; returns those written, and whether they are new."""
    if not entries:
        return {}
    now = timezone.now()
    rows = [_row(state, entry, batch, now) for entry in sorted(entries, key=lambda entry: entry.ssid)]
    if _is_sqlite():  # the only writer: nothing has changed since it was looked up
        _write_sqlite(rows, known)
        return {entry.ssid: entry.ssid not in known for entry in entries}
    with connections[DATABASE].cursor() as cursor:
        cursor.execute(WRITE_POSTGRESQL, [list(column) for column in zip(*rows, strict=True)])
        return dict(cursor.fetchall())


def _write_sqlite(rows: Sequence[Row], known: Mapping[str, Before]) -> None:
    """Students who keep name and school keep their places in the indexes, which are dear to change."""
    connection = connections[DATABASE]
    at = connection.ops.adapt_datetimefield_value(rows[0].changed_at)
    new, changed = [], []
    for row in rows:
        before = known.get(row.ssid)
        if before is not None and (before.institution, before.name) == (row.institution, row.name):
            changed.append((row.digest, row.batch, at, row.record, row.state, row.ssid))
        else:
            new.append((*row[:4], at, *row[5:]))
    with connection.cursor() as cursor:
        cursor.executemany(WRITE_SQLITE, new)
        cursor.executemany(CHANGE_SQLITE, changed)


class Row(NamedTuple):
    """One row of the table, its columns in their order."""

    state: str
    ssid: str
    digest: bytes
    batch: int
    changed_at: datetime
    institution: str
    name: str
    record: str


def _row(state: str, entry: Entry, batch: int, now: datetime) -> Row:
    record = entry.record
    name = search_name(record[LAST_NAME], record[FIRST_NAME])
    school = str(record[INSTITUTION])
    return Row(state, entry.ssid, entry.digest, batch, now, school, name, entry.text.decode())


def search_name(last: object, first: object) -> str:
    """The form in which names are searched."""
    return f"{last}, {first}".lower()


def _judge(state: str, changed: Sequence[Entry], assessments: Sequence[Assessment]) -> None:
    _execute(
        "DELETE FROM registry_eligibility WHERE state = %s AND ssid {}",
        state,
        [entry.ssid for entry in changed],
    )
    rows = [(state, entry.ssid, name) for entry in changed for name in open_to(entry.record, assessments)]
    if rows:
        with connections[DATABASE].cursor() as cursor:
            cursor.executemany(
                "INSERT INTO registry_eligibility (state, ssid, assessment) VALUES (%s, %s, %s)", rows
            )


def _forget_held(state: str, ids: Iterable[str], batch: int) -> None:
    """What was set aside is overtaken by what is written now."""
    if Held.objects.exists():
        _execute(
            "DELETE FROM registry_held WHERE batch <= %s AND state = %s AND ssid {}",
            (batch, state),
            sorted(ids),
        )


def _execute(sql: str, before: Any, ids: Sequence[str]) -> None:
    """Run ``sql`` for the students ``ids``, of which there may be more than a statement has parameters."""
    values = before if isinstance(before, tuple) else (before,)
    with connections[DATABASE].cursor() as cursor:
        if _is_sqlite():
            among = "IN (SELECT value FROM json_each(%s))"
            cursor.execute(sql.format(among), (*values, orjson.dumps(list(ids)).decode()))
        else:
            cursor.execute(sql.format("= ANY(%s)"), (*values, list(ids)))


def _is_sqlite() -> bool:
    return connections[DATABASE].vendor == "sqlite"
