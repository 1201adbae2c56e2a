"""Columns that many metrics have, declared once so that they read the same everywhere."""

from __future__ import annotations

from staffroom.metrics.declaration import Column, Kind, msg

COURSE = Column("course_id", msg("Course"), Kind.COURSE, msg("The course's key."))
SOURCE = Column(
    "source",
    msg("Source"),
    Kind.TEXT,
    msg("The system that knows the learner. Learner ids are unique within it."),
)
LEARNER = Column("learner_id", msg("Learner"), Kind.LEARNER, msg("The learner's id in that system."))
DAY = Column("day", msg("Day"), Kind.DAY, msg("The date in the institution's time zone."))
UNIT = Column(
    "unit_id",
    msg("Unit id"),
    Kind.BLOCK,
    msg(
        "The unit's usage key. Where the course's structure was never delivered: the subsection's id and the "
        "unit's position in it."
    ),
)
VIDEO = Column("video_id", msg("Video id"), Kind.BLOCK, msg("The video's id as the player recorded it."))
MODE = Column("mode", msg("Mode"), Kind.TEXT, msg("The enrolment mode, such as audit or verified."))

LATE_LEARNER = msg(
    "An event that arrives late counts as if it had been on time: the learner's whole history in that course "
    "is computed again."
)
LATE_COURSE = msg(
    "An event that arrives late counts as if it had been on time: the course is computed again."
)
NO_STAFF = msg("Staff, the course's own team and test accounts are not counted.")
BEFORE_LOGS = msg(
    "Who joined before the logs begin is counted where the LMS's export of enrolments says so; the edX "
    "pipeline counts only what the logs record."
)
