"""A student's absences and tardies: by month over four years, and day by day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students import history
from staffroom.students.models import Attendance
from staffroom.students.pages.area import OpenStudent, open_student
from staffroom.students.pages.month_charts import month_chart
from staffroom.students.pages.profile_frame import profile_page
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.paging import Paging
from staffroom.web.request import SignedInRequest, is_read_by_people
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

MONTH = Column("month", msg("Month"), Kind.DAY, msg("Its first day."))
ABSENCES = (
    MONTH,
    Column("unexcused", msg("Unexcused"), Kind.COUNT, msg("Or not known whether excused."), unit=msg("days")),
    Column("excused", msg("Excused"), Kind.COUNT, unit=msg("days")),
)
TARDIES = (MONTH, Column("tardies", msg("Tardies"), Kind.COUNT, unit=msg("days")))
DAYS = (
    Column("day", msg("Day"), Kind.DAY),
    Column("kind", msg("What"), Kind.TEXT),
    Column("is_excused", msg("Excused"), Kind.FLAG),
    Column("is_dismissed", msg("Sent home"), Kind.FLAG, msg("During the day.")),
    Column("reason", msg("Reason"), Kind.TEXT),
    Column("comment", msg("Comment"), Kind.TEXT),
)
KINDS = {Attendance.Kind.ABSENCE: msg("Absent"), Attendance.Kind.TARDY: msg("Tardy")}
DAYS_ABSENT = plural(
    "{count} day absent in the last 48 months.", "{count} days absent in the last 48 months."
)
DAYS_TARDY = plural("{count} day tardy in the last 48 months.", "{count} days tardy in the last 48 months.")
ENTRIES = plural("{count} absence or tardy is recorded.", "{count} absences and tardies are recorded.")
NEVER_ABSENT = msg("No absence is recorded.")
NEVER_TARDY = msg("No tardy is recorded.")


def attendance(request: SignedInRequest, student: int) -> Page:
    """A student's absences and tardies by month, and each of them."""
    opened = open_student(request, student)
    return profile_page(
        opened,
        "student-attendance",
        {
            "absences": lambda: _absences(opened),
            "tardies": lambda: _tardies(opened),
            "days": lambda: _days(opened),
        },
    )


def _absences(opened: OpenStudent) -> Section:
    months = history.absences(opened.student, opened.visit.days.today)
    total = sum(one.unexcused + one.excused for one in months)
    answer = say_count(DAYS_ABSENT, total)
    parts = (("unexcused", say(msg("Unexcused"))), ("excused", say(msg("Excused"))))
    values = [
        {"month": one.month.isoformat(), "part": title, "count": getattr(one, name)}
        for one in months
        for name, title in parts
    ]
    return Section(
        slug="absences",
        title=msg("Absences"),
        question=msg("How often was this student absent, and is it getting better?"),
        answer=answer,
        table=Table(
            columns=ABSENCES,
            rows=_newest([{"month": m.month, "unexcused": m.unexcused, "excused": m.excused} for m in months])
            if total
            else [],
        ),
        chart=month_chart(opened, say(msg("Days absent by month")), answer, values, series="part"),
        empty=Empty(Cause.NOTHING_KEPT, say(NEVER_ABSENT)),
    )


def _tardies(opened: OpenStudent) -> Section:
    months = history.tardies(opened.student, opened.visit.days.today)
    total = sum(one.count for one in months)
    answer = say_count(DAYS_TARDY, total)
    values = [{"month": one.month.isoformat(), "count": one.count} for one in months]
    return Section(
        slug="tardies",
        title=msg("Tardies"),
        question=msg("How often did this student come late?"),
        answer=answer,
        table=Table(
            columns=TARDIES,
            rows=_newest([{"month": one.month, "tardies": one.count} for one in months]) if total else [],
        ),
        chart=month_chart(opened, say(msg("Days tardy by month")), answer, values),
        empty=Empty(Cause.NOTHING_KEPT, say(NEVER_TARDY)),
    )


def _newest(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return list(reversed(rows))


def _days(opened: OpenStudent) -> Section:
    request = opened.visit.request
    found = Attendance.objects.current().filter(student=opened.student).order_by("-day", "kind")
    paging = Paging.of(request, parameter="days-page").with_total(found.count())
    for_people = is_read_by_people(request)
    return Section(
        slug="days",
        title=msg("Day by day"),
        question=msg("On which days, and why?"),
        answer=say_count(ENTRIES, paging.total),
        table=Table(
            columns=DAYS,
            rows=[
                {
                    "day": one.day,
                    "kind": say(KINDS[Attendance.Kind(one.kind)]) if for_people else one.kind,
                    "is_excused": one.is_excused,
                    "is_dismissed": one.is_dismissed,
                    "reason": one.reason or None,
                    "comment": one.comment or None,
                }
                for one in found[paging.window]
            ],
            paging=paging,
        ),
        empty=Empty(Cause.NOTHING_KEPT, say(msg("No absence and no tardy is recorded."))),
    )
