"""A run's log file: one JSON object a line, with the run's id and the time."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

STEP_SECONDS = 60
LIKELY_BYTES = 400
"""More than most lines have: how far back the end of a log is looked for."""


class Log:
    """A run's log: JSON lines with its id and the time; of a step the first line and one a minute."""

    def __init__(self, path: Path, run: str) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1)
        self._run = run
        self._step: tuple[str, float] = ("", 0.0)

    def write(self, facts: Mapping[str, Any]) -> None:
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "run": self._run, **facts}
        with contextlib.suppress(OSError):  # a full disk must not end the run that could make room
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def write_step(self, fact: dict[str, Any]) -> None:
        label, now = fact["step"], time.monotonic()
        finished = fact.get("total") is not None and fact.get("done") == fact.get("total")
        if label != self._step[0] or finished or now - self._step[1] >= STEP_SECONDS:
            self._step = (label, now)
            self.write(fact)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._file.close()


def log_lines(path: Path, *, last: int) -> Iterator[dict[str, Any]]:
    """The ``last`` lines of a run's log as facts; a line cut by a crash is passed on as its text."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - last * LIKELY_BYTES))
        lines = file.read().split(b"\n")
    whole = lines if size <= last * LIKELY_BYTES else lines[1:]
    for line in [line for line in whole if line][-last:]:
        try:
            yield json.loads(line)
        except ValueError:
            yield {"talk": line.decode("utf-8", "replace")}
