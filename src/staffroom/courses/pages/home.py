"""A course's overview: the questions that its pages answer, each with its answer of today."""

from __future__ import annotations

from staffroom.courses import engagement as weekly
from staffroom.courses import enrolment as enrolled
from staffroom.courses import videos as watched
from staffroom.courses.courses import OpenCourse
from staffroom.courses.pages import engagement, enrolment, time, videos, visits
from staffroom.courses.pages.frame import TABS, Visit, course_page, enter, why_empty
from staffroom.courses.paths import course_path
from staffroom.events.keys import CourseKey
from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.web import formats
from staffroom.web.dates import DateRange
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

QUESTION = Column("question", msg("Question"), Kind.TEXT)
ANSWER = Column("answer", msg("Answer"), Kind.TEXT)
PAGE = Column("page", msg("Page"), Kind.TEXT)

QUESTIONS = {
    "enrolment": msg("How many learners are enrolled, and how did that change?"),
    "engagement": msg("How many learners were active each week, and what did they do?"),
    "videos": msg("Which videos are watched, and how far?"),
    "time": msg("How long did learners spend on each unit?"),
    "visits": msg("How often was each unit opened?"),
}
"""What each page answers first, in its own words."""

UNKNOWN = msg("Not known yet.")
ANSWERED = plural("{count} question has an answer today.", "{count} questions have answers today.")
REASONS = {
    "administrator": msg("You see this course because you are an administrator."),
    "staff": msg("You see this course because you are on its staff."),
    "instructor": msg("You see this course because you are its instructor."),
    "researcher": msg("You see this course because you are a researcher of it."),
}
RUNS_BETWEEN = msg("It runs from {start} to {end}.")
RUNS_FROM = msg("It runs from {start}.")
RUNS_UNTIL = msg("It runs until {end}.")
ALL = DateRange()


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
    rows = [
        {"question": say(question), "answer": _answer(visit, page) or say(UNKNOWN), "page": say(TABS[page])}
        for page, question in QUESTIONS.items()
    ]
    pages = {say(question): page for page, question in QUESTIONS.items()}
    known = any(row["answer"] != say(UNKNOWN) for row in rows)
    return Section(
        slug="questions",
        title=msg("Questions and answers"),
        question=msg("What do the numbers say about this course today?"),
        answer=say_count(ANSWERED, sum(row["answer"] != say(UNKNOWN) for row in rows)),
        table=Table(
            columns=(QUESTION, ANSWER, PAGE),
            rows=rows if known else (),
            links={"question": lambda row: course_path(visit.course.key, pages[str(row["question"])])},
        ),
        empty=None if known else why_empty(visit.course, weekly.TABLE, narrowed=False),
    )


def _answer(visit: Visit, page: str) -> str:
    course = visit.course
    if page == "enrolment":
        return enrolment.answer(enrolled.enrolment_days(course, ALL))
    if page == "engagement":
        return engagement.answer(weekly.weeks(course, ALL))
    if page == "videos":
        return videos.answer(watched.videos(course))
    if page == "time":
        return time.answer(time.spent(visit, ALL))
    return visits.answer(visits.made(visit, ALL))
