"""A course's overview: the questions that its pages answer, with the answer of today and the trend."""

from __future__ import annotations

from staffroom.courses import engagement as weekly
from staffroom.courses.courses import OpenCourse
from staffroom.courses.pages.frame import Visit, course_page, enter, why_empty
from staffroom.courses.pages.news import Line, lines, news
from staffroom.courses.paths import course_path
from staffroom.events.keys import CourseKey
from staffroom.metrics.declaration import Column, Kind, msg
from staffroom.web import formats
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say

QUESTIONS = {
    "enrolment": msg("How many learners are enrolled, and how did that change?"),
    "engagement": msg("How many learners were active each week, and what did they do?"),
    "videos": msg("Which videos are watched, and how far?"),
    "time": msg("How long did learners spend on each unit?"),
    "visits": msg("How often was each unit opened?"),
}
"""What each page answers first, in its own words."""

QUESTION = Column("question", msg("Question"), Kind.TEXT)
ANSWER = Column("answer", msg("Answer"), Kind.TEXT)
CHANGE = Column(
    "change",
    msg("In a week"),
    Kind.TEXT,
    msg(
        "How the last seven days differ from the seven before; for learners active and videos played, "
        "the last full week from the one before."
    ),
)
TREND = Column(
    "trend",
    msg("Trend"),
    Kind.COUNT,
    msg("By day; for learners active and videos played, by full week. The line stands on zero."),
)

UNKNOWN = msg("Not known yet.")
REASONS = {
    "administrator": msg("You see this course because you are an administrator."),
    "staff": msg("You see this course because you are on its staff."),
    "instructor": msg("You see this course because you are its instructor."),
    "researcher": msg("You see this course because you are a researcher of it."),
}
RUNS_BETWEEN = msg("It runs from {start} to {end}.")
RUNS_FROM = msg("It runs from {start}.")
RUNS_UNTIL = msg("It runs until {end}.")


def home(request: SignedInRequest, course: CourseKey) -> Page:
    visit = enter(request, course)
    return course_page(
        visit,
        "home",
        table=weekly.TABLE,
        lead=lead(visit.course),
        sections={"questions": lambda: questions(visit)},
    )


def lead(course: OpenCourse) -> str:
    """Why the viewer sees the course, and when it runs."""
    sentences = [say(REASONS[course.reason])]
    start, end = course.starts_on, course.ends_on
    if start and end:
        sentences.append(say(RUNS_BETWEEN, start=formats.day(start), end=formats.day(end)))
    elif start:
        sentences.append(say(RUNS_FROM, start=formats.day(start)))
    elif end:
        sentences.append(say(RUNS_UNTIL, end=formats.day(end)))
    return " ".join(sentences)


def questions(visit: Visit) -> Section:
    found = lines(visit)
    rows = (
        [_row(page, found[page]) for page in QUESTIONS] if any(line.answer for line in found.values()) else []
    )
    return Section(
        slug="questions",
        title=msg("This morning"),
        question=msg("What do the numbers say about this course, and what changed since the week before?"),
        answer=news(visit.course) or next((line.answer for line in found.values() if line.answer), ""),
        table=Table(
            columns=(QUESTION, ANSWER, CHANGE, TREND),
            rows=rows,
            links={"question": lambda row: course_path(visit.course.key, str(row["page"]))},
        ),
        empty=None if rows else why_empty(visit.course, weekly.TABLE, narrowed=False),
    )


def _row(page: str, line: Line) -> dict[str, object]:
    return {
        "question": say(QUESTIONS[page]),
        "answer": line.answer or say(UNKNOWN),
        "change": line.change or None,
        "trend": line.trend or None,
        "page": page,
    }
