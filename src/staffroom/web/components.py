"""Every component of the pages, shown once with made-up numbers, for those who build pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.http import Http404

from staffroom.accounts.access import is_administrator
from staffroom.metrics.declaration import Column, Kind, plural
from staffroom.web.chart_marks import amount_axis, day_axis, lines
from staffroom.web.charts import Chart
from staffroom.web.dates import DateRange
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Crumb, Page, Tab
from staffroom.web.paging import Paging
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.tables import Row, Table
from staffroom.web.words import say_count

FIRST_WEEK = date(2026, 8, 3)
ACTIVE = (41, 63, 71, 68, 74, 59, 62, 55)
VIDEO = (12, 30, 48, 35, 22, 20, 11, 4)
WEEK_COLUMNS = (
    Column("week", "Week of", Kind.WEEK),
    Column("active", "Active", Kind.COUNT, help="Learners who did anything in the course that week."),
    Column("played_video", "Played a video", Kind.COUNT, help="Learners who started a video."),
    Column("share", "Share active", Kind.SHARE, help="Active learners among those enrolled."),
    Column("median", "Median time", Kind.SECONDS, help="Half of the learners spent less."),
)
LIST_COLUMNS = (
    Column("name", "Course", Kind.TEXT),
    Column("key", "Key", Kind.COURSE),
    Column("enrolled", "Learners", Kind.COUNT, help="Learners enrolled on the last day with data."),
    Column("last_seen", "Last event", Kind.INSTANT),
    Column("weeks", "By week", Kind.COUNT, help="Active learners in each of the last weeks."),
)
WEEKS_ANSWER = plural(
    "In the last week, {count} learner was active.", "In the last week, {count} learners were active."
)


class _Made:
    """Freshness of made-up numbers: computed this morning, up to yesterday."""

    def __init__(self, problem: str | None = None) -> None:
        now = datetime.now(UTC)
        self.through = now.date() - timedelta(days=1)
        self.computed_at = now - timedelta(hours=3)
        self.problem = problem


def components(request: SignedInRequest) -> Page:
    """For administrators, and for everybody in a demonstration."""
    if not (is_administrator(request.user) or settings.INSTANCE.institution.demo):
        raise Http404
    made: dict[str, Callable[[], Section]] = {
        "weeks": _weeks,
        "courses": partial(_courses, request),
        **{cause.value: partial(_empty, cause) for cause in Cause},
    }
    return Page(
        title="Components",
        kicker="for developers",
        lead="Each part of a page, once, with made-up numbers.",
        crumbs=(Crumb("Courses", "/"),),
        tabs=(Tab("Components", request.path, current=True), Tab("Another page", f"{request.path}#courses")),
        dates=DateRange.read(request.GET, since=FIRST_WEEK, until=date(2026, 9, 27)),
        freshness=_Made("ExampleError" if "failed" in request.GET else None),
        notices=("A notice tells what was changed without being asked.",),
        sections=made,
        template="web/components.html",
    )


def _weeks() -> Section:
    rows: list[Row] = [
        {
            "week": FIRST_WEEK + timedelta(weeks=index),
            "active": active,
            "played_video": video,
            "share": active / 80,
            "median": None if index == 7 else 1500 + 301 * index,
        }
        for index, (active, video) in enumerate(zip(ACTIVE, VIDEO, strict=True))
    ]
    return Section(
        slug="weeks",
        title="Activity by week",
        question="How many learners were active in each week, and what did they do?",
        answer=say_count(WEEKS_ANSWER, ACTIVE[-1]),
        table=Table(columns=WEEK_COLUMNS, rows=rows, bars=frozenset({"active"})),
        chart=Chart(
            title="Active learners and those who played a video, by week",
            description="Activity rises to 74 in the fifth week and falls to 55 in the last; video follows.",
            spec=lambda: _weeks_spec(rows),
        ),
    )


def _weeks_spec(rows: Sequence[Row]) -> dict[str, Any]:
    values: list[dict[str, Any]] = [
        {"week": str(row["week"]), "learners": row[name], "what": title}
        for row in rows
        for name, title in (("active", "Active"), ("played_video", "Played a video"))
    ]
    return lines(
        values,
        x=day_axis("week", values),
        y=amount_axis("learners", "Learners", values),
        series="what",
    )


def _courses(request: SignedInRequest) -> Section:
    paging = Paging.of(request, size=3).with_total(7)
    rows: list[Row] = [
        {
            "name": name,
            "key": f"course-v1:Example+{101 + index}+2026",
            "enrolled": 1234 * index,
            "last_seen": datetime(2026, 9, 26, 14, 5, tzinfo=UTC) if index else None,
            "weeks": tuple((index + 1) * value % 97 for value in ACTIVE),
        }
        for index, name in enumerate(("Soil and water", "Bridges", "=Numbers and a formula"))
    ]
    return Section(
        slug="courses",
        title="A list with sparklines",
        question="What does a list of things with small drawings look like?",
        answer="Three of seven rows are on this page.",
        table=Table(
            columns=LIST_COLUMNS,
            rows=rows,
            caption="A caption of its own, where the title would not do.",
            links={"name": lambda row: f"#{row['name']}"},
            paging=paging,
        ),
    )


def _empty(cause: Cause) -> Section:
    return Section(
        slug=cause.value,
        title=f"Empty: {cause.value.replace('_', ' ')}",
        question="What if there is nothing to show?",
        answer="",
        table=Table(columns=WEEK_COLUMNS, rows=()),
        empty=Empty(cause),
    )
