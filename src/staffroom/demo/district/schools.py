"""The three schools of the demo district, the courses of its high school, and the days of its years."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

YEARS = 4
"""So many school years are recorded, the running one included."""
TERM = "FY"


@dataclass(frozen=True, slots=True)
class DemoSchool:
    """One school: its code and kind as settings name them, its grades, and how many classes a grade has."""

    local_id: str
    name: str
    kind: str
    grades: tuple[str, ...]
    classes: int
    number: int
    """Where the room numbers of its homerooms begin."""


SCHOOLS = (
    DemoSchool("WIL", "Willow Street School", "ES", ("KF", "1", "2", "3", "4", "5"), 4, 100),
    DemoSchool("MRC", "Mercer Middle School", "MS", ("6", "7", "8"), 6, 200),
    DemoSchool("LHS", "Lanternby High School", "HS", ("9", "10", "11", "12"), 6, 300),
)
ELEMENTARY, MIDDLE, HIGH = SCHOOLS
PUPILS_A_CLASS = 22

COURSES = (
    ("ALG1", "Algebra I"),
    ("GEO", "Geometry"),
    ("BIO", "Biology"),
    ("CHEM", "Chemistry"),
    ("ENG9", "English 9"),
    ("ENG10", "English 10"),
    ("USH", "United States history"),
    ("SPA1", "Spanish I"),
    ("ART", "Studio art"),
    ("PE", "Physical education"),
)
"""Number and title of each course of the high school."""
SECTIONS_A_COURSE = 6
COURSES_A_PUPIL = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """The school days up to ``last_day``; school years begin in August and end in June."""

    last_day: date

    @property
    def year_begins(self) -> date:
        """The first day of the running school year."""
        start = date(self.last_day.year, 8, 15)
        return start if start <= self.last_day else start.replace(year=start.year - 1)

    @property
    def year(self) -> int:
        """The running year as the SIS writes it: that in which it ends."""
        return self.year_begins.year + 1

    @property
    def first_day(self) -> date:
        return self.year_begins.replace(year=self.year_begins.year - YEARS + 1)

    def school_days(self) -> Iterator[date]:
        """Every school day of all years, in its order; weekends and summers are left out."""
        for offset in range((self.last_day - self.first_day).days + 1):
            day = self.first_day + timedelta(days=offset)
            if day.weekday() < 5 and not (6, 20) < (day.month, day.day) < (8, 25):
                yield day
