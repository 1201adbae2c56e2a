"""How long each learner spent in each unit, day by day."""

from __future__ import annotations

from staffroom.metrics.columns import COURSE, LATE_LEARNER, LEARNER, NO_STAFF, SOURCE, UNIT
from staffroom.metrics.declaration import Column, Kind, Metric, Unit, msg

METRIC = Metric(
    name="time_on_unit",
    title=msg("Time on page"),
    question=msg("How long do learners spend in each unit?"),
    rule=msg(
        "The lengths of a learner's stays in a unit are added up by the day on which they began. A stay "
        "that runs past midnight belongs to the day on which it began."
    ),
    columns=(
        COURSE,
        UNIT,
        SOURCE,
        LEARNER,
        Column("day", msg("Day"), Kind.DAY, msg("The day on which the stays began.")),
        Column("seconds", msg("Time"), Kind.SECONDS, msg("Time spent in the unit."), unit=msg("seconds")),
        Column("stays", msg("Stays"), Kind.COUNT, msg("Stays in the unit."), unit=msg("stays")),
    ),
    key=("course_id", "unit_id", "source", "learner_id", "day"),
    inputs=("unit_stays",),
    unit=Unit.LEARNER_IN_COURSE,
    differs=(NO_STAFF, msg("No time is lost or added at midnight.")),
    late_event=LATE_LEARNER,
    by_learner=True,
)
