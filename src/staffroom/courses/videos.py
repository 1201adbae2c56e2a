"""The videos of a course: how many watched them, how far, and where they stopped or went back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from staffroom.courses.courses import OpenCourse
from staffroom.courses.kept import kept
from staffroom.courses.structure import Block, short_id, structure
from staffroom.metrics.store import Where

SEGMENT_SECONDS = 5

_SUMMARY = (
    "video_id",
    "duration_seconds",
    "viewers",
    "viewers_at_start",
    "viewers_at_end",
    "views",
    "viewed_seconds",
    "completed",
    "mean_covered_share",
)


@dataclass(frozen=True, slots=True)
class Video:
    """One video in its place. The numbers are None where it is in the structure but nobody played it.

    ``id`` is the id that events record; ``block`` is its place in the structure. ``curve`` is the viewers of
    each five seconds, from the start.
    """

    id: str
    block: Block
    section: str | None
    subsection: str | None
    duration_seconds: float | None = None
    viewers: int | None = None
    views: int | None = None
    completed: int | None = None
    mean_covered_share: float | None = None
    curve: tuple[int, ...] = ()

    @property
    def completion(self) -> float | None:
        """The share of viewers who covered at least 95 % of it."""
        return self.completed / self.viewers if self.viewers and self.completed is not None else None

    @property
    def played(self) -> bool:
        return bool(self.viewers)


@kept(results=100)
def videos(course: OpenCourse) -> tuple[Video, ...]:
    """Every video that the structure or an event names, in the course's order."""
    built = structure(course)
    played = {row["video_id"]: row for row in course.read("video_summary", columns=_SUMMARY).dicts()}
    curves = _curves(course)
    recorded = {short_id(video_id) for video_id in played}
    unplayed = [block.id for block in built.of_kind("video") if short_id(block.id) not in recorded]
    return tuple(
        _video(course, video_id, played.get(video_id, {}), curves.get(video_id, {}))
        for video_id in built.in_order([*played, *unplayed])
    )


def find_video(course: OpenCourse, video_id: str) -> tuple[Video | None, Video, Video | None] | None:
    """(the one before, the video, the one after) by its long or short id; None where there is none."""
    every = videos(course)
    wanted = short_id(video_id)
    for index, video in enumerate(every):
        if video_id in (video.id, video.block.id) or short_id(video.id) == wanted == video_id:
            before = every[index - 1] if index else None
            after = every[index + 1] if index + 1 < len(every) else None
            return before, video, after
    return None


@dataclass(frozen=True, slots=True)
class Segment:
    """Five seconds of a video: learners who saw them, and views beyond each one's first."""

    starts_at_seconds: int
    viewers: int
    views: int
    replays: int


def timeline(course: OpenCourse, video: Video) -> list[Segment]:
    """Every segment from the start to the end of the video; those that nobody saw are zeros."""
    rows = course.read(
        "video_timeline",
        columns=("segment", "viewers", "views", "replays"),
        where=(Where("video_id", "=", video.id),),
        order_by=("segment",),
    ).rows
    seen = {segment: counts for segment, *counts in rows}
    last = max([*seen, _last_segment(video.duration_seconds)], default=-1)
    return [Segment(segment * SEGMENT_SECONDS, *seen.get(segment, (0, 0, 0))) for segment in range(last + 1)]


def coverage(course: OpenCourse, video: Video) -> Sequence[Mapping[str, Any]]:
    """One row a learner who watched any of the video: seconds covered once or more, and their share."""
    return _coverage(course, video.id)


@kept(results=50)
def _coverage(course: OpenCourse, video_id: str) -> Sequence[Mapping[str, Any]]:
    return course.read(
        "video_coverage",
        columns=("source", "learner_id", "covered_seconds", "duration_seconds", "covered_share"),
        where=(Where("video_id", "=", video_id),),
    ).dicts()


def _curves(course: OpenCourse) -> dict[str, dict[int, int]]:
    rows = course.read("video_timeline", columns=("video_id", "segment", "viewers")).rows
    curves: dict[str, dict[int, int]] = {}
    for video_id, segment, viewers in rows:
        curves.setdefault(video_id, {})[segment] = viewers
    return curves


def _video(course: OpenCourse, video_id: str, row: dict[str, Any], curve: dict[int, int]) -> Video:
    built = structure(course)
    block = built.block(video_id)
    duration = row.get("duration_seconds")
    last = max([*curve, _last_segment(duration)], default=-1)
    return Video(
        id=video_id,
        block=block,
        section=built.name(block.section_id),
        subsection=built.name(block.subsection_id),
        duration_seconds=duration,
        viewers=row.get("viewers"),
        views=row.get("views"),
        completed=row.get("completed"),
        mean_covered_share=row.get("mean_covered_share"),
        curve=tuple(curve.get(segment, 0) for segment in range(last + 1)),
    )


def _last_segment(duration_seconds: float | None) -> int:
    """The segment that holds the last instant of the video; -1 where its length is not known."""
    if not duration_seconds or duration_seconds <= 0:
        return -1
    return max(0, int((duration_seconds - 1e-9) // SEGMENT_SECONDS))
