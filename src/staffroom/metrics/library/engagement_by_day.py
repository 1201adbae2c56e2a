"""Which problems, videos and forum topics each learner worked on, day by day."""

from __future__ import annotations

from staffroom.metrics.columns import COURSE, DAY, LATE_LEARNER, LEARNER, NO_STAFF, SOURCE
from staffroom.metrics.declaration import Column, Kind, Metric, Unit, msg

METRIC = Metric(
    name="engagement_by_day",
    title=msg("What each learner worked on, by day"),
    question=msg("Which problems, videos and forum topics did each learner work on, and how often?"),
    rule=msg(
        "An answer that the server judged is an attempted problem, and a completed one too where it was "
        "correct. A video that was started is viewed. A thread, response or comment is a contribution to its "
        "topic. Events that do not say which problem, video or topic are left out."
    ),
    columns=(
        COURSE,
        SOURCE,
        LEARNER,
        DAY,
        Column("entity_type", msg("Kind"), Kind.TEXT, msg("problem, video or discussion.")),
        Column("entity_id", msg("What"), Kind.BLOCK, msg("The id of the problem, video or forum topic.")),
        Column("deed", msg("Deed"), Kind.TEXT, msg("attempted, completed, viewed or contributed.")),
        Column("times", msg("Times"), Kind.COUNT, msg("How often that day."), unit=msg("events")),
    ),
    key=("course_id", "source", "learner_id", "day", "entity_type", "entity_id", "deed"),
    inputs=("learner_events",),
    unit=Unit.LEARNER_IN_COURSE,
    differs=(
        NO_STAFF,
        msg("A learner is known by the account's id; the edX pipeline goes by the user name."),
        msg("User names of more than 30 characters count; the edX pipeline leaves them out."),
    ),
    late_event=LATE_LEARNER,
    shown=False,
    by_learner=True,
)
