"""``staffroom jobs …``: see runs, ask for one, end one."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING
from uuid import UUID

from staffroom.accounts.start import start_site
from staffroom.command import Call, Command, Exit, number
from staffroom.errors import UnknownName
from staffroom.jobs.tasks import ANY_TIME

if TYPE_CHECKING:
    from staffroom.jobs.models import Run


def list_runs(call: Call) -> int:
    start_site(call.instance)
    from staffroom.jobs.models import Run

    for run in Run.objects.all()[: call.options.limit]:
        print(json.dumps(facts(run), default=str) if call.options.json else sentence(run))
    return Exit.DONE


def queue(call: Call) -> int:
    start_site(call.instance)
    from staffroom.jobs import runs
    from staffroom.jobs.models.run import COMMAND_LINE

    run = runs.queue(call.options.task, started_by=COMMAND_LINE)
    call.say("It waits for a worker: staffroom worker")
    print(json.dumps(facts(run), default=str) if call.options.json else sentence(run))
    return Exit.DONE


def stop(call: Call) -> int:
    start_site(call.instance)
    from staffroom.jobs import runs

    run = _run(call.options.id)
    if not runs.request_stop(run.id):
        raise UnknownName(f"run {run.id}", f"cannot be stopped: it is {run.state}.")
    run.refresh_from_db()
    print(json.dumps(facts(run), default=str) if call.options.json else sentence(run))
    return Exit.DONE


def facts(run: Run) -> dict[str, object]:
    """One run as JSON tells it."""
    return {
        "id": run.id,
        "name": run.name,
        "arguments": run.arguments,
        "state": run.state,
        "started_by": run.started_by,
        "queued_at": run.queued_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "counts": run.counts,
        "problem": run.problem,
    }


def sentence(run: Run) -> str:
    started = run.started_at.isoformat(" ", "seconds") if run.started_at else "not started"
    problem = f"\t{run.problem}" if run.problem else ""
    return f"{run.id}\t{run.name}\t{run.state}\t{started}\t{run.started_by}{problem}"


def _run(text: str) -> Run:
    from staffroom.jobs.models import Run

    try:
        return Run.objects.get(id=UUID(text))
    except (ValueError, Run.DoesNotExist):
        raise UnknownName(f"run {text!r}", "is not there.", next_step="See 'staffroom jobs list'.") from None


def _list_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--limit", type=number(0), default=20, metavar="N", help="how many, newest first (default: 20)"
    )


def _queue_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("task", choices=tuple(ANY_TIME), help="what to run")


def _stop_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="RUN", help="the run's id")


COMMANDS = (
    Command("list", "List runs, newest first.", list_runs, _list_options),
    Command("queue", "Ask for a run; a worker takes it up.", queue, _queue_options),
    Command("stop", "End a run; what it has published stays.", stop, _stop_options),
)
