"""Published tables are read within a scope, whole keys only, and stay the version that was opened."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import polars as pl
import pyarrow as pa
import pytest

import staffroom.metrics
from staffroom.config import Instance
from staffroom.errors import UnknownName
from staffroom.events.keys import CourseKey
from staffroom.metrics.catalogue import METRICS
from staffroom.metrics.compute import compute
from staffroom.metrics.scope import Courses, Everything, Learner
from staffroom.metrics.store import Freshness, Measure, Published, ScopeError, Where, open_published
from tests.metrics.instances import environment, ingested, instance_in
from tests.metrics.logs import COURSE, LAST_WEEK, OTHER_RUN, page, small_log, write_log
from tests.metrics.test_order import AS_OF

BIO = Courses(frozenset({CourseKey(COURSE)}))
OTHER = Courses(frozenset({CourseKey(OTHER_RUN)}))
ANA = Learner("openedx", "1")


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """The small log, computed; nobody changes it."""
    root = tmp_path_factory.mktemp("store")
    opened = ingested(root, [write_log(root, "tracking.log-20260930", small_log())])
    compute(opened, as_of=AS_OF)
    return opened


@pytest.fixture
def published(instance: Instance) -> Published:
    return open_published(instance.store)


def test_a_scope_of_one_run_reads_nothing_of_the_run_whose_key_begins_the_same(published: Published) -> None:
    for table in ("time_on_unit", "weekly_activity"):
        assert {row["course_id"] for row in published.read(table, within=BIO).dicts()} == {COURSE}
        assert {row["course_id"] for row in published.read(table, within=OTHER).dicts()} == {OTHER_RUN}


@pytest.mark.parametrize(
    "key", ["course-v1:Lake+BIO+202", "course-v1:Lake+BIO+%", "", "COURSE-V1:LAKE+BIO+2026"]
)
def test_a_key_that_is_no_course_reads_nothing(published: Published, key: str) -> None:
    scope = Courses(frozenset({CourseKey(key)}))
    for table in ("time_on_unit", "weekly_activity"):
        assert published.read(table, within=scope).rows == []


def test_a_scope_without_courses_reads_nothing(published: Published) -> None:
    for table in ("time_on_unit", "weekly_activity", "video_summary"):
        assert published.read(table, within=Courses(frozenset())).rows == []


def test_a_learners_scope_reads_that_learner_in_all_courses(published: Published) -> None:
    dara = published.read(
        "time_on_unit", within=Learner("openedx", "4"), group_by=("course_id", "learner_id")
    )
    assert sorted(dara.rows) == [(COURSE, "4"), (OTHER_RUN, "4")]


def test_the_same_id_in_another_source_is_another_learner(published: Published) -> None:
    assert published.read("time_on_unit", within=Learner("other", "1")).rows == []


def test_a_table_without_courses_cannot_be_read_by_course(published: Published) -> None:
    with pytest.raises(ScopeError):
        published.read("events_by_day", within=BIO)
    with pytest.raises(ScopeError):
        published.read("people", within=BIO)


def test_a_table_without_learners_cannot_be_read_by_learner(published: Published) -> None:
    for table in ("weekly_activity", "video_summary", "events_by_day"):
        with pytest.raises(ScopeError):
            published.read(table, within=ANA)


@pytest.mark.parametrize("name", ["nothing", "seen_accounts", "seen_events", "events/2026-09-07 "])
def test_a_table_that_does_not_exist_is_an_unknown_name(published: Published, name: str) -> None:
    with pytest.raises(UnknownName):
        published.read(name, within=Everything())
    with pytest.raises(UnknownName):
        published.freshness(name)


@pytest.mark.parametrize(
    "asked",
    [
        {"columns": ("nothing",)},
        {"where": (Where("nothing", "=", 1),)},
        {"group_by": ("nothing",)},
        {"measures": (Measure("n", "sum", "nothing"),)},
        {"order_by": ("nothing",)},
        {"order_by": ("views; DROP TABLE rows",)},
        {"columns": ("views",), "order_by": ("viewers",)},
        {"where": (Where("views", cast(Any, "LIKE"), 1),)},
    ],
)
def test_a_column_or_operator_that_does_not_exist_is_an_unknown_name(
    published: Published, asked: dict[str, object]
) -> None:
    with pytest.raises(UnknownName):
        published.read("video_summary", within=BIO, **asked)  # type: ignore[arg-type]  # wrong on purpose


def test_fast_copies_and_parquet_give_the_same_answers(published: Published) -> None:
    """Courses are read from SQLite where there is a copy, everything from Parquet."""
    fast = [metric for metric in METRICS if metric.fast and "course_id" in metric.key]
    assert fast != []
    all_three = Courses(BIO.keys | OTHER.keys | {CourseKey(LAST_WEEK)})
    for metric in fast:
        by_course = published.read(metric.name, within=all_three, order_by=metric.key)
        whole = published.read(metric.name, within=Everything(), order_by=metric.key)
        assert (by_course.columns, by_course.rows) == (whole.columns, whole.rows)
        assert [list(map(type, row)) for row in by_course.rows] == [
            list(map(type, row)) for row in whole.rows
        ]


@pytest.mark.parametrize("within", [BIO, Everything()])
def test_groups_and_measures(published: Published, within: Courses | Everything) -> None:
    rows = published.read(
        "weekly_activity",
        within=within,
        where=(Where("course_id", "=", COURSE), Where("week", ">=", date(2026, 9, 7))),
        group_by=("is_complete",),
        measures=(
            Measure("weeks", "count"),
            Measure("active", "sum", "active"),
            Measure("first", "min", "week"),
            Measure("mean", "avg", "active"),
        ),
        order_by=("-weeks",),
    )
    assert rows.columns == ("is_complete", "weeks", "active", "first", "mean")
    assert rows.rows == [(True, 3, 15, date(2026, 9, 7), 5.0), (False, 1, 0, date(2026, 9, 28), 0.0)]


def test_counting_distinct_learners_counts_an_id_in_two_sources_twice(tmp_path: Path) -> None:
    log = [page("ana", 0, "courseware/s/q/1"), page("ben", 0, "courseware/s/q/1")]
    instance = ingested(tmp_path, [write_log(tmp_path, "tracking.log-20260907", log)])
    two = [{**instance.sections["sources"][0], "name": name} for name in ("north", "south")]
    both = Instance(tmp_path / "both", instance.institution, {"sources": two})
    (both.root / "exports").mkdir(parents=True)
    (both.root / "logs").symlink_to(instance.root / "logs")
    ingested(both.root / "unused", [])
    from staffroom.events.ingest import ingest
    from staffroom.tally import Silent

    ingest(both, processes=1, progress=Silent())
    compute(both, as_of=AS_OF)
    learners = (Measure("learners", "count_distinct", "learner_id"),)
    assert open_published(both.store).read("time_on_unit", within=BIO, measures=learners).rows == [(4,)]


def test_limit_and_offset_cut_the_rows_and_total_counts_all(published: Published) -> None:
    for within in (BIO, Everything()):
        rows = published.read(
            "enrolment_by_day",
            within=within,
            columns=("day", "mode", "enrolled"),
            order_by=("-day", "mode"),
            limit=2,
            offset=1,
        )
        assert rows.rows == [(date(2026, 9, 30), "verified", 1), (date(2026, 9, 29), "audit", 2)]
        assert rows.total == published.read("enrolment_by_day", within=within).total > 2


def test_conditions_meet_days_instants_and_collections(published: Published) -> None:
    eighth = datetime(2026, 9, 7, 8, tzinfo=UTC)
    first = published.read(
        "enrolment_summary",
        within=BIO,
        columns=("learner_id", "first_enrolled_at"),
        where=(Where("first_enrolled_at", "<=", eighth), Where("mode", "in", ("audit", "verified"))),
    )
    assert first.rows == [("1", eighth)]
    assert published.read("enrolment_by_day", within=BIO, where=(Where("mode", "in", ()),)).rows == []
    on_day = (Where("day", "=", date(2026, 9, 7)), Where("mode", "!=", "verified"))
    assert published.read("enrolment_by_day", within=BIO, columns=("enrolled",), where=on_day).rows == [(5,)]


def test_many_values_find_what_few_find(published: Published) -> None:
    few = tuple(str(number) for number in range(5))
    many = (*few, *(f"nobody-{number}" for number in range(500)))
    for table in ("enrolment_summary", "time_on_unit"):
        found = [
            sorted(
                published.read(
                    table,
                    within=Everything(),
                    columns=("learner_id",),
                    where=(Where("learner_id", "in", ids),),
                ).rows
            )
            for ids in (few, many)
        ]
        assert found[0] == found[1] != []


def test_sums_of_whole_numbers_are_whole(published: Published) -> None:
    for table, column in (("time_on_unit", "seconds"), ("video_timeline", "views")):
        measures = (Measure("total", "sum", column),)
        rows = published.read(table, within=Everything(), measures=measures).rows
        assert [type(value) for row in rows for value in row] == [int]


def test_a_table_not_yet_published_has_no_rows(tmp_path: Path) -> None:
    nothing = open_published(instance_in(tmp_path).store)
    assert nothing.number == 0
    for metric in METRICS:
        rows = nothing.read(metric.name, within=Everything())
        assert (rows.columns, rows.rows, rows.total) == (tuple(c.name for c in metric.columns), [], 0)
    assert nothing.read("course_blocks", within=BIO, columns=("name",)).rows == []
    assert nothing.freshness("time_on_unit") == Freshness(None, None, None)


def test_freshness_says_through_which_day_and_when(published: Published) -> None:
    fresh = published.freshness("weekly_activity")
    assert fresh.through == date(2026, 9, 28)
    assert fresh.computed_at is not None and fresh.computed_at.tzinfo is not None
    assert fresh.problem is None


def test_what_was_opened_stays_the_same_version_while_a_new_one_is_published(tmp_path: Path) -> None:
    instance = ingested(tmp_path, [write_log(tmp_path, "tracking.log-20260930", small_log())])
    compute(instance, as_of=AS_OF)
    opened = open_published(instance.store)
    before = {metric.name: opened.read(metric.name, within=Everything()).rows for metric in METRICS}
    for night in range(5):
        write_log(instance.root / "logs", f"tracking.log-2026100{night}", [page("ana", night, "info")])
        ingested(instance.root, [])
        compute(instance, as_of=AS_OF)
    assert {metric.name: opened.read(metric.name, within=Everything()).rows for metric in METRICS} == before
    assert open_published(instance.store).number > opened.number


def test_each_thread_reads_for_itself(published: Published) -> None:
    expected = published.read("unit_stays", within=BIO).total
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(published.read("unit_stays", within=BIO).total))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


FORKING = """
import os, sys
from pathlib import Path
from staffroom.metrics.scope import Everything
from staffroom.metrics.store import open_published

