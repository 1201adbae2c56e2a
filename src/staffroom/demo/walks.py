"""One visit from coming in to leaving, as the lines it leaves in the log."""

from __future__ import annotations

import json
import random

from staffroom.demo.answering import Answering
from staffroom.demo.courses import Block, Place, Problem, Video
from staffroom.demo.moving import door_of
from staffroom.demo.pen import LMS, Line, Pen, device
from staffroom.demo.visits import PHONE, Visit
from staffroom.demo.watching import Watching

POSTS = (
    "Has anybody else tried this at home?",
    "I do not see why the second step follows.",
    "My result is quite different, photo tomorrow.",
    "¿Alguien tiene los datos del lunes?",
    "Thank you, that made it clear.",
)


def visit_lines(seed: int, visit: Visit) -> list[Line]:
    """The lines of one visit, in order; the same seed and visit give the same lines everywhere."""
    account, course = visit.enrolment.account, visit.enrolment.course
    chance = random.Random(f"{seed} visit {account.user_id} {course.key} {visit.number}")  # noqa: S311 - a demo, not a secret
    return _Walk(visit, chance).lines()


class _Walk:
    def __init__(self, visit: Visit, chance: random.Random) -> None:
        self.visit, self.chance = visit, chance
        enrolment = visit.enrolment
        self.course, self.teaches = enrolment.course, enrolment.teaches
        on = device(chance, phone=visit.door == PHONE, language=self.course.language)
        self.pen = Pen(enrolment.account, self.course, on, visit.starts_at, days_late=visit.days_late)
        self.pen.clock += chance.randrange(1_000_000)
        self.door = door_of(visit.door, self.pen, chance)
        self.watching = Watching(self.pen, chance, enrolment.habits, self.door, visit.door)
        self.answering = Answering(self.pen, chance, self.door)

    def lines(self) -> list[Line]:
        places = self._places()
        self.door.come_in()
        if self.teaches:
            self._look_after_the_course()
        self.door.open(places[0])
        for here, there in zip(places, [*places[1:], None], strict=True):
            self._work_on(here)
            if there is not None:
                self.door.move(here, there)
        self._look_around(places[-1])
        self._go(places[-1])
        return self.pen.lines

    def _places(self) -> list[Place]:
        """The units of the visit: onwards, now and then a step back or a jump within the subsection."""
        course = self.course.places
        places = [course[self.visit.first]]
        index = self.visit.first
        while len(places) < self.visit.units:
            step = self.chance.choices((1, -1, 2), (88, 6, 6))[0]
            index += step if self._same_subsection(index, step) else 1
            if index >= len(course):
                break
            places.append(course[index])
        return places

    def _same_subsection(self, index: int, step: int) -> bool:
        places = self.course.places
        target = index + step
        return 0 <= target < len(places) and places[target].subsection is places[index].subsection

    def _work_on(self, place: Place) -> None:
        for part in place.unit.parts:
            if self.chance.random() < self._skips(place):
                self.pen.wait(self.chance.uniform(2, 25))
            else:
                self._use(part, place)

    def _skips(self, place: Place) -> float:
        """How likely a part of the unit is only looked at: often by teachers and by who was there before."""
        known = place.number < self.visit.known
        return 0.7 if self.teaches else 0.6 if known else 0.04

    def _use(self, part: Block, place: Place) -> None:
        if isinstance(part, Video):
            self.watching.watch(part, place)
            self.pen.wait(self.chance.uniform(3, 30))
        elif isinstance(part, Problem) and self.visit.door != PHONE:
            self.answering.answer(part, place)
            self.pen.wait(self.chance.uniform(2, 20))
        else:
            self.pen.wait(min(1200.0, self.chance.lognormvariate(3.9, 0.8)))

    def _look_around(self, place: Place) -> None:
        """What some do beside the units: the forum, the progress page, bookmarks, the wiki, the textbook."""
        if self.visit.door == PHONE:
            return
        if self.chance.random() < 0.10:
            self._visit_forum()
        for tail, likelihood in (("progress", 0.08), ("bookmarks/", 0.03), ("wiki", 0.02)):
            if self.chance.random() < likelihood:
                self._course_page(tail)
        if self.chance.random() < 0.03:
            self.pen.browser("book", '{"type": "gotopage", "old": 3, "new": 4}', self.door.page(place))

    def _visit_forum(self) -> None:
        self._course_page("discussion/forum/")
        topic, thread = f"{self.chance.getrandbits(128):032x}", f"{self.chance.getrandbits(96):024x}"
        if self.chance.random() < 0.6:
            self._course_page(f"discussion/forum/{topic}/threads/{thread}")
        if self.chance.random() < 0.55:
            self.pen.wait(self.chance.uniform(30, 240))
            written = self.chance.choice(("thread", "response", "comment"))
            payload = {
                "commentable_id": topic,
                "id": thread,
                "body": self.chance.choice(POSTS),
                "title": "Question",
            }
            path = f"/courses/{self.course.key}/discussion/{topic}/threads/create"
            referer = f"{LMS}/courses/{self.course.key}/discussion/forum/"
            self.pen.server(f"edx.forum.{written}.created", json.dumps(payload), referer, path=path)

    def _look_after_the_course(self) -> None:
        for tail in ("instructor", "instructor/api/list_instructor_tasks"):
            self._course_page(tail)

    def _course_page(self, tail: str) -> None:
        self.pen.page_view(f"/courses/{self.course.key}/{tail}", f"{LMS}/courses/{self.course.key}/course/")
        self.pen.wait(self.chance.uniform(5, 60))

    def _go(self, place: Place) -> None:
        if self.visit.door != PHONE and self.chance.random() < 0.75:
            self.pen.browser("page_close", "{}", self.door.page(place))
