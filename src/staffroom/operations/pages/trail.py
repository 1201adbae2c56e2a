"""The audit trail: who looked at which learners' records, when, on which page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from staffroom.accounts.models import Person, View
from staffroom.accounts.trail import unpacked
from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.operations.pages.frame import for_administrators, operations_page
from staffroom.students.trail import SOURCE as STUDENTS
from staffroom.web.dates import DateRange
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.paging import Paging
from staffroom.web.request import SignedInRequest, is_read_by_people
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

SHOWN_LEARNERS = 5

COLUMNS = (
    Column("at", msg("When"), Kind.INSTANT),
    Column("person", msg("Who"), Kind.TEXT),
    Column("person_id", msg("Person's id"), Kind.TEXT),
    Column("what", msg("Page"), Kind.TEXT, msg("The page or resource, and its form.")),
    Column("course_id", msg("Course"), Kind.COURSE),
    Column("learner_count", msg("Learners"), Kind.COUNT, msg("How many learners the answer named.")),
    Column(
        "learners",
        msg("Whom"),
        Kind.LEARNER,
        msg("Source and id; CSV and JSON hold all of them. Students are named to project leads only."),
    ),
)
ANSWER = plural("{count} view is noted.", "{count} views are noted.")
MATCHING = plural("{count} view matches.", "{count} views match.")


@for_administrators
def trail(request: SignedInRequest) -> Page:
    dates = DateRange.read(request.GET, until=datetime.now(settings.INSTANCE.institution.zone).date())
    page = operations_page(
        "trail",
        {"trail": lambda: _section(request, dates)},
        lead=say(msg("Each view of learners' records is here, exports included.")),
        template="operations/trail.html",
        context={"who": _asked(request, "who"), "course": _asked(request, "course")},
    )
    return replace(page, dates=dates)


def _asked(request: SignedInRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\0", "").strip()[:255]  # PostgreSQL refuses a NUL


def _section(request: SignedInRequest, dates: DateRange) -> Section:
    found = _found(request, dates)
    narrowed = bool(_asked(request, "who") or _asked(request, "course") or not dates.whole)
    paging = Paging.of(request).with_total(found.count())
    shown = found[paging.window]
    return Section(
        slug="trail",
        title=msg("Trail"),
        question=msg("Who saw whom?"),
        answer=say_count(MATCHING if narrowed else ANSWER, paging.total),
        table=Table(
            columns=COLUMNS,
            rows=_rows(shown, whole=not is_read_by_people(request)),
            paging=paging,
        ),
        empty=Empty(
            Cause.FILTER_TOO_NARROW, say(msg("Nobody has looked at learners' records in this selection."))
        ),
    )


def _found(request: SignedInRequest, dates: DateRange) -> QuerySet[View]:
    found = View.objects.order_by("-at", "-id")
    who, course = _asked(request, "who"), _asked(request, "course")
    if who:
        found = found.filter(person_id__in=_people(who))
    if course:
        found = found.filter(course_id=course)
    zone = settings.INSTANCE.institution.zone
    if dates.start:
        found = found.filter(at__gte=datetime.combine(dates.start, time(), zone).astimezone(UTC))
    if dates.end:
        found = found.filter(
            at__lt=datetime.combine(dates.end + timedelta(days=1), time(), zone).astimezone(UTC)
        )
    return found


def _people(who: str) -> list[int]:
    """Ids of the people with this id, or with this in their address or name."""
    if who.isdecimal():
        return [int(who)] if len(who) < 18 else []
    matching = Person.objects.filter(Q(email__icontains=who) | Q(name__icontains=who))
    return list(matching.values_list("pk", flat=True))


def _rows(found: QuerySet[View], *, whole: bool) -> list[dict[str, Any]]:
    views = list(found)
    ids = {view.person_id for view in views}
    names = dict(Person.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [
        {
            "at": view.at,
            "person": view.client or names.get(view.person_id),
            "person_id": None if view.client else str(view.person_id),
            "what": view.what,
            "course_id": view.course_id or None,
            "learner_count": view.learner_count,
            "learners": _learners(view, whole=whole),
        }
        for view in views
    ]


def _learners(view: View, *, whole: bool) -> str:
    """Whom a view named, but for students: who runs the site need not know them."""
    learners = [
        f"{source}/{learner_id}" for source, learner_id in unpacked(view.learners) if source != STUDENTS
    ]
    if whole or len(learners) <= SHOWN_LEARNERS:
        return " ".join(learners)
    return f"{' '.join(learners[:SHOWN_LEARNERS])} …"
