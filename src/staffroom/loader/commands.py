"""``staffroom loader …``: fetch the students' file, send it, look at what became of it."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from staffroom.command import Call, Command, Exit
from staffroom.loader import night
from staffroom.loader.arriving import path_on, today_at
from staffroom.loader.checking import checked
from staffroom.loader.import_settings import import_settings
from staffroom.loader.night import Orders, Result
from staffroom.loader.report import DELETED, figures
from staffroom.loader.runs import latest_run, runs_folder
from staffroom.loader.settings import loader_settings, warnings
from staffroom.loader.tracing import fate_of_row, fates_of_student
from staffroom.tally import counted


def _orders(call: Call) -> Orders:
    options = call.options
    return Orders(
        day=today_at(call.instance),
        local_file=options.localfile,
        remote_path=getattr(options, "remotepath", None),
        offset=getattr(options, "offset", None),
        rehearsal=getattr(options, "dry_run", False),
        again=getattr(options, "again", False),
        start_line=max(1, getattr(options, "start_line", 1)),
        limit=getattr(options, "number", None) or None,
        encoding=getattr(options, "encoding", None),
        delimiter=getattr(options, "delimiter", None),
    )


def _run(call: Call) -> int:
    return _sent(call, lambda orders: night.fetch_and_send(call.instance, orders, call.progress))


def _send(call: Call) -> int:
    return _sent(call, lambda orders: night.send(call.instance, orders, call.progress))


def _sent(call: Call, work: Callable[[Orders], Result]) -> int:
    orders = _orders(call)
    for warning in warnings(loader_settings(call.instance).api):
        print(warning, file=sys.stderr)  # with --quiet too
    with _resumable(call, orders):
        result = work(orders)
    return call.finish(result.counts, label=result.label, facts=result.facts(json=call.options.json))


@contextmanager
def _resumable(call: Call, orders: Orders) -> Iterator[None]:
    """Ctrl-C names the file in the command that goes on: tomorrow's would be another one."""
    today = path_on(loader_settings(call.instance), orders.day)
    try:
        yield
    except KeyboardInterrupt:
        words = ["staffroom", "loader", call.options.command.verb, *_resuming(call, today)]
        print(f"Stopped. Nothing is lost. To go on: {shlex.join(words)}", file=sys.stderr)
        raise SystemExit(Exit.FAILED) from None


def _resuming(call: Call, today: str) -> Iterator[str]:
    options = vars(call.options)
    if "remotepath" in options and (options["remotepath"] or today):
        yield f"--remotepath={options['remotepath'] or today}"
    for name in ("instance", "localfile", "encoding", "delimiter", "number"):
        if options.get(name) not in (None, "."):
            yield f"--{name}={options[name]}"
    if options.get("start_line", 1) > 1:
        yield f"--start-line={options['start_line']}"


def _fetch(call: Call) -> int:
    orders = _orders(call)
    with _resumable(call, orders):
        done = night.fetch(call.instance, orders, call.progress)
    facts = {"file": str(done.path), "bytes": done.size, "resumed_at": done.resumed_at}
    if call.options.json:
        print(json.dumps({"result": "Fetched", **facts}))
    else:
        note = f" {done.note}" if done.note else ""
        print(
            f"Fetched: {counted(done.size, 'byte')} in {done.path}, from byte {done.resumed_at:,} on.{note}"
        )
    return Exit.DONE


def _check(call: Call) -> int:
    """Try both ends with their credentials; nothing is sent."""
    settings = loader_settings(call.instance)
    for warning in warnings(settings.api):
        print(warning, file=sys.stderr)
    good = True
    for what, said, fits in checked(call.instance, settings):
        good &= fits
        facts = {"check": what, "good": fits, "said": said}
        print(json.dumps(facts) if call.options.json else f"{'good' if fits else 'BAD '}  {what}: {said}")
    return Exit.DONE if good else Exit.FAILED


def _status(call: Call) -> int:
    """The last run in figures, or what happened to one row or student."""
    settings = loader_settings(call.instance)
    run = latest_run(runs_folder(call.instance, settings))
    if call.options.row is not None:
        fates = fate_of_row(run, call.options.row)
    elif call.options.student is not None:
        fates = fates_of_student(call.instance, settings, run, call.options.student)
    else:
        found, ended = figures(run.journal), run.ended is not None
        facts: dict[str, Any] = {**run.facts, "ended": ended, **found.facts, "report": str(run.report)}
        if call.options.json:
            print(json.dumps(facts, default=str))
        else:
            state = "has ended" if ended else "has not ended; run it again to go on"
            print(f"{run.facts['file']} (began {run.facts['began_at']}) {state}.")
            print(f"{found.counts.sentence()}. Report: {run.report}")
        return Exit.DONE
    for fate in fates:
        place = f"row {fate.line:,}" if fate.line else "no row" if fate.what == DELETED else "row unknown"
        student = f", student {fate.id}" if fate.id else ""
        batch = f" (batch {fate.batch:,}, {fate.at})" if fate.batch is not None else ""
        text = f"{place}{student}: {fate.what}. {fate.detail}{batch}"
        print(json.dumps(asdict(fate)) if call.options.json else text)
    return Exit.DONE if fates else Exit.FAILED


def _import(call: Call) -> int:
    done = import_settings(Path(call.options.file), call.instance.root)
    for line in done:
        call.say(line)
    print(f"Imported {call.options.file}. Now look at [loader], then run 'staffroom loader check'.")
    return Exit.DONE


def _local_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-f", "--localfile", metavar="FILE", help="the local file")


def _remote_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-r", "--remotepath", metavar="PATH", help="the remote file; %%Y%%m%%d stand for today"
    )
    parser.add_argument(
        "-o",
        "--offset",
        type=int,
        metavar="BYTE",
        help="cut the local file off here and fetch the rest (default: go on where it ends)",
    )


def _fetch_options(parser: argparse.ArgumentParser) -> None:
    _local_option(parser)
    _remote_options(parser)


def _send_options(parser: argparse.ArgumentParser) -> None:
    _local_option(parser)
    parser.add_argument(
        "-y",
        "--dry-run",
        "--dryrun",
        action="store_true",
        help="do everything but send; say what would be sent",
    )
    parser.add_argument("-e", "--encoding", help="the file's encoding, such as latin1 or utf-8")
    parser.add_argument("-d", "--delimiter", help="what separates the file's columns")
    parser.add_argument("-n", "--number", type=int, metavar="N", help="at most N students")
    parser.add_argument(
        "-s",
        "--start-line",
        "--csv_start_line",
        type=int,
        default=1,
        metavar="LINE",
        help="begin with this line of the file; its header is line 1",
    )
    parser.add_argument("--again", action="store_true", help="also what was sent before, under new keys")


def _run_options(parser: argparse.ArgumentParser) -> None:
    _send_options(parser)
    _remote_options(parser)


def _status_options(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--row", type=int, metavar="LINE", help="what happened to this row; the header is row 1"
    )
    which.add_argument("--student", metavar="ID", help="what happened to this student's rows")


def _import_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="settings_secret.py", help="it is read as data and never run")


COMMANDS = (
    Command("run", "Fetch the students' file and send it while it comes.", _run, _run_options),
    Command("fetch", "Fetch the students' file, or the rest of it.", _fetch, _fetch_options),
    Command("send", "Send a local file.", _send, _send_options),
    Command("check", "Try both connections and their credentials; sends nothing.", _check),
    Command("status", "The last run, or what happened to one row or student.", _status, _status_options),
    Command("import-settings", "Take over the settings of the old loader.", _import, _import_options),
)
