"""What is recorded of the demo's students: attendance, incidents, sections with grades, and tests."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from staffroom.demo.district.pupils import Pupil
from staffroom.demo.district.schools import COURSES_A_PUPIL, HIGH, Calendar
from staffroom.demo.district.staff import DemoSection

Row = dict[str, str]

REASONS = ("flu", "family", "doctor", "", "")
CODES = ("Hitting", "Disruption", "Skipping class", "Defiance", "Bullying", "Phone")
PLACES = ("Classroom", "Hallway", "Cafeteria", "Playground", "Bus", "Gym")
WORDS = (
    'Left the room without asking; said \\"not today\\" and came back later.',
    "Pushed another student in line. Both spoke with the counselor.",
    "Used a phone during the test, then gave it up.",
    "Argued with a friend;\ra talk at lunch helped.",
)
"""As the SIS exports them: quotes escaped as MySQL does, and a bare carriage return."""
ABSENT, TARDY, INCIDENT = 0.016, 0.012, 0.0016
"""The chance of a day for a student of middling trouble."""


def attendance_rows(seed: int, pupils: Sequence[Pupil], calendar: Calendar) -> Iterator[Row]:
    """Absences and tardies of four years; a student is counted from the grade at which they began here."""
    days = list(calendar.school_days())
    for pupil in pupils:
        chance = _chance(seed, "attendance", pupil)
        for day in _picked(chance, days, ABSENT * (0.25 + 4 * pupil.trouble)):
            excused = "1" if chance.random() < 0.55 else "0"
            yield _attended(pupil, day, absence="1", excused=excused, reason=chance.choice(REASONS))
        for day in _picked(chance, days, TARDY * (0.25 + 4 * pupil.trouble)):
            yield _attended(pupil, day, tardy="1")


def behavior_rows(seed: int, pupils: Sequence[Pupil], calendar: Calendar) -> Iterator[Row]:
    days = list(calendar.school_days())
    for pupil in pupils:
        chance = _chance(seed, "behavior", pupil)
        for day in _picked(chance, days, INCIDENT * 6 * pupil.trouble):
            clock = f"{chance.randrange(8, 15)}:{chance.randrange(60):02}" if chance.random() < 0.8 else ""
            yield {
                "local_id": pupil.local_id,
                "incident_code": chance.choice(CODES),
                "event_date": day.isoformat(),
                "incident_time": clock,
                "incident_location": chance.choice(PLACES),
                "incident_description": chance.choice(WORDS),
                "school_local_id": pupil.school.local_id,
            }


def sections_of(seed: int, pupil: Pupil, sections: Sequence[DemoSection]) -> list[DemoSection]:
    """The sections that a student of the high school attends: one of each of their courses."""
    if pupil.school is not HIGH:
        return []
    chance = _chance(seed, "sections", pupil)
    courses = chance.sample(sorted({section.course for section in sections}), COURSES_A_PUPIL)
    return [chance.choice([one for one in sections if one.course == course]) for course in courses]


def grade_of(seed: int, pupil: Pupil, section: DemoSection) -> tuple[int, str]:
    """Number and letter."""
    chance = _chance(seed, f"grade {section.number}", pupil)
    number = round(min(100.0, max(35.0, chance.gauss(58 + 42 * pupil.skill, 7))))
    letter = next(
        letter for least, letter in ((90, "A"), (80, "B"), (70, "C"), (65, "D"), (0, "F")) if number >= least
    )
    return number, letter


def assessment_rows(seed: int, pupils: Sequence[Pupil], calendar: Calendar) -> Iterator[Row]:
    """MCAS each spring from grade 3 on, of the old kind first; ACCESS of those who learn English; DIBELS."""
    for pupil in pupils:
        chance = _chance(seed, "assessments", pupil)
        grade = 0 if pupil.grade == "KF" else int(pupil.grade)
        for back in range(1, 4):
            taken_on = date(calendar.year_begins.year - back + 1, 5, 12)
            if grade - back >= 3 - 1 and grade - back <= 10:
                for subject in ("ELA", "Mathematics"):
                    yield _mcas(chance, pupil, taken_on, subject, is_old=back == 3)
            if pupil.facts["limited_english_proficiency"] == "Limited" and grade >= back:
                yield _test(
                    pupil,
                    taken_on,
                    "ACCESS",
                    "Composite",
                    level=f"{1.5 + 3.5 * pupil.skill + 0.3 * (3 - back):.1f}",
                )
        if grade <= 3:
            level = "CORE" if pupil.skill > 0.55 else "STRATEGIC" if pupil.skill > 0.35 else "INTENSIVE"
            yield _test(pupil, calendar.year_begins + timedelta(days=30), "DIBELS", "", level=level)


def star_rows(seed: int, pupils: Sequence[Pupil], calendar: Calendar, subject: str) -> Iterator[Row]:
    """Three tests a year of two years, for grades 2 to 8."""
    for pupil in pupils:
        if pupil.grade == "KF" or not 2 <= int(pupil.grade) <= 8:
            continue
        chance = _chance(seed, f"star {subject}", pupil)
        for year in (1, 0):
            for month, day in ((9, 20), (1, 15), (5, 10)):
                begins = calendar.year_begins.year - year
                taken_on = date(begins + (month < 8), month, day)
                if taken_on <= calendar.last_day:
                    yield _star(chance, pupil, taken_on)


def _star(chance: random.Random, pupil: Pupil, taken_on: date) -> Row:
    percentile = round(min(99.0, max(1.0, chance.gauss(100 * pupil.skill, 9))))
    taken_at = datetime.combine(taken_on, time(9, chance.randrange(60)))
    return {
        "StudentIdentifier": pupil.local_id,
        "PercentileRank": str(percentile),
        "CompletedDate": taken_at.strftime("%m/%d/%Y %H:%M:%S"),
        "TotalTimeInSeconds": str(chance.randrange(400, 1500)),
        "GradeEquivalent": f"{max(0.1, int(pupil.grade) - 2 + 4 * pupil.skill):.1f}",
        "SchoolIdentifier": pupil.school.local_id,
    }


def _mcas(chance: random.Random, pupil: Pupil, taken_on: date, subject: str, *, is_old: bool) -> Row:
    low, high = (200, 280) if is_old else (440, 560)
    score = round(min(high, max(low, chance.gauss(low + (high - low) * pupil.skill, (high - low) / 14))))
    growth = str(min(99, max(1, round(chance.gauss(50, 25)))))
    return _test(
        pupil,
        taken_on,
        "MCAS",
        subject,
        score=str(score),
        growth=growth,
        level="M" if pupil.skill > 0.5 else "PM",
    )


def _test(pupil: Pupil, day: date, test: str, subject: str, **more: str) -> Row:
    return {
        "local_id": pupil.local_id,
        "school_local_id": pupil.school.local_id,
        "assessment_date": day.isoformat(),
        "assessment_scale_score": more.get("score", "NULL"),
        "assessment_performance_level": more.get("level", "NULL"),
        "assessment_growth": more.get("growth", "NULL"),
        "assessment_name": f"{test} {day.year} {subject}".strip(),
        "assessment_subject": subject or "NULL",
        "assessment_test": test,
    }


def _attended(pupil: Pupil, day: date, **said: str) -> Row:
    return {
        "local_id": pupil.local_id,
        "absence": said.get("absence", "0"),
        "tardy": said.get("tardy", "0"),
        "event_date": day.isoformat(),
        "school_local_id": pupil.school.local_id,
        "dismissed": "0",
        "excused": said.get("excused", "0"),
        "reason": said.get("reason", "") or "NULL",
        "comment": "NULL",
    }


def _picked(chance: random.Random, days: Sequence[date], share: float) -> Iterator[date]:
    """Some of the days, each with the chance ``share``, in their order."""
    place = -1
    while True:
        place += 1 + int(chance.expovariate(share)) if share > 0 else len(days)
        if place >= len(days):
            return
        yield days[place]


def _chance(seed: int, about: str, pupil: Pupil) -> random.Random:
    return random.Random(f"{seed} {about} {pupil.local_id}")  # noqa: S311 - a demo, not a secret
