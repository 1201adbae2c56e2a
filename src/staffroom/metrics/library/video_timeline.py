"""Which parts of a video are watched, and which again and again."""

from __future__ import annotations

from staffroom.metrics.columns import COURSE, LATE_COURSE, NO_STAFF, VIDEO
from staffroom.metrics.declaration import Column, Kind, Metric, Unit, msg

METRIC = Metric(
    name="video_timeline",
    title=msg("Timeline of a video"),
    question=msg("Which parts of the video do learners watch, and which do they watch again?"),
    rule=msg(
        "The video is cut into segments of five seconds (a setting). A viewing counts in every segment that "
        "it touches. Segments that nobody watched have no row, nor have segments after the video's end."
    ),
    columns=(
        COURSE,
        VIDEO,
        Column("segment", msg("Segment"), Kind.COUNT, msg("The segment's number, from 0.")),
        Column(
            "starts_at_seconds",
            msg("Starts at"),
            Kind.SECONDS,
            msg("Where in the video the segment starts."),
            unit=msg("seconds"),
        ),
        Column(
            "viewers",
            msg("Viewers"),
            Kind.COUNT,
            msg("Learners who watched the segment at least once."),
            unit=msg("learners"),
        ),
        Column(
            "views", msg("Views"), Kind.COUNT, msg("Viewings that touch the segment."), unit=msg("viewings")
        ),
        Column(
            "replays",
            msg("Replays"),
            Kind.COUNT,
            msg("Views beyond the first of each viewer."),
            unit=msg("viewings"),
        ),
    ),
    key=("course_id", "video_id", "segment"),
    inputs=("video_segments", "video_lengths", "settings"),
    unit=Unit.COURSE,
    differs=(
        NO_STAFF,
        msg(
            "Segments after the video's last one never appear; the edX pipeline lets them through when "
            "nobody watched the last segment itself."
        ),
    ),
    late_event=LATE_COURSE,
    fast=True,
)
