"""Each learner's enrolment as spans of days, in place of a row for every learner and day."""

from __future__ import annotations

from staffroom.metrics.columns import BEFORE_LOGS, COURSE, LATE_LEARNER, LEARNER, MODE, NO_STAFF, SOURCE
from staffroom.metrics.declaration import Column, Kind, Metric, Unit, msg

METRIC = Metric(
    name="enrolment_spans",
    title=msg("Spans of enrolment"),
    question=msg("From when to when was each learner enrolled, and in which mode?"),
    rule=msg(
        "A span begins on each day on which the learner's enrolment changed and lasts until the day before "
        "the next such day. A learner is enrolled at the end of a day if the last activation so far came "
        "after the last deactivation. The mode is that of the last change, whatever its kind. Changes at "
        "the same instant count in the order activated, deactivated, mode changed. Where the first recorded "
        "change is no activation, or there is none, the LMS's newest export of enrolments tells when the "
        "learner had joined, if that was before its date and before the first change. The mode is then that "
        "of a recorded leaving, not known before a change of mode, and that of the export where nothing is "
        "recorded. Who is not active in the export and has no recorded change had joined and left: no day "
        "counts."
    ),
    columns=(
        COURSE,
        SOURCE,
        LEARNER,
        Column("starts_on", msg("From"), Kind.DAY, msg("The first day of the span.")),
        Column("ends_on", msg("To"), Kind.DAY, msg("The last day of the span; empty while it lasts.")),
        Column("enrolled", msg("Enrolled"), Kind.FLAG, msg("Whether the learner is enrolled in the span.")),
        Column(
            "change",
            msg("Change"),
            Kind.COUNT,
            msg("1 where the learner joined on the first day, -1 where they left, else 0."),
            unit=msg("learners"),
        ),
        MODE,
    ),
    key=("course_id", "source", "learner_id", "starts_on"),
    inputs=("enrolment_changes",),
    unit=Unit.LEARNER_IN_COURSE,
    differs=(
        NO_STAFF,
        BEFORE_LOGS,
        msg(
            "The edX pipeline keeps the same facts as a row for every learner and day, which grows without "
            "end."
        ),
    ),
    late_event=LATE_LEARNER,
    shown=False,
    by_learner=True,
)
