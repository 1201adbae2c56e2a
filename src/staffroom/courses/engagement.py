"""How many learners did what, by week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from staffroom.courses.courses import OpenCourse
from staffroom.courses.spans import within_weeks
from staffroom.web.dates import DateRange

TABLE = "weekly_activity"

LABELS = ("active", "attempted_problem", "played_video", "posted_forum")
_COLUMNS = ("week", *LABELS, "enrolled", "is_complete")


@dataclass(frozen=True, slots=True)
class Week:
    """Distinct learners of one week; ``enrolled`` at its end. A running week is not complete."""

    week: date
    active: int
    attempted_problem: int
    played_video: int
    posted_forum: int
    enrolled: int | None
    is_complete: bool

    @property
    def active_share(self) -> float | None:
        """The active among the enrolled; None where nobody is enrolled or it is not known."""
        return self.active / self.enrolled if self.enrolled else None


def weeks(course: OpenCourse, dates: DateRange) -> list[Week]:
    """The weeks that touch ``dates``, oldest first."""
    rows = course.read(TABLE, columns=_COLUMNS, where=within_weeks("week", dates), order_by=("week",)).rows
    return [Week(*row) for row in rows]


def last_complete(found: list[Week]) -> Week | None:
    """The newest week that is over; the running one would be compared with full ones."""
    return next((week for week in reversed(found) if week.is_complete), None)
