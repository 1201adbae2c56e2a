"""Every recorded change of an enrolment: what the other enrolment tables are made of."""

from __future__ import annotations

from staffroom.metrics.columns import COURSE, DAY, LATE_LEARNER, LEARNER, MODE, NO_STAFF, SOURCE
from staffroom.metrics.declaration import Column, Kind, Metric, Unit, msg

METRIC = Metric(
    name="enrolment_events",
    title=msg("Changes of enrolment"),
    question=msg("When did learners join, leave or change their mode of enrolment?"),
    rule=msg(
        "A change counts where it names a course, a learner and a mode; the mode may be empty. Whoever made "
        "the change, it belongs to the learner whose enrolment changed."
    ),
    columns=(
        COURSE,
        SOURCE,
        LEARNER,
        Column("happened_at", msg("Happened at"), Kind.INSTANT, msg("When it was recorded (UTC).")),
        DAY,
        Column("change", msg("Change"), Kind.TEXT, msg("activated, deactivated or mode_changed.")),
        MODE,
    ),
    key=("course_id", "source", "learner_id", "happened_at", "change", "mode"),
    inputs=("learner_events",),
    unit=Unit.LEARNER_IN_COURSE,
    differs=(NO_STAFF, msg("The same change recorded twice at the same instant is one change.")),
    late_event=LATE_LEARNER,
    shown=False,
)
