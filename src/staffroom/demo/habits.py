"""Who joins which course, how, and with what habits.

Everybody's habits come from a chance of their own, so one learner's visits do not depend on how many
other learners there are.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from staffroom.demo.courses import Course
from staffroom.demo.people import Account
from staffroom.demo.term import DAYS, Term

HOURS = (7.5, 12.5, 17.0, 20.3, 22.9)
HOUR_WEIGHTS = (5, 15, 20, 38, 22)


@dataclass(frozen=True, slots=True)
class Habits:
    """``diligence`` is the chance of a visit on an ordinary day; ``fades_on`` a day of the term or None."""

    diligence: float
    hour: float
    phone_share: float
    speed: float
    fades_on: int | None


@dataclass(frozen=True, slots=True)
class History:
    """One learner's changes in one course. Microseconds since 1970; None for what did not happen."""

    joined_at: int
    verified_at: int | None = None
    left_at: int | None = None
    returned_at: int | None = None

    @property
    def mode(self) -> str:
        """The mode at the end of the term."""
        return "audit" if self.verified_at is None else "verified"

    @property
    def is_active(self) -> bool:
        """Whether the learner is enrolled at the end of the term."""
        return self.left_at is None or self.returned_at is not None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Somebody in a course. ``enrolled_by`` is None for one who joined alone; ``teaches`` is no learner."""

    number: int
    account: Account
    course: Course
    habits: Habits
    history: History
    enrolled_by: Account | None = None
    teaches: bool = False


def learner_habits(chance: random.Random) -> Habits:
    diligence = min(0.85, 0.1 + chance.betavariate(2.0, 3.0))
    hour = chance.choices(HOURS, HOUR_WEIGHTS)[0] + chance.gauss(0, 0.5)
    phone_share = chance.choices((0.0, 0.3, 0.9), (62, 28, 10))[0]
    speed = chance.choices((1.0, 1.25, 1.5), (80, 12, 8))[0]
    fades_on = int(chance.expovariate(1 / 7)) if chance.random() < 0.55 else None
    return Habits(diligence, hour, phone_share, speed, fades_on)


def learner_history(habits: Habits, term: Term, chance: random.Random) -> History:
    """Most join in the first days, some late; some pay; some leave, above all those who fade."""
    late = chance.random() < 0.22
    day = chance.randrange(DAYS - 3) if late else min(int(chance.expovariate(1 / 2.2)), 9)
    joined_at = term.instant(day, chance.uniform(7.0, 16.0))
    verified_at = left_at = returned_at = None
    if chance.random() < 0.22:
        paid_on = min(DAYS - 2, day + chance.randint(1, 12))
        verified_at = term.instant(paid_on, chance.uniform(16.0, 22.0))
    if chance.random() < (0.3 if habits.fades_on is not None else 0.04):
        tired_on = habits.fades_on if habits.fades_on is not None else chance.randrange(4, 16)
        left_on = max(day + 1, min(DAYS - 3, tired_on + 1 + int(chance.expovariate(1 / 4))))
        left_at = term.instant(left_on, chance.uniform(23.0, 23.6))
        if chance.random() < 0.12:
            returned_at = term.instant(left_on + 1, chance.uniform(8.0, 16.0))
    if left_at is not None and verified_at is not None and verified_at > left_at:
        verified_at = None
    return History(joined_at, verified_at, left_at, returned_at)
