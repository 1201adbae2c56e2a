"""A night computes again only whom its changes concern, and publishes what a full run would."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from staffroom.config import Instance
from staffroom.engines.duck import open_duck
from staffroom.events.catalogue import Catalogue, Store, StoredTable
from staffroom.events.ingest import ingest
from staffroom.metrics.compute import compute
from staffroom.metrics.given import given_tables
from staffroom.metrics.settings import MetricSettings
from staffroom.metrics.touched import seen_tables, touched_learners
from staffroom.tally import Silent
from tests.metrics.instances import ingested, instance_in
from tests.metrics.logs import COURSE, OTHER_RUN, line, page, small_log, write_log
from tests.metrics.test_order import AS_OF, tables

Learners = set[tuple[str, str]]


def deliver(instance: Instance, name: str, lines: list[bytes]) -> None:
    write_log(instance.root / "logs", f"tracking.log-{name}", lines)
    ingest(instance, processes=1, progress=Silent())


def put_people(instance: Instance, *people: tuple[str, str, bool]) -> None:
    """Replace the table of people: learner id, user name, whether staff."""
    store = Store(instance.store)
    rows = [
        {"source": "openedx", "learner_id": learner_id, "username": username, "is_staff": is_staff}
        for learner_id, username, is_staff in people
    ]
    path = store.new_path("people", ".parquet")
    pq.write_table(pa.Table.from_pylist(rows), path)
    store.publish(store.current().with_tables({"people": StoredTable((store.describe(path, len(rows)),))}))


def excluding(instance: Instance, *usernames: str) -> Instance:
    """The same instance with other test accounts in its settings."""
    sections = {**instance.sections, "metrics": {"excluded_usernames": list(usernames)}}
    return Instance(instance.root, instance.institution, sections)


def touched(instance: Instance, tmp_path: Path) -> Learners | None:
    """Whom the next run would compute again."""
    store, before = Store(instance.store), Store(instance.store).current()
    names = tuple(instance.sections.get("metrics", {}).get("excluded_usernames", ()))
    given = given_tables(MetricSettings(excluded_usernames=names), ["openedx"], AS_OF, AS_OF)
    connection = open_duck()
    seen = seen_tables(connection, store.root, before, given["excluded_accounts"], AS_OF)
    now = before.with_tables(_stored(store, {**seen, "excluded_accounts": given["excluded_accounts"]}))
    found = touched_learners(connection, store.root, before, now, tmp_path)
    connection.close()
    if found is None:
        return None
    rows = pq.read_table(found.path).to_pylist()
    return {(row["course_id"], row["learner_id"]) for row in rows}


def _stored(store: Store, rows: Mapping[str, pa.Table]) -> dict[str, StoredTable | None]:
    stored: dict[str, StoredTable | None] = {}
    for name, table in rows.items():
        path = store.new_path(name, ".parquet")
        pq.write_table(table, path, compression="zstd")
        stored[name] = StoredTable((store.describe(path, table.num_rows),))
    return stored


def full_run_of(instance: Instance) -> dict[str, Any]:
    """The tables after everything was computed anew."""
    compute(instance, as_of=AS_OF, again=True)
    return tables(instance)


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    """An instance whose small log is computed."""
    opened = ingested(tmp_path / "instance", [write_log(tmp_path, "tracking.log-20260930", small_log())])
    compute(opened, as_of=AS_OF)
    return opened


def test_before_the_first_run_it_is_not_known_whom_changes_concern(tmp_path: Path) -> None:
    assert touched(instance_in(tmp_path / "instance"), tmp_path) is None


def test_without_changes_nobody_is_touched(instance: Instance, tmp_path: Path) -> None:
    assert touched(instance, tmp_path) == set()


def test_a_new_event_touches_its_learner_in_its_course(instance: Instance, tmp_path: Path) -> None:
    deliver(instance, "20261001", [page("ana", 60, "courseware/s/q/2"), *small_log()[:9]])
    assert touched(instance, tmp_path) == {(COURSE, "1")}
    compute(instance, as_of=AS_OF)
    assert tables(instance) == full_run_of(instance)


def test_an_event_known_by_user_name_touches_the_account_of_that_name(
    instance: Instance, tmp_path: Path
) -> None:
    put_people(instance, ("1", "ana", False), ("3", "chen", False))
    compute(instance, as_of=AS_OF)
    deliver(instance, "20261001", [line("chen", 60, "page_close", context={"course_id": COURSE})])
    assert touched(instance, tmp_path) == {(COURSE, "3")}
    compute(instance, as_of=AS_OF)
    assert tables(instance) == full_run_of(instance)


def test_who_becomes_staff_is_touched_in_all_courses_and_leaves_the_tables(
    instance: Instance, tmp_path: Path
) -> None:
    put_people(instance, ("4", "dara", False), ("1", "ana", False))
    compute(instance, as_of=AS_OF)
    put_people(instance, ("4", "dara", True), ("1", "ana", False))
    assert touched(instance, tmp_path) == {(COURSE, "4"), (OTHER_RUN, "4")}
    compute(instance, as_of=AS_OF)
    found = tables(instance)
    assert "4" not in {row["learner_id"] for row in found["learner_activity_by_day"]}
    assert found == full_run_of(instance)


def test_who_is_enrolled_by_an_export_alone_and_becomes_staff_leaves_the_tables(
    instance: Instance, tmp_path: Path
) -> None:
    """Nia joined before the log begins and never came; Ben's joining is recorded."""
    put_enrolments(instance, ("7", date(2026, 8, 20)), ("2", date(2026, 8, 20)))
    compute(instance, as_of=AS_OF)
    assert spans_of(instance, "7") == [(date(2026, 8, 20), None, True)]
    deliver(instance, "20261001", [page("ana", 60, "courseware/s/q/2")])
    compute(instance, as_of=AS_OF)
    assert tables(instance) == full_run_of(instance)
    put_people(instance, ("7", "nia", True))
    assert touched(instance, tmp_path) == {(COURSE, "7")}
    compute(instance, as_of=AS_OF)
    assert spans_of(instance, "7") == []
    assert tables(instance) == full_run_of(instance)


