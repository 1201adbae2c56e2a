"""When learners come to their course, how far each visit goes, and by which door."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from staffroom.demo.courses import Course
from staffroom.demo.habits import Enrolment, Habits
from staffroom.demo.term import DAYS, EXAM_DAY, MICROSECONDS, Term

WEEKDAY_WEIGHTS = (1.1, 1.15, 1.1, 1.0, 0.7, 0.55, 0.95)
"""How much is done on a day of the week, from Monday."""
DAYS_BETWEEN_SECTIONS = 5
CLASSIC, LEARNING, PHONE = "classic", "learning", "phone"
"""The doors to a course: courseware pages, the learning app in a browser, the app on a phone."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One stretch of work on a course: from the unit at ``first`` onwards, ``units`` of them.

    ``known`` is how many of the course's units the learner had reached before.
    """

    enrolment: Enrolment
    number: int
    starts_at: int
    arrives_on: date
    first: int
    units: int
    known: int
    door: str
    days_late: int


def visits(enrolment: Enrolment, term: Term, chance: random.Random) -> Iterator[Visit]:
    """When the learner comes, which units the visit goes through, and by which door."""
    habits, course = enrolment.habits, enrolment.course
    reached = number = 0
    for day in range(DAYS):
        if chance.random() >= _likelihood(enrolment, term, day):
            continue
        for starts_at in _starts(habits, term, day, chance):
            if not _is_enrolled(enrolment, starts_at):
                continue
            first = _first_unit(course, reached, day, chance)
            units = chance.randint(2, 6) if first >= reached else chance.randint(1, 3)
            door = _door(course, habits, chance)
            days_late = chance.randint(1, 3) if door == PHONE and chance.random() < 0.25 else 0
            arrives_on = term.arrival(starts_at, days_late=days_late)
            yield Visit(enrolment, number, starts_at, arrives_on, first, units, reached, door, days_late)
            reached = max(reached, min(first + units, _open_units(course, day)))
            number += 1


def team_visits(enrolment: Enrolment, term: Term, chance: random.Random) -> Iterator[Visit]:
    """Those who teach click through their course on most working days, quickly."""
    number = 0
    for day in range(DAYS):
        if chance.random() < 0.55 * WEEKDAY_WEIGHTS[term.weekday(day)]:
            starts_at = term.instant(day, chance.uniform(8.5, 15.5))
            first = chance.randrange(len(enrolment.course.places))
            door = CLASSIC if enrolment.course.pages == CLASSIC else LEARNING
            arrives_on, units = term.arrival(starts_at), chance.randint(4, 9)
            yield Visit(enrolment, number, starts_at, arrives_on, first, units, 0, door, 0)
            number += 1


def _likelihood(enrolment: Enrolment, term: Term, day: int) -> float:
    habits = enrolment.habits
    weight = WEEKDAY_WEIGHTS[term.weekday(day)]
    if enrolment.course.exam_starts < len(enrolment.course.places) and day >= EXAM_DAY:
        weight *= 1.5
    if habits.fades_on is not None and day > habits.fades_on:
        weight *= 0.65 ** (day - habits.fades_on)
    return habits.diligence * weight


def _starts(habits: Habits, term: Term, day: int, chance: random.Random) -> Sequence[int]:
    """One start, and now and then a second one half a day earlier."""
    hour = min(23.9, habits.hour + chance.gauss(0, 0.7))
    evening = term.instant(day, hour)
    if hour > 14 and chance.random() < 0.15:
        return (term.instant(day, hour - 7 + chance.uniform(-1, 1)), evening)
    return (evening,)


def _is_enrolled(enrolment: Enrolment, at: int) -> bool:
    history = enrolment.history
    if at < history.joined_at:
        return False
    back = history.returned_at is not None and at >= history.returned_at
    return history.left_at is None or at < history.left_at - 3 * 3600 * MICROSECONDS or back


def _first_unit(course: Course, reached: int, day: int, chance: random.Random) -> int:
    """Mostly where the last visit ended; otherwise, or where nothing new is open, something again."""
    is_open = _open_units(course, day)
    if day >= EXAM_DAY and reached < course.exam_starts < is_open and chance.random() < 0.3:
        return course.exam_starts
    if reached >= is_open or (reached and chance.random() < 0.15):
        return chance.randrange(max(1, min(reached, is_open)))
    return reached


def _open_units(course: Course, day: int) -> int:
    """How many units are open on a day: a section every few days, the examination in the third week."""
    opens = {
        section.block.key: EXAM_DAY if section.exam else min(number * DAYS_BETWEEN_SECTIONS, EXAM_DAY + 2)
        for number, section in enumerate(course.sections)
    }
    return sum(opens[place.section.block.key] <= day for place in course.places)


def _door(course: Course, habits: Habits, chance: random.Random) -> str:
    if not course.legacy and chance.random() < habits.phone_share:
        return PHONE
    if course.pages == "both":
        return LEARNING if chance.random() < 0.5 else CLASSIC
    return LEARNING if course.pages == LEARNING else CLASSIC
