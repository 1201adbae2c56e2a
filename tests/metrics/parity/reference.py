"""The reference's printed tables and ours in the same form, so that they can be compared row for row."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from staffroom.metrics.store import Published
from tests.metrics.reading import everything

FIXTURES = Path(__file__).parent / "fixtures"
FIRST_DAY, LAST_DAY = date(2024, 1, 1), date(2024, 1, 10)
"""The days over which the reference ran."""

END = LAST_DAY + timedelta(days=1)

Row = tuple[Any, ...]

LABELS = {
    "active": "ACTIVE",
    "attempted_problem": "ATTEMPTED_PROBLEM",
    "played_video": "PLAYED_VIDEO",
    "posted_forum": "POSTED_FORUM",
}


def expected(folder: str, stage: str) -> Counter[Row]:
    """The rows that the reference printed for a stage; numbers as numbers, to nine decimals."""
    lines = _read(FIXTURES / folder / "expected" / f"{stage}.tsv").splitlines()
    return Counter(_typed(stage, line.split("\t")) for line in lines)


def ours(published: Published, stage: str) -> Counter[Row]:
    """The same stage from our published tables."""
    return Counter(_STAGES[stage](published))


def _read(path: Path) -> str:
    if path.exists():
        return path.read_text("utf-8")
    return gzip.decompress(path.with_name(path.name + ".gz").read_bytes()).decode("utf-8")


def _typed(stage: str, values: list[str]) -> Row:
    numbers = _NUMBERS.get(stage, ())
    return tuple(
        None if value == "\\N" else round(float(value), 9) if position in numbers else value
        for position, value in enumerate(values)
    )


_NUMBERS = {
    "total_events": (1,),
    "user_activity_by_user": (4,),
    "course_enrollment": (3, 4),
    "course_enrollment_summary": (3,),
    "user_video_viewing": (3, 5, 6),
    "video_usage": (3, 4, 5, 6, 7, 8, 9),
}


def _total_events(published: Published) -> Iterator[Row]:
    for row in everything(published, "events_by_day"):
        if row["day"] < FIRST_DAY:
            continue  # we have no first day: what is in the log counts
        yield row["day"].isoformat(), float(row["events"])


def _activity(published: Published) -> Iterator[Row]:
    for row in everything(published, "learner_activity_by_day"):
        if row["day"] < FIRST_DAY:
            continue
        label = LABELS[row["label"]]
        yield row["learner_id"], row["course_id"], row["day"].isoformat(), label, float(row["events"])


def _enrolment_events(published: Published) -> Iterator[Row]:
    for row in everything(published, "enrolment_events"):
        happened = row["happened_at"].strftime("%Y-%m-%dT%H:%M:%S.%f")
        event_type = f"edx.course.enrollment.{row['change']}"
        yield row["course_id"], row["learner_id"], happened, event_type, row["mode"]


def _enrolment(published: Published) -> Iterator[Row]:
    """A row for every learner and day: what the reference stores, and we keep as spans."""
    for row in everything(published, "enrolment_spans"):
        ends_on = row["ends_on"] or LAST_DAY
        for offset in range((ends_on - row["starts_on"]).days + 1):
            day = row["starts_on"] + timedelta(days=offset)
            change = float(row["change"]) if offset == 0 else 0.0
            enrolled = float(row["enrolled"])
            yield day.isoformat(), row["course_id"], row["learner_id"], enrolled, change, row["mode"]


def _summary(published: Published) -> Iterator[Row]:
    for row in everything(published, "enrolment_summary"):
        yield (
            row["course_id"],
            row["learner_id"],
            row["mode"],
            float(row["is_enrolled"]),
            row["first_mode"],
            _instant(row["first_enrolled_at"]),
            _instant(row["last_unenrolled_at"]),
            _instant(row["first_verified_at"]),
            _instant(row["first_credit_at"]),
            f"{END} 00:00:00.000000",
        )


def _viewings(published: Published) -> Iterator[Row]:
    for row in everything(published, "video_viewings"):
        started = row["started_at"].replace(tzinfo=None).isoformat()
        yield (
            row["learner_id"],
            row["course_id"],
            row["video_id"],
            -1.0 if row["duration_seconds"] is None else float(int(row["duration_seconds"])),
            started,
            round(row["start_seconds"], 9),
            round(row["end_seconds"], 9),
            f"{row['ended_by']}_video",
        )


def _usage(published: Published) -> Iterator[Row]:
    videos = {(row["course_id"], row["video_id"]): row for row in everything(published, "video_summary")}
    for row in everything(published, "video_timeline"):
        video = videos[row["course_id"], row["video_id"]]
        yield (
            f"{row['course_id']}|{row['video_id']}",
            row["course_id"],
            row["video_id"],
            float(video["duration_seconds"]),
            5.0,
            float(video["viewers_at_start"]),
            float(video["viewers_at_end"]),
            float(row["segment"]),
            float(row["viewers"]),
            float(row["views"]),
        )


def _instant(value: datetime | None) -> str | None:
    return None if value is None else value.strftime("%Y-%m-%d %H:%M:%S.%f")


_STAGES: dict[str, Callable[[Published], Iterable[Row]]] = {
    "total_events": _total_events,
    "user_activity_by_user": _activity,
    "course_enrollment_events": _enrolment_events,
    "course_enrollment": _enrolment,
    "course_enrollment_summary": _summary,
    "user_video_viewing": _viewings,
    "video_usage": _usage,
}
STAGES = tuple(_STAGES)
