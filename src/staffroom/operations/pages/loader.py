"""The loader: how it stands, its buttons, what the last test and dry run said, and every run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse

from staffroom.config import Instance, load_instance
from staffroom.errors import SettingsError
from staffroom.jobs.models import Run, State
from staffroom.loader.settings import LoaderSettings, loader_settings
from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.operations import loading
from staffroom.operations.loading import CHECK, SEND, Sent
from staffroom.operations.pages.frame import for_administrators, operations_page
from staffroom.operations.pages.loader_words import (
    answer_of,
    say_part,
    say_reason_of_loader,
    unsafe_notices,
)
from staffroom.operations.pages.run import REFRESH_SECONDS, STEP_COLUMNS
from staffroom.operations.pages.words import say_standing, say_task
from staffroom.web import formats
from staffroom.web.empty import Cause, Empty
from staffroom.web.faces import respond
from staffroom.web.pages import Page
from staffroom.web.paging import Paging
from staffroom.web.request import SignedInRequest, is_read_by_people
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

SENT_COLUMNS = (
    Column("file", msg("File"), Kind.TEXT),
    Column("began_at", msg("Began"), Kind.INSTANT),
    Column(
        "complete", msg("Complete"), Kind.FLAG, msg("Whether all of it was sent and its report is final.")
    ),
    Column("read", msg("Read"), Kind.COUNT, msg("Rows that the run looked at.")),
    Column("taken", msg("Taken"), Kind.COUNT, msg("Rows that the API took.")),
    Column("unchanged", msg("Unchanged"), Kind.COUNT, msg("Rows that the API has already; not sent again.")),
    Column("set_aside", msg("Set aside"), Kind.COUNT, msg("Rows that were not sent or were refused.")),
    Column("students_per_second", msg("Students a second"), Kind.COUNT, msg("Of its last try.")),
    Column("seconds", msg("Duration"), Kind.SECONDS, msg("Of its last try.")),
)
LISTED_COLUMNS = tuple(replace(column, help="") for column in SENT_COLUMNS)
"""The same, further down on the page that has told what they mean."""
WORK_COLUMNS = (
    *STEP_COLUMNS,
    Column("rate", msg("A second"), Kind.COUNT, msg("Since the run began.")),
)
CHECK_COLUMNS = (
    Column("part", msg("Part"), Kind.TEXT),
    Column("good", msg("Good"), Kind.FLAG),
    Column("said", msg("What it gave"), Kind.TEXT),
)
REHEARSAL_COLUMNS = (
    Column("what", msg("What"), Kind.TEXT),
    Column("count", msg("How many"), Kind.COUNT),
)
ROWS_A_PAGE = 20

RUNS_ANSWER = plural("{count} run is kept.", "{count} runs are kept.")
CHECK_ANSWER = plural("{good} of {count} part is good.", "{good} of {count} parts are good.")
REHEARSAL_ANSWER = msg("{rows} rows were read; {kept} would be sent in {batches} batches. Nothing was sent.")
BROKEN = msg("The settings cannot be used: {why}")
BEGIN = msg(
    "The loader is not set up. Fill in its settings here, write [loader] into staffroom.toml, or take over "
    "the settings of an older loader with 'staffroom loader import-settings'."
)


def fresh(request: SignedInRequest) -> Instance:
    """The instance as its files say now: the settings may have been changed since the site was started."""
    return load_instance(request.instance.root)


@for_administrators
def loader(request: SignedInRequest) -> Page | HttpResponseBase:
    """How the loader stands; while a run goes on the page asks for itself again, without any script."""
    try:
        instance = fresh(request)
        settings = loader_settings(instance)
    except SettingsError as error:
        return _broken(error)
    if not settings.api.url:
        return _not_set_up()
    busy = loading.under_way()
    page = _page(request, instance, settings, busy)
    if busy is None or request.GET.get("refresh") == "off" or not is_read_by_people(request):
        return page
    response = respond(request, page)
    response["Refresh"] = str(REFRESH_SECONDS)
    return response


def _broken(error: SettingsError) -> Page:
    return operations_page(
        "loader",
        {},
        notices=(say(BROKEN, why=str(error)),),
        template="operations/loader_empty.html",
    )


def _not_set_up() -> Page:
    return operations_page(
        "loader",
        {},
        template="operations/loader_empty.html",
        context={"empty": Empty(Cause.NOTHING_KEPT, say(BEGIN))},
    )


def _page(request: SignedInRequest, instance: Instance, settings: LoaderSettings, busy: Run | None) -> Page:
    found = loading.sent_runs(instance, settings)
    newest = loading.with_figures(found[0]) if found else None
    standing: dict[str, Callable[[], Section]] = {"last": partial(_last, newest), "work": _work}
    if busy is not None:  # what one waits for comes first
        standing = dict(reversed(standing.items()))
    sections: dict[str, Callable[[], Section]] = {
        **standing,
        "connections": lambda: _connections(request, instance),
        "rehearsal": lambda: _rehearsal(request),
        "runs": lambda: _runs(request, found),
    }
    return operations_page(
        "loader",
        sections,
        lead=say(msg("Students are sent from their nightly file to the registration API.")),
        notices=unsafe_notices(settings.api),
        template="operations/loader.html",
        context={
            "busy": busy,
            "can_stop": busy is not None and busy.state in (State.QUEUED, State.RUNNING),
            "can_go_on": busy is None and loading.is_cut_short(newest),
            "refreshes": busy is not None and request.GET.get("refresh") != "off",
        },
    )


def _last(newest: Sent | None) -> Section:
    return Section(
        slug="last",
        title=msg("How it stands"),
        question=msg("What became of the last file?"),
        answer=answer_of(newest) if newest else "",
        table=Table(
            columns=SENT_COLUMNS, rows=[sent_row(newest)] if newest else [], links={"file": link_of_run}
        ),
        empty=Empty(Cause.NOTHING_KEPT, say(msg("Nothing was sent yet. Test the connections first."))),
    )


def sent_row(sent: Sent) -> dict[str, Any]:
    """A run of the loader as a row; what is not known yet is None."""
    facts = sent.facts
    names = ("read", "taken", "unchanged", "set_aside", "students_per_second")
    return {
        "run": sent.name,
        "file": sent.file,
        "began_at": sent.began_at,
        "complete": sent.has_ended,
        **{name: facts.get(name) for name in names},
        "seconds": round(facts["seconds"]) if "seconds" in facts else None,
    }


def link_of_run(row: Mapping[str, object]) -> str:
    return reverse("loader-run", args=[row["run"]])


def _work() -> Section:
    """The run that goes on or waits, else the one that was asked for last."""
    run = loading.newest_asked()
    steps = [_step(run, step) for step in run.progress] if run else []
    return Section(
        slug="work",
        title=msg("At work"),
        question=msg("What is it doing, and how far is it?"),
        answer=_work_answer(run) if run else "",
        table=Table(
            columns=WORK_COLUMNS,
            rows=steps,
            bars=frozenset({"share"}),
            links={"step": lambda row: reverse("run", args=[row["run"]])},
        ),
        empty=Empty(
            Cause.NOTHING_KEPT,
            _work_answer(run) if run else say(msg("Nobody has asked for anything here yet.")),
        ),
    )


def _step(run: Run, step: Mapping[str, Any]) -> dict[str, Any]:
    duration, total = run.duration(), step.get("total")
    seconds = duration.total_seconds() if duration else 0
    return {
        **step,
        "run": run.id,
        "share": min(1.0, step["done"] / total) if total else None,
        "rate": round(step["done"] / seconds) if seconds >= 1 else None,
    }


def _work_answer(run: Run) -> str:
    standing = f"{say_task(run.name)}: {say_standing(run.state)}"
    if run.arguments.get(loading.REHEARSAL):
        standing = f"{say(msg('Dry run'))}: {say_standing(run.state)}"
    problem = say(msg("The error was {problem}, at {place}."), problem=run.problem, place=run.problem_place)
    return f"{standing} {problem}" if run.problem and run.problem_place else standing


def _connections(request: SignedInRequest, instance: Instance) -> Section:
    run = loading.last_asked(CHECK)
    rows = list(loading.checked_connections(instance, run)) if run else []
    good = sum(row["good"] for row in rows)
    if is_read_by_people(request):
        rows = [{**row, "part": say_part(row["part"])} for row in rows]
    return Section(
        slug="connections",
        title=msg("Connections"),
        question=msg("Do both ends answer, and do they take our credentials?"),
        answer=say_count(CHECK_ANSWER, len(rows), good=good),
        table=Table(columns=CHECK_COLUMNS, rows=rows),
        empty=Empty(Cause.NOTHING_KEPT, say(msg("They were not tested yet, or the test goes on."))),
    )


def _rehearsal(request: SignedInRequest) -> Section:
    run = loading.last_asked(SEND, rehearsal=True)
    counts, facts = (run.counts, run.facts) if run else ({}, {})
    rows = _rehearsal_rows(counts, facts, translated=is_read_by_people(request)) if counts else []
    return Section(
        slug="rehearsal",
        title=msg("Dry run"),
        question=msg("What would be sent?"),
        answer=say(
            REHEARSAL_ANSWER,
            rows=formats.count(counts.get("read", 0)),
            kept=formats.count(facts.get("would_send", 0)),
            batches=formats.count(facts.get("in_batches", 0)),
        ),
        table=Table(columns=REHEARSAL_COLUMNS, rows=rows),
        empty=Empty(Cause.NOTHING_KEPT, say(msg("No dry run has come to its end yet."))),
    )


def _rehearsal_rows(
    counts: Mapping[str, int], facts: Mapping[str, Any], *, translated: bool
) -> list[dict[str, Any]]:
    named = {
        "would_send": msg("would be sent"),
        "repeated": msg("unchanged"),
        "repeated_students": msg("students in more than one row"),
        "missing_students": msg("students missing from the file"),
    }
    rows = [
        {"what": say(title) if translated else name, "count": value}
        for name, title in named.items()
        if isinstance(value := {**facts, **counts}.get(name), int)
    ]
    reasons = facts.get("reasons", {})
    rows += [
        {"what": say_reason_of_loader(reason) if translated else reason, "count": count}
        for reason, count in reasons.items()
    ]
    return rows


def _runs(request: SignedInRequest, found: list[Sent]) -> Section:
    paging = Paging.of(request, size=ROWS_A_PAGE).with_total(len(found))
    rows = [sent_row(loading.with_figures(sent)) for sent in found[paging.window]]
    return Section(
        slug="runs",
        title=msg("All runs"),
        question=msg("What became of each file?"),
        answer=say_count(RUNS_ANSWER, paging.total),
        table=Table(columns=LISTED_COLUMNS, rows=rows, links={"file": link_of_run}, paging=paging),
        empty=Empty(Cause.NOTHING_KEPT, say(msg("Nothing was sent yet."))),
    )
