"""How many learners did what, by week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from staffroom.courses.courses import OpenCourse
from staffroom.courses.spans import within_weeks
from staffroom.web.dates import DateRange

TABLE = "weekly_activity"

LABELS = ("active", "attempted_problem", "played_video", "posted_forum")
DAYS = 7
_COLUMNS = ("week", *LABELS, "enrolled", "is_complete")


@dataclass(frozen=True, slots=True)
class Week:
    """Distinct learners of one week; ``enrolled`` at its end.

    A running week is not complete, nor is one in the middle of which the record begins.
    """

    week: date
    active: int
    attempted_problem: int
    played_video: int
    posted_forum: int
    enrolled: int | None
    is_complete: bool

    def days_in(self, dates: DateRange) -> int:
        """How many days of the week are among ``dates``."""
        return sum(self.week + timedelta(days=day) in dates for day in range(DAYS))

    def is_running(self, through: date | None) -> bool:
        """Whether days of it are still to come after ``through``."""
        return through is None or through < self.week + timedelta(days=DAYS - 1)

    @property
    def active_share(self) -> float | None:
        """The active among the enrolled; None where nobody is enrolled or it is not known."""
        return self.active / self.enrolled if self.enrolled else None


def weeks(course: OpenCourse, dates: DateRange) -> list[Week]:
    """The weeks that touch ``dates``, oldest first."""
    rows = course.read(TABLE, columns=_COLUMNS, where=within_weeks("week", dates), order_by=("week",)).rows
    return [Week(*row) for row in rows]


def spoken_for(found: list[Week], dates: DateRange) -> Week | None:
    """The week that answers for ``dates``: the newest complete one of which they hold most days.

    Where they hold most of none, it is the week of which they hold the most days, the newest of equals.
    """
    most = [week for week in found if week.is_complete and week.days_in(dates) > DAYS // 2]
    return most[-1] if most else max(reversed(found), key=lambda week: week.days_in(dates), default=None)
