"""Each stay of a learner in a unit: what time on page is made of."""

from __future__ import annotations

from staffroom.metrics.columns import COURSE, LATE_LEARNER, LEARNER, NO_STAFF, SOURCE, UNIT
from staffroom.metrics.declaration import Column, Kind, Metric, Unit, msg

METRIC = Metric(
    name="unit_stays",
    title=msg("Stays in units"),
    question=msg("When was each learner in which unit, and for how long?"),
    rule=msg(
        "All of a learner's events in a course are put in order. Opening a unit or moving to one says where "
        "the learner is; in the mobile app, using something that a unit holds says so too. Other events "
        "leave the learner there. Each event lasts until the next one: a gap over 30 minutes counts as 10 "
        "minutes, and a gap over 3 h 30 min ends the session, as does coming back by the dashboard after "
        "more than 15 minutes or by the sign-in page after more than 10. A session's last event counts 10 "
        "minutes, or nothing if it closed the page. What happens before a session's first unit counts "
        "nowhere, nor does time in the forum or in units that the course does not have. Stays under 15 "
        "seconds are left out. All these times are settings."
    ),
    columns=(
        COURSE,
        SOURCE,
        LEARNER,
        Column(
            "session_number",
            msg("Session"),
            Kind.COUNT,
            msg("The session's number in the learner's history in the course, from 1."),
        ),
        Column(
            "stay_number",
            msg("Stay"),
            Kind.COUNT,
            msg("The stay's number within the session; the numbers of stays left out are skipped."),
        ),
        UNIT,
        Column("day", msg("Day"), Kind.DAY, msg("The day on which the stay began.")),
        Column("started_at", msg("Started at"), Kind.INSTANT, msg("When the stay began (UTC).")),
        Column("seconds", msg("Time"), Kind.SECONDS, msg("How long it lasted."), unit=msg("seconds")),
    ),
    key=("course_id", "source", "learner_id", "session_number", "stay_number"),
    inputs=("located_events", "settings"),
    unit=Unit.LEARNER_IN_COURSE,
    differs=(
        NO_STAFF,
        msg("Sessions run on across midnight and are numbered over the whole history, not day by day."),
        msg("The button for the next unit leads to the next unit of the same subsection where there is one."),
        msg("Addresses of the learning app and events of the mobile app are understood."),
        msg("A sign-in page is recognised on any host."),
        msg(
            "An address without a subsection leads to the section's first unit; no address stops a day's "
            "work."
        ),
    ),
    late_event=LATE_LEARNER,
    shown=False,
    by_learner=True,
)