def put_enrolments(instance: Instance, *enrolments: tuple[str, date]) -> None:
    """Deliver an export of learner ids and the days on which they joined."""
    rows = "".join(f"{learner_id},{COURSE},{day} 08:00:00,1,audit\n" for learner_id, day in enrolments)
    path = instance.root / "exports" / "student_courseenrollment-20261001.csv"
    path.write_text(f"user_id,course_id,created,is_active,mode\n{rows}", "utf-8")
    ingest(instance, processes=1, progress=Silent())


def spans_of(instance: Instance, learner_id: str) -> list[tuple[Any, ...]]:
    rows = tables(instance)["enrolment_spans"]
    return [
        (row["starts_on"], row["ends_on"], row["enrolled"]) for row in rows if row["learner_id"] == learner_id
    ]


def test_an_account_that_becomes_a_test_account_leaves_the_tables(instance: Instance, tmp_path: Path) -> None:
    excluded = excluding(instance, "dara")
    assert touched(excluded, tmp_path) == {(COURSE, "4"), (OTHER_RUN, "4")}
    compute(excluded, as_of=AS_OF)
    found = tables(excluded)
    assert "4" not in {row["learner_id"] for row in found["unit_stays"]}
    assert found == full_run_of(excluded)
    compute(instance, as_of=AS_OF)
    assert tables(instance) == full_run_of(instance)


def test_an_event_that_tells_whose_a_test_account_is_takes_all_its_courses_out(
    instance: Instance, tmp_path: Path
) -> None:
    excluded = excluding(instance, "robot")
    compute(excluded, as_of=AS_OF)
    deliver(excluded, "20261001", [line("dara", 86_400, "page_close", username="robot")])
    assert touched(excluded, tmp_path) == {(COURSE, "4"), (OTHER_RUN, "4")}
    compute(excluded, as_of=AS_OF)
    found = tables(excluded)
    assert "4" not in {row["learner_id"] for row in found["learner_activity_by_day"]}
    assert found == full_run_of(excluded)


def test_a_change_of_structure_computes_the_stays_of_everyone(instance: Instance) -> None:
    before = tables(instance)["unit_stays"]
    store = Store(instance.store)
    names = ("course_id", "block_id", "block_type", "section_id", "subsection_id", "unit_id")
    numbers = ("ordinal", "section_number", "subsection_number", "unit_number", "unit_count")
    row = (
        dict.fromkeys(names, COURSE)
        | dict.fromkeys(numbers, 1)
        | {"source": "openedx", "block_type": "vertical", "unit_id": "wall"}
    )
    path = store.new_path("course_blocks", ".parquet")
    pq.write_table(pa.Table.from_pylist([row]), path)
    store.publish(store.current().with_tables({"course_blocks": StoredTable((store.describe(path, 1),))}))
    compute(instance, as_of=AS_OF)
    after = tables(instance)
    assert {row["course_id"] for row in before} == {COURSE, OTHER_RUN}
    assert {row["course_id"] for row in after["unit_stays"]} == {OTHER_RUN}
    assert after == full_run_of(instance)


def test_a_night_computes_only_the_touched_rows(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of learners whom nothing touches are carried as they stand, right or wrong."""
    store = Store(instance.store)
    catalogue = store.current()
    spoiled = _spoil(store, catalogue, learner_id="2")
    store.publish(catalogue.with_tables({"learner_activity_by_day": spoiled}))
    deliver(instance, "20261001", [page("ana", 60, "courseware/s/q/2")])
    compute(instance, as_of=AS_OF)
    days = {row["day"] for row in tables(instance)["learner_activity_by_day"] if row["learner_id"] == "2"}
    assert days == {date(2000, 1, 1)}


def _spoil(store: Store, catalogue: Catalogue, *, learner_id: str) -> StoredTable:
    table = catalogue.tables["learner_activity_by_day"]
    file = next(file for file in table.files if not file.copy)
    rows = pq.read_table(store.root / file.path).to_pylist()
    for row in rows:
        if row["learner_id"] == learner_id:
            row["day"] = date(2000, 1, 1)
    path = store.new_path("learner_activity_by_day", ".parquet")
    pq.write_table(pa.Table.from_pylist(rows), path)
    return StoredTable((store.describe(path, len(rows)),), made_from=table.made_from)
