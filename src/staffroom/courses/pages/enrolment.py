"""Enrolment: how many learners are enrolled, by day and mode, and who they are."""

from __future__ import annotations

from typing import Any

from staffroom.courses import enrolment as read
from staffroom.courses.enrolment import EnrolmentDay
from staffroom.courses.pages.frame import Visit, course_page, declared, enter, why_empty
from staffroom.courses.pages.learner_table import LearnerList, learner_section
from staffroom.events.keys import CourseKey
from staffroom.metrics.catalogue import metric
from staffroom.metrics.declaration import Column, Kind, Plural, msg, plural
from staffroom.web import formats
from staffroom.web.chart_marks import amount_axis, bars_across, day_axis, lines, name_axis
from staffroom.web.charts import Chart
from staffroom.web.dates import DateRange
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

ENROLLED = Column(
    "enrolled", msg("Enrolled"), Kind.COUNT, msg("Learners enrolled at the end of the day, in any mode.")
)
MODE = Column("mode", msg("Mode"), Kind.TEXT)
SHARE = Column("share", msg("Share"), Kind.SHARE, msg("Of all learners enrolled on the last day shown."))
CHANGE = Column(
    "change", msg("Change"), Kind.COUNT, msg("How many more, or fewer (−), than on the first day shown.")
)

NOW = plural(
    "{count} learner is enrolled at the end of {day}.", "{count} learners are enrolled at the end of {day}."
)
NOW_MORE = plural(
    "{count} learner is enrolled at the end of {day}, {change} more than at the end of {first}.",
    "{count} learners are enrolled at the end of {day}, {change} more than at the end of {first}.",
)
NOW_FEWER = plural(
    "{count} learner is enrolled at the end of {day}, {change} fewer than at the end of {first}.",
    "{count} learners are enrolled at the end of {day}, {change} fewer than at the end of {first}.",
)
NOW_SAME = plural(
    "{count} learner is enrolled at the end of {day}, as many as at the end of {first}.",
    "{count} learners are enrolled at the end of {day}, as many as at the end of {first}.",
)
MOST_IN = msg("{mode} has the most learners: {enrolled} of {all}.")
NOBODY_NOW = msg("Nobody is enrolled at the end of {day}.")
EVER = plural(
    "{count} learner was ever enrolled; enrolled now: {now}.",
    "{count} learners were ever enrolled; {now} of them are enrolled now.",
)


def enrolment(request: SignedInRequest, course: CourseKey) -> Page:
    visit = enter(request, course)
    dates = visit.dates(read.TABLE)
    return course_page(
        visit,
        "enrolment",
        table=read.TABLE,
        dates=dates,
        sections={
            "by_day": lambda: by_day(visit, dates),
            "by_mode": lambda: by_mode(visit, dates),
            "learners": lambda: learners(visit),
        },
    )


def by_day(visit: Visit, dates: DateRange) -> Section:
    days = read.enrolment_days(visit.course, dates)
    modes = read.modes_used(days)
    columns = (
        *declared(read.TABLE, "day"),
        ENROLLED,
        *(Column(read.mode_column(mode), read.mode_title(mode), Kind.COUNT) for mode in modes),
        *declared(read.TABLE, "joined", "left"),
    )
    rows = [_row(day, modes) for day in reversed(days)]
    answered = answer(days)
    return Section(
        slug="by_day",
        title=msg("Enrolment by day"),
        question=msg("How many learners are enrolled, and how did that change?"),
        answer=answered,
        table=Table(columns=columns, rows=rows),
        chart=_chart(days, modes, answered) if days else None,
        metric=metric(read.TABLE),
        empty=None if rows else why_empty(visit.course, read.TABLE, narrowed=not dates.whole),
    )


