"""Everybody who was ever enrolled in a course, with what they did lately and how they stand."""

from __future__ import annotations

from staffroom.metrics.columns import BEFORE_LOGS, COURSE, LATE_COURSE, LEARNER, MODE, NO_STAFF, SOURCE
from staffroom.metrics.declaration import Column, Kind, Metric, Unit, msg
from staffroom.metrics.library.engagement_recent import COUNTS, DAYS_ACTIVE

METRIC = Metric(
    name="learner_roster",
    title=msg("Learners"),
    question=msg("Who is in the course, what did they do in the last seven days, and who needs a word?"),
    rule=msg(
        "Everybody who was ever enrolled has a row. Inactive is who did nothing with a problem, video or "
        "forum in fourteen days; disengaging who did something in the seven days before the last seven, and "
        "nothing since. Highly engaged and struggling are explained at the learners who stand out."
    ),
    columns=(
        COURSE,
        SOURCE,
        LEARNER,
        MODE,
        Column("is_enrolled", msg("Enrolled"), Kind.FLAG, msg("Whether the learner is enrolled now.")),
        Column("enrolled_at", msg("First joined"), Kind.INSTANT, msg("When the learner first joined.")),
        *COUNTS,
        DAYS_ACTIVE,
        Column("is_inactive", msg("Inactive"), Kind.FLAG, msg("Did nothing in fourteen days.")),
        Column("is_disengaging", msg("Disengaging"), Kind.FLAG, msg("Active the week before, not since.")),
        Column("is_highly_engaged", msg("Highly engaged"), Kind.FLAG, msg("Did unusually much.")),
        Column("is_struggling", msg("Struggling"), Kind.FLAG, msg("Needs unusually many attempts.")),
    ),
    key=("course_id", "source", "learner_id"),
    inputs=("enrolment_summary", "engagement_recent", "engagement_segments"),
    unit=Unit.COURSE,
    differs=(NO_STAFF, BEFORE_LOGS),
    late_event=LATE_COURSE,
    by_learner=True,
)
