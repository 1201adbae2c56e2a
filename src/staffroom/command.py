"""A verb of the command line as each room declares it, and what every verb has in common.

A room's ``commands.py`` holds ``COMMANDS``, a tuple of ``Command``; ``cli`` assembles them. The same options
mean the same everywhere, data goes to stdout, talk to stderr, and the last line is the result.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from tqdm import tqdm

from staffroom.config import Instance, load_instance
from staffroom.tally import Counts, Progress, Silent, Step, amount_done

LOG_EVERY_SECONDS = 60


class Exit(IntEnum):
    """Exit codes of every verb."""

    DONE = 0
    FAILED = 1
    WRONG_USAGE = 2
    ROWS_SKIPPED = 3


def day(text: str) -> date:
    """An option's day, for ``type=``."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day; write it as 2026-09-07.") from None


def number(least: int, most: int = sys.maxsize) -> Callable[[str], int]:
    """An option's whole number from ``least`` to ``most``, for ``type=``."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number.") from None
        if not least <= value <= most:
            bounds = f"from {least} to {most}" if most < sys.maxsize else f"at least {least}"
            raise argparse.ArgumentTypeError(f"{value} is not {bounds}.")
        return value

    return read


class Configure(Protocol):
    def __call__(self, parser: argparse.ArgumentParser) -> None: ...


def no_options(parser: argparse.ArgumentParser) -> None:
    """For verbs with the common options only."""


@dataclass(frozen=True, slots=True)
class Command:
    """``staffroom <room> <verb>``; ``run`` gets the parsed options and returns an exit code."""

    verb: str
    help: str
    run: Callable[[Call], int]
    configure: Configure = no_options


@dataclass(frozen=True)
class Call:
    """One call of a verb: its options, the instance they name, and who is told of progress."""

    options: argparse.Namespace

    @cached_property
    def instance(self) -> Instance:
        """The instance that the verb works on. Raises SettingsError where nothing could begin with it."""
        instance = load_instance(Path(self.options.instance))
        instance.institution.check()
        return instance

    @cached_property
    def progress(self) -> Progress:
        if self.options.quiet:
            return Silent()
        if self.options.json:
            return JsonLines()
        return Bar() if sys.stderr.isatty() else LogLines()

    def say(self, text: str) -> None:
        """Talk, on stderr, unless ``--quiet``."""
        if not self.options.quiet:
            print(text, file=sys.stderr)

    def finish(
        self,
        counts: Counts,
        *,
        label: str,
        facts: Mapping[str, Any] | None = None,
        incomplete: bool = False,
    ) -> int:
        """Print the result as the last line; returns the exit code that the counts call for.

        ``incomplete`` says that more than rows was skipped.
        """
        facts = dict(facts or {})
        if self.options.json:
            print(json.dumps({"result": label, **counts.as_dict(), **facts}, default=str))
        else:
            talk = "".join(f" {key.replace('_', ' ')}: {_in_words(value)}." for key, value in facts.items())
            print(f"{label}: {counts.sentence()}.{talk}")
        return Exit.ROWS_SKIPPED if counts.skipped or incomplete else Exit.DONE


def _in_words(fact: object) -> str:
    """A fact of the last line: what has names or many parts as a list, anything else as it is."""
    if isinstance(fact, Mapping):
        return ", ".join(f"{name} {value}" for name, value in fact.items())
    return ", ".join(map(str, fact)) if isinstance(fact, list | tuple) else str(fact)


class Bar:
    """Progress as a bar on a terminal."""

    @contextmanager
    def step(self, label: str, *, total: int | None = None, unit: str = "rows") -> Iterator[Step]:
        with tqdm(desc=label, total=total, unit=f" {unit}", file=sys.stderr, leave=True) as bar:
            yield _BarStep(bar)


@dataclass(frozen=True, slots=True)
class _BarStep:
    bar: tqdm[Any]

    def advance(self, amount: int = 1) -> None:
        self.bar.update(amount)


class LogLines:
    """Progress as a line when a step ends, and one a minute while it lasts."""

    @contextmanager
    def step(self, label: str, *, total: int | None = None, unit: str = "rows") -> Iterator[Step]:
        step = _TimedStep(label, total, unit, every=LOG_EVERY_SECONDS, write=_write_line)
        yield step
        step.write(step)


class JsonLines:
    """Progress as a JSON line a second on stdout, for the worker that started this process."""

    @contextmanager
    def step(self, label: str, *, total: int | None = None, unit: str = "rows") -> Iterator[Step]:
        step = _TimedStep(label, total, unit, every=1, write=_write_json)
        step.write(step)
        yield step
        step.write(step)


class _TimedStep:
    def __init__(
        self, label: str, total: int | None, unit: str, *, every: float, write: Callable[[_TimedStep], None]
    ) -> None:
        self.label, self.total, self.unit, self.write = label, total, unit, write
        self.done = 0
        self._every = every
        self._next = time.monotonic() + every

    def advance(self, amount: int = 1) -> None:
        self.done += amount
        if time.monotonic() >= self._next:
            self.write(self)
            self._next = time.monotonic() + self._every


def _write_line(step: _TimedStep) -> None:
    print(f"{step.label}: {amount_done(step.done, step.total, step.unit)}", file=sys.stderr)


def _write_json(step: _TimedStep) -> None:
    facts = {"step": step.label, "done": step.done, "total": step.total, "unit": step.unit}
    print(json.dumps(facts) + "\n", end="", flush=True)  # in one piece: steps may run side by side