def by_mode(visit: Visit, dates: DateRange) -> Section:
    days = read.enrolment_days(visit.course, dates)
    modes = read.modes_used(days)
    rows: list[dict[str, Any]] = []
    answered = _mode_answer(days[-1], modes) if days else ""
    if days:
        first, last = days[0], days[-1]
        for mode in modes:
            count = last.by_mode.get(mode, 0)
            share = count / last.enrolled if last.enrolled else None
            change = count - first.by_mode.get(mode, 0)
            shown = mode if visit.is_raw else say(read.mode_title(mode))
            rows.append({"mode": shown, "enrolled": count, "share": share, "change": change})
    return Section(
        slug="by_mode",
        title=msg("Enrolment by mode"),
        question=msg("In which modes are learners enrolled on the last day shown?"),
        answer=answered,
        table=Table(columns=(MODE, ENROLLED, SHARE, CHANGE), rows=rows, bars=frozenset({"enrolled"})),
        chart=_mode_chart(rows, answered) if rows else None,
        metric=metric(read.TABLE),
        empty=None if rows else why_empty(visit.course, read.TABLE, narrowed=not dates.whole),
    )


def learners(visit: Visit) -> Section:
    rows = read.enrolled_learners(visit.course)
    if not visit.is_raw:
        rows = [{**row, "mode": say(read.mode_title(row["mode"] or ""))} for row in rows]
    now = sum(1 for row in rows if row["is_enrolled"])
    return learner_section(
        visit,
        LearnerList(
            page="enrolment",
            slug="learners",
            title=msg("Enrolled learners"),
            question=msg("Who is or was enrolled, and since when?"),
            table="enrolment_summary",
            columns=declared(
                "enrolment_summary", "mode", "is_enrolled", "first_enrolled_at", "last_unenrolled_at"
            ),
            rows=rows,
            answer=say_count(EVER, len(rows), now=formats.count(now)),
            sort="name",
        ),
    )


def answer(days: list[EnrolmentDay]) -> str:
    """How many are enrolled on the last of ``days``, and how many more or fewer than on the first."""
    if not days:
        return ""
    first, last = days[0], days[-1]
    change = last.enrolled - first.enrolled
    text = NOW if len(days) == 1 else _compared(change)
    return say_count(
        text,
        last.enrolled,
        day=formats.day(last.day),
        first=formats.day(first.day),
        change=formats.count(abs(change)),
    )


def _compared(change: int) -> Plural:
    if change == 0:
        return NOW_SAME
    return NOW_MORE if change > 0 else NOW_FEWER


def _mode_answer(last: EnrolmentDay, modes: list[str]) -> str:
    if not last.enrolled:
        return say(NOBODY_NOW, day=formats.day(last.day))
    most = max(modes, key=lambda mode: last.by_mode.get(mode, 0))
    enrolled, everybody = formats.count(last.by_mode.get(most, 0)), formats.count(last.enrolled)
    return say(MOST_IN, mode=say(read.mode_title(most)), enrolled=enrolled, all=everybody)


def _row(day: EnrolmentDay, modes: list[str]) -> dict[str, Any]:
    by_mode = {read.mode_column(mode): day.by_mode.get(mode, 0) for mode in modes}
    return {"day": day.day, "enrolled": day.enrolled, **by_mode, "joined": day.joined, "left": day.left}


def _mode_chart(rows: list[dict[str, Any]], description: str) -> Chart:
    values = [{"mode": row["mode"], "enrolled": row["enrolled"]} for row in rows]
    amount = amount_axis("enrolled", say(msg("Learners")), values, grid=True)
    return Chart(
        title=say(msg("Learners enrolled in each mode")),
        description=description,
        spec=bars_across(values, y=name_axis("mode", values), x=amount),
        height=60 + 26 * len(rows),
    )


def _chart(days: list[EnrolmentDay], modes: list[str], description: str) -> Chart:
    titles = {mode: say(read.mode_title(mode)) for mode in modes}
    values = [
        {"day": day.day.isoformat(), "mode": titles[mode], "enrolled": day.by_mode.get(mode, 0)}
        for day in days
        for mode in modes
    ]
    return Chart(
        title=say(msg("Learners enrolled by day")),
        description=description,
        spec=lines(
            values,
            x=day_axis("day", values),
            y=amount_axis("enrolled", say(ENROLLED.title), values),
            series="mode",
            points=False,
        ),
    )
