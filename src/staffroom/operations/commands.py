"""The verbs that join the rooms: ``staffroom init``, ``check``, ``migrate``, ``nightly`` and so on."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from staffroom.accounts.start import start_site
from staffroom.command import Call, Command, Exit, number
from staffroom.jobs import lifeline
from staffroom.tally import counted

if TYPE_CHECKING:
    from staffroom.operations.nightly import NightlyResult


NEXT = """\
  cd {folder}
  staffroom migrate
  staffroom accounts create you@example.edu --administrator
  staffroom check"""

NIGHT_PRIORITY = 10
"""As ``nice`` counts: people who read pages meanwhile come first, and nobody waits for the night's end."""


def init(call: Call) -> int:
    from staffroom.operations.init import init_instance

    root = Path(call.options.directory)
    made = init_instance(
        root,
        name=call.options.name,
        time_zone=call.options.time_zone,
        language=call.options.language,
    )
    if call.options.json:
        print(json.dumps({"result": "init", "instance": str(made)}))
    else:
        print(f"{made} is an instance now. Next:")
        print(NEXT.format(folder=shlex.quote(str(root))))
    return Exit.DONE


def check(call: Call) -> int:
    from staffroom.operations.check import check_instance

    findings = check_instance(Path(call.options.instance), connect=call.options.connect)
    if call.options.json:
        for finding in findings:
            print(json.dumps(finding.as_dict()))
    else:
        for finding in findings:
            print(finding.sentence())
    wrong = sum(finding.is_wrong for finding in findings)
    call.say(f"{counted(wrong, 'thing is', 'things are')} wrong." if wrong else "Nothing is wrong.")
    return Exit.FAILED if wrong else Exit.DONE


def migrate(call: Call) -> int:
    start_site(call.instance)
    from staffroom.operations.migrate import migrate_all

    applied = migrate_all(call.instance)
    if call.options.json:
        print(json.dumps({"result": "migrate", "applied": applied}))
    else:
        for database, count in applied.items():
            print(f"{database}: {counted(count, 'migration')} applied.")
    return Exit.DONE


def nightly(call: Call) -> int:
    start_site(call.instance)
    from staffroom.jobs.in_place import in_place
    from staffroom.jobs.notices import tell_operators
    from staffroom.jobs.settings import JobsSettings
    from staffroom.operations import nightly as night
    from staffroom.operations.lock import nightly_lock
    from staffroom.web.logs import run_id

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.setpriority(os.PRIO_PROCESS, 0, max(NIGHT_PRIORITY, os.getpriority(os.PRIO_PROCESS, 0)))
    with nightly_lock(call.instance):
        if call.options.run:  # the worker that started us keeps the run's row, and tells of it
            with run_id(call.options.run):
                result = night.run_steps(call.instance, call.progress)
        else:
            lease = call.instance.section("jobs", JobsSettings).lease_seconds
            try:
                with (
                    in_place(
                        "nightly",
                        progress=call.progress,
                        lease_seconds=lease,
                        logs=call.instance.logs,
                    ) as here,
                    run_id(here.run.id),
                ):
                    result = night.run_steps(call.instance, here.progress)
                    here.outcome = night.outcome_of(result)
            finally:
                tell_operators(call.instance)
    return _tell(call, result)


def _tell(call: Call, result: NightlyResult) -> int:
    error = result.error()
    if error is not None:
        if call.options.json:
            print(json.dumps({"error": type(error).__name__, "place": error.place, "problem": str(error)}))
        print(f"staffroom: {error}", file=sys.stderr)
    facts = result.facts()
    if result.counts.skipped:
        facts["rejects"] = str(call.instance.rejects)
    code = call.finish(result.counts, label="nightly", facts=facts, incomplete=result.is_incomplete)
    return Exit.FAILED if error is not None else code


def worker(call: Call) -> int:
    start_site(call.instance)
    from staffroom.jobs.worker import Worker

    if call.options.tied:
        lifeline.hold()
    one = Worker(call.instance, call.say)
    signal.signal(signal.SIGTERM, one.leave)
    signal.signal(signal.SIGINT, one.leave)
    one.work(until_idle=call.options.until_idle)
    return Exit.DONE


def serve(call: Call) -> int:
    start_site(call.instance)
    from staffroom.operations.serve import Serving, serve_site

    options = call.options
    serving = Serving(options.host, options.port, options.workers, options.threads, options.with_worker)
    serve_site(call.instance, serving, say=call.say)
    return Exit.DONE


def _init_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "directory", metavar="DIR", help="the instance's folder; it is made where there is none"
    )
    parser.add_argument("--name", default="", help="the institution's name")
    parser.add_argument("--time-zone", default="UTC", metavar="ZONE", help="such as America/Santiago")
    parser.add_argument("--language", default="en", help="the language of pages for those who state none")


def _check_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--connect", action="store_true", help="also sign in to the servers of sources")


def _worker_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--until-idle", action="store_true", help="end when nothing waits any more")
    parser.add_argument("--tied", action="store_true", help=argparse.SUPPRESS)  # ends with its parent


def _serve_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: loopback)")
    parser.add_argument(
        "--port", type=number(0, 65_535), default=8000, help="the port to listen at (default: 8000)"
    )
    parser.add_argument("--workers", type=number(1), default=1, metavar="N", help="processes (default: 1)")
    parser.add_argument(
        "--threads", type=number(1), default=8, metavar="N", help="threads a process (default: 8)"
    )
    parser.add_argument("--with-worker", action="store_true", help="run a worker beside it")


COMMANDS = (
    Command("init", "Make a new instance: settings, secrets and folders.", init, _init_options),
    Command("check", "Say in plain words what is wrong and how to mend it.", check, _check_options),
    Command("migrate", "Bring all databases to this version of Staffroom.", migrate),
    Command("nightly", "Take in what has arrived, compute, publish, drop what is old.", nightly),
    Command("worker", "Run queued work and the schedule, until told to end.", worker, _worker_options),
    Command("serve", "Serve the site.", serve, _serve_options),
)
