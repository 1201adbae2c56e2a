"""Learners who stand out: those who did much, and those who try hard without success."""

from __future__ import annotations

from staffroom.metrics.columns import COURSE, LATE_COURSE, LEARNER, NO_STAFF, SOURCE
from staffroom.metrics.declaration import Column, Kind, Metric, Unit, msg

METRIC = Metric(
    name="engagement_segments",
    title=msg("Learners who stand out"),
    question=msg("Who did unusually much in the last seven days, and who needs many attempts?"),
    rule=msg(
        "A learner is highly engaged who is in the high range of problems tried or solved, videos or forum "
        "posts, and struggling who is in the high range of attempts per solved problem. One row says one "
        "number that put the learner there."
    ),
    columns=(
        COURSE,
        SOURCE,
        LEARNER,
        Column("segment", msg("Segment"), Kind.TEXT, msg("highly_engaged or struggling.")),
        Column("measure", msg("Because of"), Kind.TEXT, msg("The number that is high.")),
    ),
    key=("course_id", "source", "learner_id", "segment", "measure"),
    inputs=("engagement_recent", "engagement_ranges"),
    unit=Unit.COURSE,
    differs=(
        NO_STAFF,
        msg(
            "Only who attempted a problem can be struggling; the edX pipeline calls learners struggling who "
            "only watched videos."
        ),
    ),
    late_event=LATE_COURSE,
    shown=False,
    by_learner=True,
)
