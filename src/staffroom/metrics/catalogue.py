"""All metrics in the order in which they are computed, and the SELECTs that several of them share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources

from staffroom.errors import UnknownName
from staffroom.metrics.declaration import Metric
from staffroom.metrics.library import (
    engagement_by_day,
    engagement_ranges,
    engagement_recent,
    engagement_segments,
    enrolment_by_day,
    enrolment_events,
    enrolment_spans,
    enrolment_summary,
    events_by_day,
    learner_activity_by_day,
    learner_roster,
    time_on_unit,
    unit_stays,
    unit_visits,
    video_coverage,
    video_summary,
    video_timeline,
    video_viewings,
    weekly_activity,
)


@dataclass(frozen=True, slots=True)
class View:
    """A SELECT that several metrics share; it is never published.

    ``kept`` is true where a run works it out once and keeps the rows until it ends; ``by_learner`` where its
    rows are learners' in courses and it reads more than other metrics: a run that computes some of them again
    lays out theirs alone.
    """

    name: str
    inputs: tuple[str, ...]
    kept: bool = False
    by_learner: bool = False

    @property
    def sql(self) -> str:
        views = resources.files("staffroom.metrics") / "views"
        return (views / f"{self.name}.sql").read_text("utf-8")


VIEWS: tuple[View, ...] = (
    View("left_out_accounts", ("people", "excluded_accounts", "events"), kept=True),
    View("learner_events", ("events", "people", "left_out_accounts", "course_team"), by_learner=True),
    View(
        "enrolment_changes",
        ("enrolment_events", "enrolments", "left_out_accounts", "course_team"),
        by_learner=True,
    ),
    View("places", ("course_blocks",), kept=True),
    View("located_events", ("learner_events", "places", "course_blocks")),
    View("video_segments", ("video_viewings", "settings"), kept=True),
    View("video_lengths", ("video_viewings", "video_segments", "settings"), kept=True),
)

METRICS: tuple[Metric, ...] = (
    events_by_day.METRIC,
    enrolment_events.METRIC,
    enrolment_spans.METRIC,
    enrolment_by_day.METRIC,
    enrolment_summary.METRIC,
    learner_activity_by_day.METRIC,
    weekly_activity.METRIC,
    video_viewings.METRIC,
    video_timeline.METRIC,
    video_coverage.METRIC,
    video_summary.METRIC,
    unit_stays.METRIC,
    time_on_unit.METRIC,
    unit_visits.METRIC,
    engagement_by_day.METRIC,
    engagement_recent.METRIC,
    engagement_ranges.METRIC,
    engagement_segments.METRIC,
    learner_roster.METRIC,
)

_METRICS = {metric.name: metric for metric in METRICS}
_VIEWS = {view.name: view for view in VIEWS}


def metric(name: str) -> Metric:
    """The metric called ``name``. Raises UnknownName."""
    if name not in _METRICS:
        raise UnknownName(
            f"metric {name}", "is not a metric.", next_step=f"Known metrics: {', '.join(_METRICS)}."
        )
    return _METRICS[name]


def is_metric(name: str) -> bool:
    return name in _METRICS


def view(name: str) -> View | None:
    return _VIEWS.get(name)


def views_of(inputs: Iterable[str]) -> tuple[View, ...]:
    """The shared SELECTs that ``inputs`` rest on, each after those that it reads itself."""
    needed: dict[str, View] = {}
    for name in inputs:
        shared = _VIEWS.get(name)
        if shared is not None:
            needed.update({one.name: one for one in views_of(shared.inputs)})
            needed[name] = shared
    return tuple(needed.values())


def tables_of(chosen: Metric) -> frozenset[str]:
    """The tables that a metric reads, directly or through shared SELECTs; other metrics by their own name."""
    return frozenset(_tables(chosen.inputs))


def _tables(inputs: Iterable[str]) -> Iterator[str]:
    for name in inputs:
        shared = _VIEWS.get(name)
        if shared is None:
            yield name
        else:
            yield from _tables(shared.inputs)


def with_prerequisites(names: Iterable[str]) -> tuple[Metric, ...]:
    """The named metrics and those they are computed from, in the order of METRICS."""
    needed: set[str] = set()
    waiting = [metric(name) for name in names]
    while waiting:
        chosen = waiting.pop()
        needed.add(chosen.name)
        waiting += [_METRICS[name] for name in tables_of(chosen) if name in _METRICS and name not in needed]
    return tuple(chosen for chosen in METRICS if chosen.name in needed)
