"""What is little, usual and much for the learners of a course in the last seven days."""

from __future__ import annotations

from staffroom.metrics.columns import COURSE, LATE_COURSE, NO_STAFF
from staffroom.metrics.declaration import Column, Kind, Metric, Unit, msg

METRIC = Metric(
    name="engagement_ranges",
    title=msg("Little, usual and much"),
    question=msg("What do most learners of this course do in seven days, and what is unusual?"),
    rule=msg(
        "Among the learners who did something in the last seven days, a number is low below the 15th "
        "percentile and high from the 85th on; between two learners, percentiles are interpolated. Attempts "
        "per solved problem are of those who attempted one. Nothing is low where the 15th percentile is "
        "zero, and nothing is high where both are the same."
    ),
    columns=(
        COURSE,
        Column("starts_on", msg("From"), Kind.DAY, msg("The first of the seven days.")),
        Column("ends_on", msg("To"), Kind.DAY, msg("The last of the seven days.")),
        Column("measure", msg("Number"), Kind.TEXT, msg("A column of the learners' numbers.")),
        Column("range_type", msg("Range"), Kind.TEXT, msg("low, normal or high.")),
        Column(
            "low_value",
            msg("From"),
            Kind.RATIO,
            msg("The least number in the range; empty where only those are in it who solved nothing."),
        ),
        Column(
            "high_value",
            msg("Below"),
            Kind.RATIO,
            msg("The least number above the range; empty where there is none."),
        ),
    ),
    key=("course_id", "measure", "range_type"),
    inputs=("engagement_recent",),
    unit=Unit.COURSE,
    differs=(NO_STAFF,),
    late_event=LATE_COURSE,
    shown=False,
)
