"""Who joins which course, how, and with what habits.

Everybody's habits come from a chance of their own, so one learner's visits do not depend on how many
other learners there are.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from staffroom.demo.courses import Course
from staffroom.demo.people import Account
from staffroom.demo.term import DAY_COUNT, instant

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
class Enrolment:
    """One learner in one course. Instants are microseconds since 1970; None where it did not happen.

    ``enrolled_by`` is the team member who put the learner on the list, None for one who joined alone.
    """

    number: int
    account: Account
    course: Course
    habits: Habits
    joined_at: int
    verified_at: int | None = None
    left_at: int | None = None
    returned_at: int | None = None
    enrolled_by: Account | None = None
    teaches: bool = False

    @property
    def mode(self) -> str:
        """The mode at the end of the term."""
        return "audit" if self.verified_at is None else "verified"

    @property
    def is_active(self) -> bool:
        return self.left_at is None or self.returned_at is not None


def learner_habits(chance: random.Random) -> Habits:
    diligence = min(0.85, 0.08 + chance.betavariate(2.0, 3.2))
    hour = chance.choices(HOURS, HOUR_WEIGHTS)[0] + chance.gauss(0, 0.5)
    phone_share = chance.choices((0.0, 0.3, 0.9), (62, 28, 10))[0]
    speed = chance.choices((1.0, 1.25, 1.5), (80, 12, 8))[0]
    fades_on = int(chance.expovariate(1 / 7)) if chance.random() < 0.38 else None
    return Habits(diligence, hour, phone_share, speed, fades_on)


def join(
    number: int,
    account: Account,
    course: Course,
    habits: Habits,
    chance: random.Random,
    teacher: Account | None,
) -> Enrolment:
    """How ``account`` joins ``course``: most in the first days, a few late, some leave, some pay."""
    day = min(int(chance.expovariate(1 / 2.2)), DAY_COUNT - 4)
    joined_at = instant(day, chance.uniform(7.0, 16.0))
    verified_at = left_at = returned_at = None
    if chance.random() < 0.22:
        verified_at = instant(min(DAY_COUNT - 2, day + chance.randint(1, 12)), chance.uniform(16.0, 22.0))
    if chance.random() < (0.3 if habits.fades_on is not None else 0.04):
        left_on = max(day + 1, min(DAY_COUNT - 3, (habits.fades_on or 9) + 2))
        left_at = instant(left_on, chance.uniform(23.0, 23.6))
        if chance.random() < 0.12:
            returned_at = instant(left_on + 1, chance.uniform(8.0, 16.0))
    if left_at is not None and verified_at is not None and verified_at > left_at:
        verified_at = None
    helper = teacher if chance.random() < 0.03 else None
    return Enrolment(number, account, course, habits, joined_at, verified_at, left_at, returned_at, helper)
