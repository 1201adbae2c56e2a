"""The instance that is measured: a generated log, its accounts, and the day that is delivered later."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from staffroom.demo.generate import generate
from staffroom.demo.manifest import Manifest
from staffroom.demo.term import ZONE_NAME
from staffroom.demo.university import University
from staffroom.operations.init import init_instance

PASSWORD = "forty-two-thousand-pike"  # noqa: S105 - of accounts that live for one run on this machine
READER = "reader@example.edu"


@dataclass(frozen=True, slots=True)
class BenchInstance:
    """``root`` is the instance; ``later`` is where the last day's file waits to be delivered."""

    root: Path
    later: Path
    manifest: Manifest
    last_day: date

    @property
    def logs(self) -> Path:
        return self.root / "deliveries" / "openedx" / "logs"

    def deliver_last_day(self) -> None:
        for path in list(self.later.iterdir()):
            path.rename(self.logs / path.name)


def prepare(folder: Path, events: int, *, hold_back: bool = True) -> BenchInstance:
    """A new instance in ``folder`` with about ``events`` events, the last day's file held back."""
    root, later = folder / "instance", folder / "later"
    init_instance(root, name="Bench University", time_zone=ZONE_NAME)
    delivered = root / "deliveries" / "openedx"
    university = University(events=events)
    manifest = generate(university, delivered / "logs", delivered / "exports")
    later.mkdir()
    if hold_back:
        last = delivered / "logs" / f"tracking.log-{university.term.delivery_days[-1]:%Y%m%d}.gz"
        last.rename(later / last.name)
    return BenchInstance(root, later, manifest, university.last_day)


def staffroom(instance: Path, *words: str) -> list[str]:
    """The command line of one of our verbs, in this environment."""
    return [sys.executable, "-m", "staffroom.cli", *words, "--instance", str(instance)]


def must(command: Sequence[str], *, stdin: str = "") -> str:
    """Run a command that has to succeed; returns what it printed."""
    return subprocess.run(command, check=True, input=stdin, capture_output=True, text=True).stdout
