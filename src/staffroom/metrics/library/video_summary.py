"""Each video in one row: who watched, how far, how much."""

from __future__ import annotations

from staffroom.metrics.columns import COURSE, LATE_COURSE, NO_STAFF, VIDEO
from staffroom.metrics.declaration import Column, Kind, Metric, Unit, msg

METRIC = Metric(
    name="video_summary",
    title=msg("Videos"),
    question=msg("Which videos are watched, and do learners stay until the end?"),
    rule=msg(
        "The length is the longest that the player reported. If any viewing does not know it, it is taken "
        "from the viewers: the video ends with the last watched segment, or before the first, seen from the "
        "end, where 95 % of the viewers leave from one segment to the next. The end of a video is the "
        "segment 30 seconds or 5 % before its length, whichever is later. A learner completed a video who "
        "saw 95 % of it (a setting), counting no second twice."
    ),
    columns=(
        COURSE,
        VIDEO,
        Column(
            "duration_seconds",
            msg("Length"),
            Kind.SECONDS,
            msg("The video's length, reported or taken from the viewers."),
            unit=msg("seconds"),
        ),
        Column(
            "viewers",
            msg("Viewers"),
            Kind.COUNT,
            msg("Learners with at least one viewing."),
            unit=msg("learners"),
        ),
        Column(
            "viewers_at_start",
            msg("At the start"),
            Kind.COUNT,
            msg("Viewers of the first segment."),
            unit=msg("learners"),
        ),
        Column(
            "viewers_at_end",
            msg("At the end"),
            Kind.COUNT,
            msg("Viewers of the segment at the video's end."),
            unit=msg("learners"),
        ),
        Column("views", msg("Viewings"), Kind.COUNT, msg("Stretches watched."), unit=msg("viewings")),
        Column(
            "viewed_seconds",
            msg("Watched"),
            Kind.SECONDS,
            msg("What all viewers watched together, in whole segments, replays included."),
            unit=msg("seconds"),
        ),
        Column(
            "completed",
            msg("Completed"),
            Kind.COUNT,
            msg("Learners who saw at least 95 % of the video."),
            unit=msg("learners"),
        ),
        Column(
            "mean_covered_share",
            msg("Mean share seen"),
            Kind.SHARE,
            msg("How much of the video a viewer saw on average; empty where its length is zero."),
            unit=msg("share"),
        ),
        Column(
            "duration_is_known",
            msg("Length reported"),
            Kind.FLAG,
            msg("Whether the player reported the length in every viewing."),
        ),
    ),
    key=("course_id", "video_id"),
    inputs=("video_lengths", "video_segments", "video_viewings", "video_coverage", "settings"),
    unit=Unit.COURSE,
    differs=(
        NO_STAFF,
        msg("The time watched counts only segments up to the video's last one."),
    ),
    late_event=LATE_COURSE,
    fast=True,
)
