"""What each learner did in the last seven days, and in the seven before."""

from __future__ import annotations

from staffroom.metrics.columns import COURSE, LATE_COURSE, LEARNER, NO_STAFF, SOURCE
from staffroom.metrics.declaration import Column, Kind, Metric, Unit, msg

PROBLEM_ATTEMPTS = Column(
    "problem_attempts",
    msg("Attempts"),
    Kind.COUNT,
    msg("Answers handed in to problems and judged."),
    unit=msg("attempts"),
)
PROBLEMS_ATTEMPTED = Column(
    "problems_attempted", msg("Problems tried"), Kind.COUNT, msg("Different problems."), unit=msg("problems")
)
PROBLEMS_COMPLETED = Column(
    "problems_completed",
    msg("Problems solved"),
    Kind.COUNT,
    msg("Different problems answered correctly."),
    unit=msg("problems"),
)
ATTEMPTS_PER_COMPLETED = Column(
    "attempts_per_completed",
    msg("Attempts per solved problem"),
    Kind.RATIO,
    msg("Attempts divided by problems solved; empty where none was solved."),
    unit=msg("attempts"),
)
VIDEOS_VIEWED = Column(
    "videos_viewed", msg("Videos started"), Kind.COUNT, msg("Different videos."), unit=msg("videos")
)
CONTRIBUTIONS = Column(
    "discussion_contributions",
    msg("Forum posts"),
    Kind.COUNT,
    msg("Threads, responses and comments."),
    unit=msg("posts"),
)
DAYS_ACTIVE = Column(
    "days_active",
    msg("Days active"),
    Kind.COUNT,
    msg("Days on which the learner did any of this."),
    unit=msg("days"),
)
COUNTS = (
    PROBLEM_ATTEMPTS,
    PROBLEMS_ATTEMPTED,
    PROBLEMS_COMPLETED,
    ATTEMPTS_PER_COMPLETED,
    VIDEOS_VIEWED,
    CONTRIBUTIONS,
)
"""What a learner did in seven days, as every table that tells of it has it."""

METRIC = Metric(
    name="engagement_recent",
    title=msg("What each learner did lately"),
    question=msg("What did each learner do in the last seven days, and in the seven days before?"),
    rule=msg(
        "Days are counted back from the last day that is over. A learner who did nothing with a problem, "
        "video or forum in seven days has no row for them."
    ),
    columns=(
        COURSE,
        SOURCE,
        LEARNER,
        Column(
            "weeks_ago",
            msg("Weeks ago"),
            Kind.COUNT,
            msg("0: the last seven days; 1: those before."),
            unit=msg("weeks"),
        ),
        Column("starts_on", msg("From"), Kind.DAY, msg("The first of the seven days.")),
        Column("ends_on", msg("To"), Kind.DAY, msg("The last of the seven days.")),
        *COUNTS,
        DAYS_ACTIVE,
    ),
    key=("course_id", "source", "learner_id", "weeks_ago"),
    inputs=("engagement_by_day", "calendar"),
    unit=Unit.COURSE,
    differs=(NO_STAFF,),
    late_event=LATE_COURSE,
    shown=False,
    by_learner=True,
)
