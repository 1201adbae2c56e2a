"""How often each learner moved to each unit, day by day."""

from __future__ import annotations

from staffroom.metrics.columns import COURSE, DAY, LATE_LEARNER, LEARNER, NO_STAFF, SOURCE, UNIT
from staffroom.metrics.declaration import Column, Kind, Metric, Unit, msg

METRIC = Metric(
    name="unit_visits",
    title=msg("Visits"),
    question=msg("How often do learners move to each unit?"),
    rule=msg(
        "A visit is a move within the course: to the next or previous unit, or to a chosen one, by the "
        "buttons above and below the units. Opening or reloading a page is not a visit."
    ),
    columns=(
        COURSE,
        UNIT,
        SOURCE,
        LEARNER,
        DAY,
        Column("visits", msg("Visits"), Kind.COUNT, msg("Moves to the unit."), unit=msg("visits")),
    ),
    key=("course_id", "unit_id", "source", "learner_id", "day"),
    inputs=("located_events",),
    unit=Unit.LEARNER_IN_COURSE,
    differs=(
        NO_STAFF,
        msg("A visit counts once, however many blocks the unit holds."),
        msg("The button for the next unit leads to the next unit of the same subsection where there is one."),
    ),
    late_event=LATE_LEARNER,
    by_learner=True,
)
