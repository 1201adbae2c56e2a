"""The demo university as a whole: who learns what, and which visits fill its three weeks.

Everything follows from a seed, a size and the last day: the same three give the same files, byte for byte.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from staffroom.demo.changes import change_lines
from staffroom.demo.courses import Course, demo_courses
from staffroom.demo.habits import Enrolment, Habits, History, learner_habits, learner_history
from staffroom.demo.pen import Line
from staffroom.demo.people import TEAM, TEST_ACCOUNT, Account, demo_learners
from staffroom.demo.term import Term, yesterday
from staffroom.demo.visits import Visit, team_visits, visits

DEMO_SEED = 2026
DEMO_EVENTS = 200_000
TEAM_EVENTS, EVENTS_A_LEARNER = 6_500, 236
"""About what all who teach together, and each learner, leave in the logs of three weeks."""
TEAM_HABITS = Habits(diligence=0.6, hour=11.0, phone_share=0.0, speed=1.5, fades_on=None)


@dataclass(frozen=True)
class University:
    """``events`` is about how many tracking-log events the term has; it decides the number of learners."""

    seed: int = DEMO_SEED
    events: int = DEMO_EVENTS
    last_day: date = field(default_factory=yesterday)
    courses: tuple[Course, ...] = field(init=False)
    learners: tuple[Account, ...] = field(init=False)
    enrolments: tuple[Enrolment, ...] = field(init=False)

    def __post_init__(self) -> None:
        count = max(12, round((self.events - TEAM_EVENTS) / EVENTS_A_LEARNER))
        object.__setattr__(self, "courses", demo_courses(self.seed))
        object.__setattr__(self, "learners", demo_learners(self.seed, count))
        object.__setattr__(self, "enrolments", tuple(self._enrol()))

    @cached_property
    def term(self) -> Term:
        return Term(self.last_day)

    @cached_property
    def visits_by_arrival(self) -> Mapping[date, list[Visit]]:
        """Every visit of the term, by the date of the daily file that brings it."""
        arrived: dict[date, list[Visit]] = defaultdict(list)
        for enrolment in self.enrolments:
            chance = self._chance("visits", enrolment.account, enrolment.course)
            plan = team_visits if enrolment.teaches else visits
            for visit in plan(enrolment, self.term, chance):
                arrived[visit.arrives_on].append(visit)
        return arrived

    @cached_property
    def changes_by_arrival(self) -> Mapping[date, list[Line]]:
        """The lines of every change of an enrolment, by the date of the daily file that brings it."""
        arrived: dict[date, list[Line]] = defaultdict(list)
        for enrolment in self.enrolments:
            for line in change_lines(self.seed, enrolment):
                arrived[self.term.arrival(line[0])].append(line)
        return arrived

    def learners_in(self, course: Course) -> set[int]:
        """User ids of all who ever learnt in ``course``, its team and the test account left out."""
        return {
            enrolment.account.user_id
            for enrolment in self.enrolments
            if enrolment.course is course and not enrolment.teaches
        }

    def _enrol(self) -> Iterator[Enrolment]:
        number = 1
        for index, account in enumerate(self.learners):
            chance = self._chance("habits", account)
            habits = learner_habits(chance)
            for course in self._chosen(index, chance):
                history = learner_history(habits, self.term, chance)
                helper = self._teacher_of(course) if chance.random() < 0.03 else None
                yield Enrolment(number, account, course, habits, history, helper)
                number += 1
        hired = History(self.term.instant(0, 6.5))
        for course in self.courses:
            for account in (*self._team_of(course), TEST_ACCOUNT):
                yield Enrolment(number, account, course, TEAM_HABITS, hired, teaches=True)
                number += 1

    def _chosen(self, index: int, chance: random.Random) -> list[Course]:
        """The courses that a learner takes: one at least."""
        chosen = [course for course in self.courses if chance.random() < course.share]
        if not chosen:
            shares = [course.share for course in self.courses]
            chosen = chance.choices(self.courses, shares)
        small = [course for course in self.courses if course.learners is not None and index < course.learners]
        return chosen + small

    def _team_of(self, course: Course) -> list[Account]:
        return [member.account for member in TEAM if any(key == course.key for _, key in member.roles)]

    def _teacher_of(self, course: Course) -> Account:
        return self._team_of(course)[0]

    def _chance(self, about: str, account: Account, course: Course | None = None) -> random.Random:
        key = course.key if course else ""
        return random.Random(f"{self.seed} {about} {account.user_id} {key}")  # noqa: S311 - a demo, not a secret
