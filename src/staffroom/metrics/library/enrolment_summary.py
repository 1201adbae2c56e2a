"""Where each learner's enrolment stands, and the dates that led there."""

from __future__ import annotations

from staffroom.metrics.columns import BEFORE_LOGS, COURSE, LATE_LEARNER, LEARNER, NO_STAFF, SOURCE
from staffroom.metrics.declaration import Column, Kind, Metric, Unit, msg

METRIC = Metric(
    name="enrolment_summary",
    title=msg("Enrolment of each learner"),
    question=msg("Who is enrolled, in which mode and since when?"),
    rule=msg(
        "Only changes with an effect count: joining while not enrolled, leaving while enrolled, changing "
        "the mode while enrolled. Leaving does not change the mode. Who never joined has no row. Joining "
        "before the logs begin is known from the LMS's export of enrolments, as in the spans of enrolment."
    ),
    columns=(
        COURSE,
        SOURCE,
        LEARNER,
        Column("mode", msg("Mode"), Kind.TEXT, msg("The mode now, or the last one before leaving.")),
        Column("is_enrolled", msg("Enrolled"), Kind.FLAG, msg("Whether the learner is enrolled now.")),
        Column(
            "first_mode", msg("First mode"), Kind.TEXT, msg("The mode in which the learner first joined.")
        ),
        Column(
            "first_enrolled_at",
            msg("First joined"),
            Kind.INSTANT,
            msg("When the learner first joined."),
        ),
        Column(
            "last_unenrolled_at",
            msg("Last left"),
            Kind.INSTANT,
            msg("When the learner last left; empty if never, or if it is not recorded when."),
        ),
        Column(
            "first_verified_at",
            msg("First verified"),
            Kind.INSTANT,
            msg("When the learner first had the mode verified; empty if never."),
        ),
        Column(
            "first_credit_at",
            msg("First for credit"),
            Kind.INSTANT,
            msg("When the learner first had the mode credit; empty if never."),
        ),
    ),
    key=("course_id", "source", "learner_id"),
    inputs=("enrolment_changes",),
    unit=Unit.LEARNER_IN_COURSE,
    differs=(NO_STAFF, BEFORE_LOGS),
    late_event=LATE_LEARNER,
    by_learner=True,
)
