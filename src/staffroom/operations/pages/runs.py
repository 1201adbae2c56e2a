"""Runs: what was run, when, by whom, how it went; and the button that starts a night now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from staffroom.accounts.models import Person
from staffroom.jobs import runs as jobs
from staffroom.jobs.models import Run
from staffroom.jobs.models.run import COMMAND_LINE, SCHEDULE
from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.operations.pages.frame import for_administrators, operations_page
from staffroom.operations.pages.words import say_state, say_task
from staffroom.web import formats
from staffroom.web.chart_marks import amount_axis, bars, grouped_axis
from staffroom.web.charts import Chart
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.paging import Paging
from staffroom.web.request import SignedInRequest, is_read_by_people
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

COLUMNS = (
    Column("name", msg("Run"), Kind.TEXT),
    Column("state", msg("State"), Kind.TEXT),
    Column("started_at", msg("Started"), Kind.INSTANT),
    Column("seconds", msg("Duration"), Kind.SECONDS),
    Column("started_by", msg("By"), Kind.TEXT, msg("The schedule, the command line, or a person.")),
    Column("read", msg("Read"), Kind.COUNT, msg("Rows that the run looked at.")),
    Column("kept", msg("Kept"), Kind.COUNT, msg("Rows that are new.")),
    Column("repeated", msg("Repeated"), Kind.COUNT, msg("Good rows that were there already.")),
    Column("skipped", msg("Skipped"), Kind.COUNT, msg("Rows that were set aside; the number leads to them.")),
    Column("problem", msg("Problem"), Kind.TEXT, msg("The class of the error that ended it.")),
    Column("queued_at", msg("Asked for"), Kind.INSTANT),
)
FEWEST_COMPARED = 3
"""So many runs make a chart; fewer are compared by the bars in the table."""

ANSWER = plural(
    "{count} run is listed: {name}, {state}.", "{count} runs are listed, the newest: {name}, {state}."
)


@for_administrators
def runs(request: SignedInRequest) -> Page:
    return operations_page(
        "runs",
        {"runs": lambda: _section(request)},
        lead=say(msg("Each piece of work, the newest first.")),
        template="operations/runs.html",
    )


@require_POST
@for_administrators
def start_nightly(request: SignedInRequest) -> HttpResponse:
    """Queue a nightly run; where one waits already, that one."""
    run = jobs.queue("nightly", started_by=str(request.user.pk))
    messages.success(request, say(msg("A nightly run waits for a worker.")))
    return redirect("run", run=run.id)


def _section(request: SignedInRequest) -> Section:
    found = Run.objects.all()
    paging = Paging.of(request).with_total(found.count())
    shown = list(found[paging.window])
    answered = _answer(found.first(), paging.total)
    return Section(
        slug="runs",
        title=msg("Runs"),
        question=msg("What was run, and how did it go?"),
        answer=answered,
        table=Table(
            columns=COLUMNS,
            rows=rows(shown, translated=is_read_by_people(request)),
            links={
                "name": lambda row: reverse("run", args=[row["id"]]),
                "skipped": lambda row: skipped_rows(row["skipped"]),
            },
            bars=frozenset({"seconds"}),
            paging=paging,
        ),
        chart=_chart(shown, answered),
        empty=Empty(Cause.NOTHING_KEPT, say(msg("Nothing has been run yet. Start a nightly run above."))),
    )


def _answer(newest: Run | None, count: int) -> str:
    if newest is None:
        return ""
    return say_count(ANSWER, count, name=say_task(newest.name), state=say_state(newest.state))


def _chart(shown: list[Run], description: str) -> Chart | None:
    """How long the runs of this page took, oldest first; nothing where there is nothing to compare."""
    over = [(run, seconds) for run in reversed(shown) if (seconds := seconds_of(run)) is not None]
    if len(over) < FEWEST_COMPARED:
        return None
    values = [{"place": place, "minutes": seconds / 60} for place, (_, seconds) in enumerate(over, 1)]
    days = [formats.day(timezone.localdate(run.started_at)) for run, _ in over]
    return Chart(
        title=say(msg("Duration of each run, the newest last")),
        description=description,
        spec=bars(
            values, x=grouped_axis("place", days), y=amount_axis("minutes", say(msg("Minutes")), values)
        ),
    )


def rows(found: list[Run], *, translated: bool) -> list[dict[str, Any]]:
    """One row a run; with ``translated``, names and states are in the reader's language."""
    names = people_names(run.started_by for run in found)
    return [
        {
            "id": run.id,
            "name": say_task(run.name) if translated else run.name,
            "state": say_state(run.state) if translated else run.state,
            "queued_at": run.queued_at,
            "started_at": run.started_at,
            "seconds": seconds_of(run),
            "started_by": say_started_by(run.started_by, names) if translated else run.started_by,
            **{name: run.counts.get(name) for name in ("read", "kept", "repeated", "skipped")},
            "problem": run.problem or None,
        }
        for run in found
    ]


def skipped_rows(skipped: object) -> str | None:
    """Where to look at rows that were set aside: deliveries, those with the most first."""
    return f"{reverse('deliveries')}?sort=-skipped" if skipped else None


def seconds_of(run: Run) -> int | None:
    duration = run.duration()
    return int(duration.total_seconds()) if duration is not None else None


def people_names(started_by: Iterable[str]) -> dict[str, str]:
    """Names of the people among those who started something, by id as text."""
    ids = {int(who) for who in started_by if who.isdigit()}
    return {str(pk): name for pk, name in Person.objects.filter(pk__in=ids).values_list("pk", "name")}


def say_started_by(who: str, names: dict[str, str]) -> str:
    if who == SCHEDULE:
        return say(msg("the schedule"))
    if who == COMMAND_LINE:
        return say(msg("the command line"))
    return names.get(who) or say(msg("a former person"))
