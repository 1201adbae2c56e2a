"""How much of each video each learner has seen."""

from __future__ import annotations

from dataclasses import replace

from staffroom.metrics.columns import COURSE, LATE_COURSE, LEARNER, NO_STAFF, SOURCE, UNIT, VIDEO
from staffroom.metrics.declaration import Column, Kind, Metric, Unit, msg

METRIC = Metric(
    name="video_coverage",
    title=msg("Videos seen by each learner"),
    question=msg("How much of each video has each learner seen?"),
    rule=msg(
        "What a learner saw of a video is the union of all viewings: a second seen twice counts once. The "
        "share is taken of the video's length as in the table of videos, and is never more than all of it."
    ),
    columns=(
        COURSE,
        SOURCE,
        LEARNER,
        replace(
            UNIT,
            help=msg("The unit that holds the video; empty where the course's structure was not delivered."),
        ),
        VIDEO,
        Column(
            "covered_seconds",
            msg("Seen"),
            Kind.SECONDS,
            msg("Seconds of the video seen at least once."),
            unit=msg("seconds"),
        ),
        Column(
            "duration_seconds", msg("Length"), Kind.SECONDS, msg("The video's length."), unit=msg("seconds")
        ),
        Column(
            "covered_share",
            msg("Share seen"),
            Kind.SHARE,
            msg("The part of the video seen at least once; empty where its length is zero."),
            unit=msg("share"),
        ),
    ),
    key=("course_id", "source", "learner_id", "unit_id", "video_id"),
    inputs=("video_viewings", "video_lengths", "places"),
    unit=Unit.COURSE,
    differs=(NO_STAFF, msg("None of the replaced systems has this table.")),
    late_event=LATE_COURSE,
    by_learner=True,
)
