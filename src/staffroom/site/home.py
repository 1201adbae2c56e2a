"""The home page: the courses of the person who signed in."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponseBase
from django.shortcuts import redirect

from staffroom.courses.access import courses_for
from staffroom.courses.courses import CourseLine, course_list
from staffroom.courses.paths import course_path
from staffroom.errors import SettingsError
from staffroom.events.keys import CourseKey
from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.metrics.scope import Everything
from staffroom.students.access import educator_of
from staffroom.students.viewing import viewer_of
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.paging import Paging
from staffroom.web.request import SignedInRequest, is_read_by_people
from staffroom.web.sections import Section
from staffroom.web.tables import Row, Table
from staffroom.web.words import say, say_count

COLUMNS = (
    Column("name", msg("Course"), Kind.TEXT),
    Column(
        "key", msg("Key"), Kind.COURSE, help=msg("The key by which the learning system knows the course.")
    ),
    Column("enrolled", msg("Learners"), Kind.COUNT, help=msg("Learners enrolled on the last day with data.")),
    Column(
        "active_last_week",
        msg("Active last week"),
        Kind.COUNT,
        help=msg("Learners who did something in the last complete week."),
    ),
    Column("weeks", msg("By week"), Kind.COUNT, help=msg("Active learners in each of up to twelve weeks.")),
)
ALL = plural("{count} course is open to you.", "{count} courses are open to you.")
FOUND = plural("{count} course matches “{words}”.", "{count} courses match “{words}”.")
NO_ROLE = msg("An administrator can give you a role in a course; you sign in as {address}.")
TABLE = "weekly_activity"


def home(request: SignedInRequest) -> Page | HttpResponseBase:
    """One row a course; ``?q=`` keeps those whose name or key holds every word.

    An educator to whom no course is open begins with their students.
    """
    if is_read_by_people(request) and not _has_courses(request) and _is_educator(request):
        return redirect("students:home")
    return Page(
        title=say(msg("Courses")),
        sections={"courses": lambda: courses_section(request)},
        freshness=request.published.freshness(TABLE),
        file_name="staffroom",
        template="site/home.html",
        context={"words": words_in(request)},
    )


def words_in(request: SignedInRequest) -> str:
    """What is searched for."""
    return request.GET.get("q", "").strip()[:100]


def courses_section(request: SignedInRequest) -> Section:
    """The courses that are open and match what is searched for."""
    words = words_in(request)
    scope = courses_for(request.user)
    lines = course_list(request.published, scope)
    found = [line for line in lines if matches(line, words)]
    failed = bool(request.published.freshness(TABLE).problem)
    paging = Paging.of(request).with_total(len(found))
    return Section(
        slug="courses",
        title=msg("Your courses"),
        question=msg("Which courses are open to me, and how active are they?"),
        answer=say_count(FOUND if words else ALL, len(found), **({"words": words} if words else {})),
        table=_table(found[paging.window], paging),
        empty=_empty(request, lines, everything=isinstance(scope, Everything), failed=failed),
    )


def _has_courses(request: SignedInRequest) -> bool:
    scope = courses_for(request.user)
    return isinstance(scope, Everything) or bool(scope.keys)


def _is_educator(request: SignedInRequest) -> bool:
    try:
        return educator_of(viewer_of(request)) is not None
    except SettingsError:  # the pages of students say what is wrong
        return False


def matches(line: CourseLine, words: str) -> bool:
    """True where each of the words stands in the course's name or key."""
    text = f"{line.name} {line.key}".casefold()
    return all(word in text for word in words.casefold().split())


def _table(lines: Sequence[CourseLine], paging: Paging) -> Table:
    rows = [
        {
            "name": line.name,
            "key": line.key,
            "enrolled": line.enrolled,
            "active_last_week": line.active_last_week,
            "weeks": line.weeks,
        }
        for line in lines
    ]
    return Table(columns=COLUMNS, rows=rows, links={"name": _address}, paging=paging)


def _address(row: Row) -> str:
    return course_path(CourseKey(str(row["key"])))


def _empty(request: SignedInRequest, lines: Sequence[CourseLine], *, everything: bool, failed: bool) -> Empty:
    if lines:
        return Empty(
            Cause.FILTER_TOO_NARROW, say(msg("No course has all of these words in its name or key."))
        )
    if not everything:
        return Empty(Cause.NO_PERMISSION, say(NO_ROLE, address=request.user.email))
    return Empty(Cause.SOURCE_FAILED if failed else Cause.NOTHING_IMPORTED)
