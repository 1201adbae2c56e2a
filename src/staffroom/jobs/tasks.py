"""What may be queued: verbs of the command line that the worker, the schedule and the pages may start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from staffroom.errors import UnknownName

OPTION = re.compile(r"[a-z][a-z-]*\Z")


@dataclass(frozen=True, slots=True)
class Task:
    """``name`` is the verb as one types it. Tasks of one ``lane`` never run at the same time.

    ``about`` names the argument that stands without its name, and without which the verb means nothing; such
    a task is asked for by a page alone.
    """

    name: str
    lane: str
    about: str = ""


STORE = "store"
"""The lane of tasks that write to the store, which has one writer."""

LOADER = "loader"
"""The lane of the loader, which sends one file at a time."""

REGISTRY = "registry"
"""The lane of what drains the registry's batches."""

STUDENTS = "students"
"""The lane of imports of students, of which there is one at a time."""

TASKS: Mapping[str, Task] = {
    task.name: task
    for task in (
        Task("nightly", STORE),
        Task("events ingest", STORE),
        Task("metrics compute", STORE),
        Task("loader run", LOADER),
        Task("loader check", LOADER),
        Task("registry drain", REGISTRY),
        Task("students import", STUDENTS),
        Task("students approve", STUDENTS, about="import"),
    )
}

ANY_TIME = tuple(name for name, task in TASKS.items() if not task.about)
"""What a schedule or an operator may ask for."""


def task(name: str) -> Task:
    """The task called ``name``. Raises UnknownName."""
    try:
        return TASKS[name]
    except KeyError:
        known = ", ".join(repr(known) for known in TASKS)
        raise UnknownName(
            f"run {name!r}", "is not something that can be queued.", next_step=f"Known: {known}."
        ) from None


def words(name: str, arguments: Mapping[str, object]) -> list[str]:
    """The words after ``staffroom`` that run ``name``; True stands for an option without a value.

    >>> words("events ingest", {"since": "2026-09-01", "again": True})
    ['events', 'ingest', '--since=2026-09-01', '--again']
    >>> words("students approve", {"import": 41})
    ['students', 'approve', '41']
    """
    options = dict(arguments)
    about = task(name).about
    if about and about not in options:
        raise UnknownName(f"run {name!r}", f"does not say of which {about}.")
    named = [str(options.pop(about))] if about else []
    return [*name.split(), *named, *(_option(key, value) for key, value in options.items())]


def _option(key: str, value: object) -> str:
    if not OPTION.match(key):
        raise UnknownName(f"option {key!r}", "is not an option of a verb.")
    return f"--{key}" if value is True else f"--{key}={value}"