opened = open_published(Path(sys.argv[1]))
child = os.fork()
os.write(1, b"%d\\n" % opened.read("unit_stays", within=Everything()).total)
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_process_forked_after_opening_reads_for_itself(instance: Instance, published: Published) -> None:
    """A web server opens the store in its first process and forks its workers from it."""
    ended = subprocess.run(
        [sys.executable, "-c", FORKING, str(instance.store)],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(),
    )
    expected = str(published.read("unit_stays", within=Everything()).total)
    assert (ended.returncode, ended.stdout.split()) == (0, [expected, expected])


def test_a_researcher_opens_any_table_as_arrow_pandas_or_polars(instance: Instance) -> None:
    (instance.root / "staffroom.toml").write_text('[institution]\nname = "Lake"\n', "utf-8")
    for metric in METRICS:
        table = staffroom.metrics.open_table(instance.root, metric.name)
        assert isinstance(table, pa.Table)
        assert table.column_names == [column.name for column in metric.columns]
        assert table.num_rows > 0
    weekly = staffroom.metrics.open_table(str(instance.root), "weekly_activity")
    frame = weekly.to_pandas()
    assert type(frame).__module__.startswith("pandas")
    assert frame["active"].sum() == pl.DataFrame(pl.from_arrow(weekly))["active"].sum() == 18
    assert staffroom.metrics.open_table(instance.root, "events").num_rows == len(small_log())
    with pytest.raises(UnknownName):
        staffroom.metrics.open_table(instance.root, "nothing")
