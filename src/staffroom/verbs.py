"""All verbs of the command line, assembled from each room's ``commands.py``, and how each of them may end.

A room's commands are imported when its verb is called, so that a verb of the core never starts Django.
"""

from __future__ import annotations

import argparse
import errno
import importlib
import json
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from staffroom import __version__
from staffroom.command import Call, Command, Exit
from staffroom.errors import PermanentError, SettingsError, StaffroomError
from staffroom.jobs import lifeline

ROOMS = {
    "intake": "Files in: fetch them over the network, see what is there, accept host keys.",
    "drop": "An SFTP server into which other systems push their files.",
    "events": "What learners did: read deliveries into the event store.",
    "metrics": "What it adds up to: compute and publish the tables.",
    "loader": "Students sent to a registration API: fetched, mapped, posted, reported.",
    "registry": "The receiving end for student batches.",
    "students": "Import what student systems export; look at imports and decide.",
    "access": "Which educators see which students, and why; grants and labels.",
    "accounts": "Who may sign in, in which role, for which courses.",
    "jobs": "Runs, the worker and the schedule.",
}
"""Rooms with verbs of their own: ``staffroom <room> <verb>``."""

INSIDE = {"drop": "intake.drop.commands", "access": "students.access_commands"}
"""Rooms within rooms, by the name of their verbs, and the module that declares these."""

OPERATIONS = ("init", "check", "nightly", "serve", "worker", "migrate")
"""Verbs that join the rooms: ``staffroom <verb>``, declared by ``operations``."""

DATABASE_ERRORS = "django.db.utils"
"""Where Django's errors of databases live; they are known by it, because Django may not be needed at all."""

FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
"""What the system says where a file or folder is not ours to read or write."""

DEMO = "demo"
"""The verb of the demo university."""


def run(arguments: Sequence[str]) -> int:
    """Run one verb; returns its exit code. Errors that Staffroom knows are one sentence on stderr."""
    parser = parser_for(arguments)
    options = parser.parse_args(arguments)
    if not hasattr(options, "command"):
        parser.print_help()
        return Exit.WRONG_USAGE
    command: Command = options.command
    if options.run:
        lifeline.hold()
    try:
        code = int(command.run(Call(options)))
        sys.stdout.flush()
        return code
    except SettingsError as error:
        return _fail(options, error, Exit.WRONG_USAGE)
    except StaffroomError as error:
        return _fail(options, error, Exit.FAILED)
    except BrokenPipeError:  # who read our output has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FAILED
    except Exception as error:
        if options.run:
            return _defect(error)
        known = _known(error)
        if known is None:
            raise
        return _fail(options, known, Exit.FAILED)


def _fail(options: argparse.Namespace, error: StaffroomError, code: Exit) -> int:
    if options.json:
        print(json.dumps({"error": type(error).__name__, "place": error.place, "problem": str(error)}))
    print(f"staffroom: {error}", file=sys.stderr)
    return code


def _known(error: Exception) -> PermanentError | None:
    """What a machine that is not ready gives rise to anywhere, in words; None for a defect of ours."""
    if type(error).__module__ == DATABASE_ERRORS:
        return PermanentError(
            "the database",
            f"cannot be used ({type(error).__name__}).",
            next_step="Run 'staffroom migrate', then 'staffroom check'.",
        )
    if isinstance(error, OSError) and error.filename and error.errno in FORBIDDEN:
        return PermanentError(
            str(error.filename), f"cannot be used: {error.strerror}.", next_step="Run 'staffroom check'."
        )
    return None


def _defect(error: Exception) -> int:
    """Tell a worker of an error that nobody foresaw: its class and where, for its message may hold data."""
    frames = traceback.extract_tb(error.__traceback__)
    for frame in frames:
        print(f"{frame.filename}:{frame.lineno} in {frame.name}", file=sys.stderr)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno} in {frames[-1].name}"
    print(json.dumps({"error": type(error).__name__, "place": place}))
    return Exit.FAILED


def parser_for(arguments: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("staffroom", description="Staffroom, from the command line.")
    parser.add_argument("--version", action="version", version=f"staffroom {__version__}")
    rooms = parser.add_subparsers(title="rooms and verbs", metavar="ROOM or VERB")
    called = next((word for word in arguments if not word.startswith("-")), None)
    every = (*ROOMS, *OPERATIONS, DEMO)
    for room, about in ROOMS.items():
        verbs = rooms.add_parser(room, help=about, description=about)
        if called == room:
            _add_verbs(verbs.add_subparsers(title="verbs", metavar="VERB", required=True), _commands(room))
    for room, verbs_of_it in (("operations", OPERATIONS), (DEMO, (DEMO,))):
        if (
            called in verbs_of_it or called not in every
        ):  # a word that is no verb is answered with all of them
            _add_verbs(rooms, _commands(room))
    return parser


def _commands(room: str) -> tuple[Command, ...]:
    commands: tuple[Command, ...] = importlib.import_module(
        f"staffroom.{INSIDE.get(room, f'{room}.commands')}"
    ).COMMANDS
    return commands


def _add_verbs(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], commands: tuple[Command, ...]
) -> None:
    for command in commands:
        parser = verbs.add_parser(command.verb, help=command.help, description=command.help)
        parser.add_argument(
            "--instance",
            metavar="DIR",
            default=os.environ.get("STAFFROOM_INSTANCE", "."),
            help="the instance's folder (default: $STAFFROOM_INSTANCE, else this folder)",
        )
        parser.add_argument("--json", action="store_true", help="progress and result as JSON lines on stdout")
        parser.add_argument("--quiet", action="store_true", help="no progress, no talk")
        parser.add_argument("--run", help=argparse.SUPPRESS)  # the id under which a worker started it
        command.configure(parser)
        parser.set_defaults(command=command)
