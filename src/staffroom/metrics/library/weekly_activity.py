"""How many learners did something each week, beside how many could have."""

from __future__ import annotations

from staffroom.metrics.columns import COURSE, LATE_COURSE, NO_STAFF
from staffroom.metrics.declaration import Column, Kind, Metric, Unit, msg

METRIC = Metric(
    name="weekly_activity",
    title=msg("Activity by week"),
    question=msg("How many learners are active each week, and what do they do?"),
    rule=msg(
        "Each learner counts once a week in each column, however often they did it. Weeks run from Monday "
        "to Sunday in the institution's time zone. A course has a row for each week from its first recorded "
        "event on, also for weeks in which nobody came; but a pause of more than 52 weeks, in which nobody "
        "came, joined or left, is left out. The last full week and the running one are always there. A week "
        "is complete when all of its seven days are over and none lies before the first recorded event of "
        "all courses: a record that begins on a Thursday has no complete week before the next Monday."
    ),
    columns=(
        COURSE,
        Column("week", msg("Week"), Kind.WEEK, msg("The Monday on which the week starts.")),
        Column(
            "active",
            msg("Active"),
            Kind.COUNT,
            msg("Learners who did anything in the course."),
            unit=msg("learners"),
        ),
        Column(
            "attempted_problem",
            msg("Tried a problem"),
            Kind.COUNT,
            msg("Learners who handed in an answer to a problem."),
            unit=msg("learners"),
        ),
        Column(
            "played_video",
            msg("Played a video"),
            Kind.COUNT,
            msg("Learners who started a video."),
            unit=msg("learners"),
        ),
        Column(
            "posted_forum",
            msg("Posted in the forum"),
            Kind.COUNT,
            msg("Learners who wrote a thread, a response or a comment."),
            unit=msg("learners"),
        ),
        Column(
            "enrolled",
            msg("Enrolled"),
            Kind.COUNT,
            msg("Learners enrolled at the week's end; empty where no enrolment was ever recorded."),
            unit=msg("learners"),
        ),
        Column(
            "is_complete",
            msg("Complete"),
            Kind.FLAG,
            msg("Whether the week is over, and recorded from its Monday on."),
        ),
    ),
    key=("course_id", "week"),
    inputs=("learner_activity_by_day", "enrolment_by_day", "calendar"),
    unit=Unit.COURSE,
    differs=(
        NO_STAFF,
        msg("The running week is shown and marked; the edX pipeline leaves it out."),
        msg("All weeks are kept, without pauses of over a year; the edX pipeline keeps the last 24."),
    ),
    late_event=LATE_COURSE,
    fast=True,
)
