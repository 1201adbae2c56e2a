"""How many learners a course has, day by day and mode by mode."""

from __future__ import annotations

from staffroom.metrics.columns import BEFORE_LOGS, COURSE, DAY, LATE_COURSE, MODE, NO_STAFF
from staffroom.metrics.declaration import Column, Kind, Metric, Unit, msg

METRIC = Metric(
    name="enrolment_by_day",
    title=msg("Enrolment by day"),
    question=msg("How many learners are enrolled, and in which mode?"),
    rule=msg(
        "Learners are counted at the end of each day, in the mode that they have then. A mode has a row for "
        "each day from its first learner on, also when nobody is left in it. Days begin with the first "
        "recorded event of all courses; who had joined before is there on that day without joining on it."
    ),
    columns=(
        COURSE,
        DAY,
        MODE,
        Column(
            "enrolled",
            msg("Enrolled"),
            Kind.COUNT,
            msg("Learners enrolled in this mode at the end of the day."),
            unit=msg("learners"),
        ),
        Column(
            "ever_enrolled",
            msg("Ever enrolled"),
            Kind.COUNT,
            msg("Learners of this mode with any recorded enrolment so far, those who left included."),
            unit=msg("learners"),
        ),
        Column(
            "joined",
            msg("Joined"),
            Kind.COUNT,
            msg("Learners enrolled at the end of the day who were not at its start."),
            unit=msg("learners"),
        ),
        Column(
            "left",
            msg("Left"),
            Kind.COUNT,
            msg("Learners enrolled at the start of the day who were not at its end."),
            unit=msg("learners"),
        ),
    ),
    key=("course_id", "day", "mode"),
    inputs=("enrolment_spans", "calendar"),
    unit=Unit.COURSE,
    differs=(
        NO_STAFF,
        BEFORE_LOGS,
        msg("A mode that lost its last learner goes on with zeros; the edX pipeline drops its rows."),
    ),
    late_event=LATE_COURSE,
    fast=True,
)
