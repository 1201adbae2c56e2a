"""Answering a problem: what the browser posts, what the server answers, and what is recorded of both."""

from __future__ import annotations

import json
import random
from urllib.parse import urlencode

from staffroom.demo.courses import Place, Problem
from staffroom.demo.moving import Door
from staffroom.demo.pen import Pen
from staffroom.demo.watching import dashed, in_path

CHOICES = 4
LONG_ANSWER = (
    "Because the water that falls on the far side of the hill has to go round it, and takes longer. " * 6
)


class Answering:
    """One learner and one problem, until it is right, or no longer fun."""

    def __init__(self, pen: Pen, chance: random.Random, door: Door) -> None:
        self.pen, self.chance, self.door = pen, chance, door

    def answer(self, problem: Problem, place: Place) -> None:
        wrong = problem.difficulty
        for attempt in range(1, 5):
            self.pen.wait(self.chance.uniform(15, 110))
            correct = self.chance.random() >= wrong
            self._hand_in(problem, place, attempt, correct=correct)
            if correct or self.chance.random() < 0.25:
                break
            wrong *= 0.7

    def _hand_in(self, problem: Problem, place: Place, attempt: int, *, correct: bool) -> None:
        """Five lines: the form, the request, the server's judgement and grade, the browser's reply."""
        page = self.door.page(place)
        part = f"{self._name(problem)}_2_1"
        choice = LONG_ANSWER if self.chance.random() < 0.03 else f"choice_{self.chance.randrange(CHOICES)}"
        form = {f"input_{part}": choice}
        path = self.pen.handler(in_path(problem.key), "problem_check")
        self.pen.browser("problem_check", urlencode(form), page)
        self.pen.request(path, {name: [value] for name, value in form.items()}, page)
        judged = _judgement(problem, part, choice, attempt, correct=correct)
        named = json.dumps({"display_name": problem.name, "usage_key": problem.key})
        module = f', "module": {named}, "asides": {{}}'
        self.pen.server("problem_check", judged, page, path=path, module=module, page='"x_module"')
        self._grade(problem, page, path, correct=correct)
        self.pen.browser("problem_graded", json.dumps([part, "<div class='problem'></div>"]), page)

    def _grade(self, problem: Problem, page: str, path: str, *, correct: bool) -> None:
        grade = {
            "course_id": self.pen.course.key,
            "user_id": str(self.pen.account.user_id),
            "problem_id": problem.key,
            "weighted_earned": int(correct),
            "weighted_possible": 1,
        }
        self.pen.server("edx.grades.problem.submitted", json.dumps(grade), page, path=path)

    def _name(self, problem: Problem) -> str:
        return dashed(problem.key) if self.pen.course.legacy else problem.short


def _judgement(problem: Problem, part: str, choice: str, attempt: int, *, correct: bool) -> str:
    verdict = "correct" if correct else "incorrect"
    return json.dumps(
        {
            "problem_id": problem.key,
            "success": verdict,
            "grade": int(correct),
            "max_grade": 1,
            "attempts": attempt,
            "answers": {part: choice},
            "correct_map": {part: {"correctness": verdict, "npoints": None, "msg": "", "hint": ""}},
            "state": {"seed": 1, "done": True, "student_answers": {part: choice}},
            "submission": {
                part: {
                    "question": "Which of these is it?",
                    "answer": choice,
                    "response_type": "multiplechoiceresponse",
                    "input_type": "choicegroup",
                    "correct": correct,
                    "variant": "",
                }
            },
        }
    )
