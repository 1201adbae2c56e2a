"""Each stretch of a video that a learner watched without interruption."""

from __future__ import annotations

from staffroom.metrics.columns import COURSE, LATE_LEARNER, LEARNER, NO_STAFF, SOURCE, VIDEO
from staffroom.metrics.declaration import Column, Kind, Metric, Unit, msg

METRIC = Metric(
    name="video_viewings",
    title=msg("Viewings of videos"),
    question=msg("Which stretches of which videos did each learner watch?"),
    rule=msg(
        "A viewing is a play followed directly by a pause, a seek or a stop of the same learner on the same "
        "video. It starts where the player stood; after a viewing that ended with a seek, where that seek "
        "went. Left out are viewings under a quarter of a second, those that end before they start or more "
        "than a second after the video's end, and a play that nothing ends."
    ),
    columns=(
        COURSE,
        SOURCE,
        LEARNER,
        VIDEO,
        Column("started_at", msg("Started at"), Kind.INSTANT, msg("When it was played (UTC).")),
        Column(
            "start_seconds",
            msg("From"),
            Kind.OFFSET,
            msg("Where in the video it starts."),
            unit=msg("seconds"),
        ),
        Column(
            "end_seconds", msg("To"), Kind.OFFSET, msg("Where in the video it ends."), unit=msg("seconds")
        ),
        Column(
            "duration_seconds",
            msg("Length"),
            Kind.OFFSET,
            msg("The video's length as the player knew it; empty where it did not."),
            unit=msg("seconds"),
        ),
        Column("ended_by", msg("Ended by"), Kind.TEXT, msg("pause, seek or stop.")),
    ),
    key=("course_id", "source", "learner_id", "video_id", "started_at"),
    inputs=("learner_events",),
    unit=Unit.LEARNER_IN_COURSE,
    differs=(
        NO_STAFF,
        msg("A viewing that spans two nights' files is found; the edX pipeline loses it."),
    ),
    late_event=LATE_LEARNER,
    shown=False,
    by_learner=True,
)
