"""The list of metrics: in an order in which each can be computed, each with all that its faces need."""

from __future__ import annotations

import pytest

from staffroom.errors import UnknownName
from staffroom.metrics.catalogue import METRICS, is_metric, metric, tables_of, with_prerequisites
from staffroom.metrics.declaration import Kind, Metric
from staffroom.metrics.given import GIVEN
from staffroom.metrics.inputs import COURSE_TABLES

EACH = pytest.mark.parametrize("chosen", METRICS, ids=lambda chosen: chosen.name)


def test_each_metric_comes_after_those_it_is_made_from() -> None:
    seen: set[str] = set()
    for chosen in METRICS:
        assert {name for name in tables_of(chosen) if is_metric(name)} <= seen
        seen.add(chosen.name)


@EACH
def test_a_metric_reads_only_tables_that_exist(chosen: Metric) -> None:
    known = {"events", *COURSE_TABLES, *GIVEN, *(one.name for one in METRICS)}
    assert tables_of(chosen) <= known


@EACH
def test_a_metric_explains_itself(chosen: Metric) -> None:
    assert all([chosen.title, chosen.question.endswith("?"), chosen.rule.endswith("."), chosen.late_event])
    assert [column.name for column in chosen.columns if not (column.title and column.help)] == []
    counts = (Kind.COUNT, Kind.SECONDS, Kind.OFFSET, Kind.SHARE)
    numbers = {"segment", "session_number", "stay_number"}
    assert [c.name for c in chosen.columns if c.kind in counts and not c.unit and c.name not in numbers] == []


@EACH
def test_rows_that_name_learners_name_their_source_and_a_learners_copy_can_be_made(chosen: Metric) -> None:
    names = [column.name for column in chosen.columns]
    assert ("learner_id" in names) == ("source" in names) == chosen.names_learners
    assert set(chosen.key) <= set(names)
    assert not chosen.by_learner or {"source", "learner_id"} <= set(chosen.key)


def test_a_metric_that_does_not_exist_is_an_unknown_name() -> None:
    with pytest.raises(UnknownName, match="time_on_unit"):
        metric("time_on_uint")


def test_prerequisites_come_first() -> None:
    assert [chosen.name for chosen in with_prerequisites(["weekly_activity"])] == [
        "enrolment_events",
        "enrolment_spans",
        "enrolment_by_day",
        "learner_activity_by_day",
        "weekly_activity",
    ]
