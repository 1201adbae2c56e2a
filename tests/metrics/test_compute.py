"""A run computes what changed, carries the rest, and keeps what it cannot compute."""

from __future__ import annotations

import errno
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from staffroom.config import Instance
from staffroom.engines.duck import Connection, DuckEngine
from staffroom.errors import SettingsError, StoreBusy, StoreFull, UnknownName
from staffroom.events.catalogue import Store
from staffroom.events.keys import CourseKey
from staffroom.metrics import writer
from staffroom.metrics.catalogue import METRICS, metric
from staffroom.metrics.compute import compute
from staffroom.metrics.scope import Courses, Everything
from staffroom.metrics.store import open_published
from staffroom.tally import Counts
from tests.metrics.instances import ingested, instance_in
from tests.metrics.logs import COURSE, OTHER_RUN, page, small_log, write_log
from tests.metrics.test_order import AS_OF, tables

ALL = len(METRICS)
BIO = CourseKey(COURSE)


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    """The small log, taken in; nothing is computed yet."""
    return ingested(tmp_path, [write_log(tmp_path, "tracking.log-20260930", small_log())])


def deliver(instance: Instance, number: int, *lines: bytes) -> None:
    write_log(instance.root / "logs", f"tracking.log-202610{number:02d}", lines)
    ingested(instance.root, [])


def with_settings(instance: Instance, **metrics: Any) -> Instance:
    return Instance(instance.root, instance.institution, {**instance.sections, "metrics": metrics})


def test_the_first_run_computes_everything(instance: Instance) -> None:
    computed = compute(instance, as_of=AS_OF)
    assert (computed.counts, computed.failed) == (Counts(ALL, ALL, 0, 0), {})
    assert computed.catalogue_number == open_published(instance.store).number


def test_a_run_without_changes_carries_every_file_and_says_that_it_is_fresh(instance: Instance) -> None:
    compute(instance, as_of=AS_OF)
    before = Store(instance.store).current()
    computed = compute(instance, as_of=AS_OF)
    after = Store(instance.store).current()
    assert computed.counts == Counts(ALL, 0, ALL, 0)
    for chosen in METRICS:
        old, new = before.tables[chosen.name], after.tables[chosen.name]
        assert (new.files, new.through, new.problem) == (old.files, old.through, None)
        assert str(new.computed_at) >= str(old.computed_at)


def test_an_empty_store_gives_empty_tables(tmp_path: Path) -> None:
    computed = compute(instance_in(tmp_path), as_of=AS_OF)
    assert computed.failed == {}
    assert set(map(len, tables(instance_in(tmp_path)).values())) == {0}


def test_a_setting_computes_only_what_reads_it(instance: Instance) -> None:
    compute(instance, as_of=AS_OF)
    other = with_settings(instance, shortest_stay_seconds=60)
    computed = compute(other, as_of=AS_OF)
    files = {name: table.files for name, table in Store(instance.store).current().tables.items()}
    assert computed.counts.repeated == ALL - computed.counts.kept > 0
    assert min(row["seconds"] for row in tables(other)["unit_stays"]) >= 60
    compute(instance, as_of=AS_OF)
    again = {name: table.files for name, table in Store(instance.store).current().tables.items()}
    assert {name for name in files if files[name] != again[name]} >= {
        "unit_stays",
        "time_on_unit",
        "settings",
    }
    assert files["learner_activity_by_day"] == again["learner_activity_by_day"]


def test_events_after_the_last_day_wait(instance: Instance) -> None:
    compute(instance, as_of=date(2026, 9, 14))
    found = tables(instance)
    assert max(row["day"] for row in found["events_by_day"]) == date(2026, 9, 14)
    assert max(row["day"] for row in found["enrolment_by_day"]) == date(2026, 9, 14)
    assert max(row["day"] for row in found["time_on_unit"]) == date(2026, 9, 14)
    compute(instance, as_of=AS_OF)
    later = tables(instance)
    compute(instance, as_of=AS_OF, again=True)
    assert later == tables(instance) != found


def test_enrolment_goes_on_to_the_last_day_without_events(instance: Instance) -> None:
    compute(instance, as_of=date(2026, 12, 31))
    fresh = open_published(instance.store).freshness("enrolment_by_day")
    assert max(row["day"] for row in tables(instance)["enrolment_by_day"]) == date(2026, 12, 31)
    assert fresh.through == date(2026, 9, 28)


def test_naming_courses_computes_them_and_keeps_the_rows_of_others(instance: Instance) -> None:
    compute(instance, as_of=AS_OF)
    before = tables(instance)
    deliver(instance, 1, page("ana", 60, "info"), page("ana", 60, "info", course=OTHER_RUN))
    compute(instance, courses=[BIO], as_of=AS_OF)
    after = tables(instance)
    active = "learner_activity_by_day"
    assert of(after[active], COURSE) != of(before[active], COURSE)
    assert of(after[active], OTHER_RUN) == of(before[active], OTHER_RUN)
    compute(instance, as_of=AS_OF)
    whole = tables(instance)
    assert of(whole[active], COURSE) == of(after[active], COURSE)
    assert of(whole[active], OTHER_RUN) != of(after[active], OTHER_RUN)
    compute(instance, as_of=AS_OF, again=True)
    assert tables(instance) == whole


def of(rows: list[dict[str, Any]], course: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["course_id"] == course]


def test_naming_courses_first_gives_those_and_the_next_run_all(instance: Instance) -> None:
    compute(instance, courses=[CourseKey(OTHER_RUN)], as_of=AS_OF)
    assert {row["course_id"] for row in tables(instance)["time_on_unit"]} == {OTHER_RUN}
    compute(instance, as_of=AS_OF)
    assert {row["course_id"] for row in tables(instance)["time_on_unit"]} == {COURSE, OTHER_RUN}


