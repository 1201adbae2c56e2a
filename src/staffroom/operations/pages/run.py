"""One run: how far it is, how it ended, its log; and the button that ends it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from staffroom.jobs import runs as jobs
from staffroom.jobs.log import log_lines
from staffroom.jobs.models import Run, State
from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.operations.pages.frame import for_administrators, operations_page
from staffroom.operations.pages.runs import COLUMNS, rows, skipped_rows
from staffroom.operations.pages.words import say_standing, say_task
from staffroom.tally import amount_done
from staffroom.web import formats
from staffroom.web.empty import Cause, Empty
from staffroom.web.faces import respond
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest, is_read_by_people
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

REFRESH_SECONDS = 3
LOG_LINES = 200

STEP_COLUMNS = (
    Column("step", msg("Step"), Kind.TEXT),
    Column("done", msg("Done"), Kind.COUNT),
    Column("total", msg("Of"), Kind.COUNT),
    Column("unit", msg("Unit"), Kind.TEXT),
    Column("share", msg("Share"), Kind.SHARE),
)
LOG_COLUMNS = (
    Column("at", msg("Time (UTC)"), Kind.TEXT),
    Column("text", msg("What was said"), Kind.TEXT),
)
PROBLEM = msg("The error was {problem}.")
PROBLEM_AT = msg("The error was {problem}, at {place}.")
PUBLISHED = msg("It published version {version}.")
STEPS_ANSWER = plural("{count} step so far.", "{count} steps so far.")
LOG_ANSWER = plural("The last line of the log.", "The last {count} lines of the log, the newest first.")
LOG_DROPPED = msg("Its log was kept long enough, or says nothing yet.")
NO_LOG_YET = msg("It has not begun.")


@for_administrators
def run(request: SignedInRequest, run: UUID) -> Page | HttpResponseBase:
    """While it goes on, the page asks for itself again every few seconds, without any script."""
    found = get_object_or_404(Run, id=run)
    page = _page(request, found)
    if found.has_ended or request.GET.get("refresh") == "off" or not is_read_by_people(request):
        return page
    response = respond(request, page)
    response["Refresh"] = str(REFRESH_SECONDS)
    return response


@require_POST
@for_administrators
def stop_run(request: SignedInRequest, run: UUID) -> HttpResponse:
    found = get_object_or_404(Run, id=run)
    if jobs.request_stop(found.id):
        messages.success(request, say(msg("The run was asked to stop; what it has published stays.")))
    else:
        messages.info(request, say(msg("The run had ended already.")))
    return redirect("run", run=found.id)


@require_safe
@for_administrators
def run_log(request: SignedInRequest, run: UUID) -> FileResponse:
    """The whole log, as JSON lines."""
    path = log_path(request, get_object_or_404(Run, id=run))
    if path is None:
        raise Http404
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=f"{run}.log", content_type="application/jsonl"
    )


def log_path(request: SignedInRequest, found: Run) -> Path | None:
    """The run's log file; None where it has none, or where retention has deleted it."""
    logs = request.instance.logs.resolve()
    path = (logs / found.log).resolve()
    return path if found.log and path.is_relative_to(logs) and path.is_file() else None


def _page(request: SignedInRequest, found: Run) -> Page:
    started = found.started_at or found.queued_at
    return operations_page(
        "runs",
        {
            "run": lambda: _facts(request, found),
            "steps": lambda: _steps(found),
            "log": lambda: _log(request, found),
        },
        title=f"{say_task(found.name)}, {formats.instant(started)}",
        template="operations/run.html",
        context={
            "run": found,
            "can_stop": found.state in (State.QUEUED, State.RUNNING),
            "refreshes": not found.has_ended and request.GET.get("refresh") != "off",
            "has_log": log_path(request, found) is not None,
        },
    )


def _facts(request: SignedInRequest, found: Run) -> Section:
    return Section(
        slug="run",
        title=msg("How it went"),
        question=msg("Is it still going on, and how did it end?"),
        answer=_answer(found),
        table=Table(
            columns=COLUMNS,
            rows=rows([found], translated=is_read_by_people(request)),
            links={"skipped": lambda row: skipped_rows(row["skipped"])},
        ),
    )


def _answer(found: Run) -> str:
    sentences = [say_standing(found.state)]
    if found.problem and found.problem_place:
        sentences.append(say(PROBLEM_AT, problem=found.problem, place=found.problem_place))
    elif found.problem:
        sentences.append(say(PROBLEM, problem=found.problem))
    if found.facts.get("version"):
        sentences.append(say(PUBLISHED, version=found.facts["version"]))
    return " ".join(sentences)


def _steps(found: Run) -> Section:
    steps = [{**step, "share": _share(step)} for step in found.progress]
    return Section(
        slug="steps",
        title=msg("Steps"),
        question=msg("What has it done so far?"),
        answer=say_count(STEPS_ANSWER, len(steps)),
        table=Table(columns=STEP_COLUMNS, rows=steps, bars=frozenset({"share"})),
        empty=Empty(Cause.NOTHING_KEPT, say(msg("It has not begun a step."))),
    )


def _share(step: dict[str, Any]) -> float | None:
    total = step.get("total")
    return min(1.0, step["done"] / total) if total else None


def _log(request: SignedInRequest, found: Run) -> Section:
    path = log_path(request, found)
    lines = [_line(fact) for fact in log_lines(path, last=LOG_LINES)][::-1] if path else []
    return Section(
        slug="log",
        title=msg("Log"),
        question=msg("What did it say on the way?"),
        answer=say_count(LOG_ANSWER, len(lines)),
        table=Table(columns=LOG_COLUMNS, rows=lines),
        empty=Empty(Cause.NOTHING_KEPT, say(_why_no_log(found))),
    )


def _why_no_log(found: Run) -> str:
    return LOG_DROPPED if found.log or found.started_at else NO_LOG_YET


def _line(fact: dict[str, Any]) -> dict[str, Any]:
    """A line of the log as one reads it: what was said, or the facts in its place."""
    rest = {key: value for key, value in fact.items() if key not in ("at", "run", "talk")}
    if "step" in rest:
        total = rest.get("total") if isinstance(rest.get("total"), int) else None
        text = f"{rest['step']}: {amount_done(rest.get('done', 0), total, rest.get('unit', ''))}".rstrip()
    else:
        text = str(fact.get("talk") or json.dumps(rest, ensure_ascii=False))
    return {"at": fact.get("at"), "text": text}
