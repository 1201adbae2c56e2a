"""What each learner did each day, by label: what weekly activity is made of."""

from __future__ import annotations

from staffroom.metrics.columns import COURSE, DAY, LATE_LEARNER, LEARNER, NO_STAFF, SOURCE
from staffroom.metrics.declaration import Column, Kind, Metric, Unit, msg

METRIC = Metric(
    name="learner_activity_by_day",
    title=msg("Activity of each learner by day"),
    question=msg("On which days was each learner active, and with what?"),
    rule=msg(
        "Every event of a learner in a course makes them active, except changes of enrolment and what the "
        "system did on its own. Beside that, an answer judged by the server is an attempted problem, a "
        "video started in a browser or the mobile app is a played video, and a thread, response or comment "
        "stored by the server is a forum post."
    ),
    columns=(
        COURSE,
        SOURCE,
        LEARNER,
        DAY,
        Column(
            "label",
            msg("Activity"),
            Kind.TEXT,
            msg("active, attempted_problem, played_video or posted_forum."),
        ),
        Column("events", msg("Events"), Kind.COUNT, msg("Events with that label."), unit=msg("events")),
    ),
    key=("course_id", "source", "learner_id", "day", "label"),
    inputs=("learner_events",),
    unit=Unit.LEARNER_IN_COURSE,
    differs=(
        NO_STAFF,
        msg(
            "An event without a user id counts for the account of its user name, where the people export "
            "has it."
        ),
        msg("An event without a type counts as active; the edX pipeline stops at it."),
    ),
    late_event=LATE_LEARNER,
    shown=False,
    by_learner=True,
)