def test_naming_a_course_that_nothing_names_publishes_nothing(instance: Instance) -> None:
    compute(instance, as_of=AS_OF)
    before = Store(instance.store).current()
    with pytest.raises(UnknownName) as raised:
        compute(instance, courses=[BIO, CourseKey("course-v1:Lake+BIO+1999")], as_of=AS_OF)
    assert str(raised.value) == (
        "course 'course-v1:Lake+BIO+1999': is named by no event and no export. Nothing was computed. "
        "Compare it with the address of the course's page."
    )
    assert Store(instance.store).current() == before


def test_naming_a_metric_computes_it_and_what_it_needs(instance: Instance) -> None:
    computed = compute(instance, only=["time_on_unit"], as_of=AS_OF)
    published = {name for name, rows in tables(instance).items() if rows}
    assert (computed.counts.read, published) == (2, {"unit_stays", "time_on_unit"})
    with pytest.raises(UnknownName):
        compute(instance, only=["time_on_uint"], as_of=AS_OF)


def break_metric(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """From now on the SELECT of that metric fails."""
    broken = metric(name).sql
    result = DuckEngine.result

    def failing(engine: DuckEngine, sql: str, spool: Path) -> str:
        return result(engine, "SELECT no_such_column FROM events" if sql == broken else sql, spool)

    monkeypatch.setattr(DuckEngine, "result", failing)


def test_a_failed_metric_keeps_its_rows_and_says_so_with_all_that_rest_on_it(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    compute(instance, as_of=AS_OF)
    before = tables(instance)
    deliver(instance, 1, page("ana", 60, "courseware/s/q/2"))
    with monkeypatch.context() as patched:
        break_metric(patched, "video_viewings")
        computed = compute(instance, as_of=AS_OF)
    resting = ("video_viewings", "video_timeline", "video_coverage", "video_summary")
    assert computed.failed == dict.fromkeys(resting, "BinderException")
    assert computed.counts.skipped == 4
    published, after = open_published(instance.store), tables(instance)
    for name in resting:
        assert published.freshness(name).problem == "BinderException"
        assert published.freshness(name).through == date(2026, 9, 28)
        assert after[name] == before[name]
    assert published.freshness("unit_stays").problem is None
    assert after["unit_stays"] != before["unit_stays"]
    assert compute(instance, as_of=AS_OF).counts == Counts(ALL, 4, ALL - 4, 0)
    assert open_published(instance.store).freshness("video_summary").problem is None
    recovered = tables(instance)
    compute(instance, as_of=AS_OF, again=True)
    assert recovered == tables(instance)


def test_a_metric_that_never_succeeded_has_a_problem_and_no_rows(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_metric(monkeypatch, "unit_stays")
    compute(instance, as_of=AS_OF)
    published = open_published(instance.store)
    assert published.freshness("time_on_unit").problem == "BinderException"
    assert published.read("time_on_unit", within=Everything()).rows == []
    assert published.read("time_on_unit", within=Courses(frozenset({BIO}))).rows == []


def test_a_full_disk_publishes_nothing(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    compute(instance, as_of=AS_OF)
    number, before = open_published(instance.store).number, tables(instance)
    deliver(instance, 1, page("ana", 60, "courseware/s/q/2"))
    arrived = open_published(instance.store).number

    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(writer.Writer, "_copy", full)
        with pytest.raises(StoreFull):
            compute(instance, as_of=AS_OF)
    assert number < open_published(instance.store).number == arrived
    assert tables(instance) == before
    assert compute(instance, as_of=AS_OF).failed == {}


def test_two_runs_at_once_are_refused(instance: Instance) -> None:
    with Store(instance.store).writing(), pytest.raises(StoreBusy):
        compute(instance, as_of=AS_OF)


@pytest.mark.parametrize(
    "wrong",
    [
        {"session_gap_minutes": 1},
        {"shortest_stay_seconds": "15"},
        {"segment_seconds": 0},
        {"drop_off_share": 2.0},
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(instance: Instance, wrong: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        compute(with_settings(instance, **wrong), as_of=AS_OF)


def test_a_big_table_is_split_and_reads_as_one(
    instance: Instance, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    compute(instance, as_of=AS_OF)
    whole = tables(instance)
    store = Store(instance.store)
    stays = metric("unit_stays")
    (file,) = [file for file in store.current().tables["unit_stays"].files if not file.copy]
    monkeypatch.setattr(writer, "ROWS_A_GROUP", 2)
    written = writer.Writer(store, connection, split_bytes=file.bytes // 3).write(
        stays, f"read_parquet('{store.root / file.path}')"
    )
    parts = [part for part in written if not part.copy]
    assert len(parts) > 2
    rows = [row for part in parts for row in pq.read_table(store.root / part.path).to_pylist()]
    assert [row["seconds"] for row in rows] == [row["seconds"] for row in whole["unit_stays"]]
    assert {(part.first_course, part.last_course) for part in parts} == {
        (COURSE, COURSE),
        (COURSE, OTHER_RUN),
    }


def test_files_are_sorted_by_their_key_and_by_learner_in_the_learners_copy(instance: Instance) -> None:
    compute(instance, as_of=AS_OF)
    store = Store(instance.store)
    for chosen in METRICS:
        for file in store.current().tables[chosen.name].files:
            if file.copy != "sqlite":
                rows = pq.read_table(store.root / file.path).to_pylist()
                order = chosen.key if not file.copy else ("source", "learner_id", *chosen.key)
                keys = [tuple(str(row[column] or "") for column in order) for row in rows]
                numeric = {"segment", "session_number", "stay_number"} & set(order)
                assert numeric or keys == sorted(keys)
                assert len(set(keys)) == len(rows) == file.rows
