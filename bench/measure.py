"""One command, run to its end: how long, how much CPU, and the most memory its whole process tree had."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Measured:
    """``cpu_seconds`` and ``peak_mb`` are of the process and all that it started."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    output: str
    code: int


class MemoryWatch(threading.Thread):
    """Samples the memory of a process tree until ``stop``; shared pages count once (PSS)."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak_kb = pid, 0
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.wait(SAMPLE_SECONDS):
            self.peak_kb = max(self.peak_kb, sum(map(_proportional_kb, process_tree(self.pid))))

    def stop(self) -> float:
        """End the sampling; returns the peak in megabytes."""
        self._done.set()
        self.join()
        return self.peak_kb / 1024


def measure(command: Sequence[str], *, cwd: Path | None = None) -> Measured:
    """Run ``command`` with its standard error on ours."""
    started = time.monotonic()
    child = subprocess.Popen(list(command), stdout=subprocess.PIPE, cwd=cwd)
    watch = MemoryWatch(child.pid)
    watch.start()
    assert child.stdout is not None
    with child.stdout:
        output = child.stdout.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - started
    code = child.returncode = os.waitstatus_to_exitcode(status)
    return Measured(seconds, usage.ru_utime + usage.ru_stime, watch.stop(), output, code)


def process_tree(pid: int) -> Iterator[int]:
    """``pid`` and everything below it that is alive now."""
    yield pid
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from process_tree(int(child))


def _proportional_kb(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:  # it ended between being listed and being read
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)
