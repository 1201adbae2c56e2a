"""A run killed at any moment leaves the last version; run again, it publishes what it would have."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from staffroom.config import Instance
from staffroom.metrics.compute import compute
from staffroom.metrics.store import open_published
from tests.metrics.instances import environment, ingested, instance_in
from tests.metrics.logs import page, small_log, write_log
from tests.metrics.test_order import AS_OF, Tables, tables

KILLS = 6

COMPUTING = """
import sys
from pathlib import Path
from staffroom.metrics.compute import compute
from tests.metrics.instances import instance_in
from tests.metrics.test_order import AS_OF

print("started", flush=True)
compute(instance_in(Path(sys.argv[1])), as_of=AS_OF, again=True)
"""


class Reader:
    """Reads all tables again and again in a thread, and keeps every answer that is not allowed."""

    def __init__(self, instance: Instance, *allowed: Tables) -> None:
        self._instance, self._allowed = instance, allowed
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read)
        self.wrong: list[Tables] = []
        self.reads = 0

    def __enter__(self) -> Reader:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _read(self) -> None:
        while not self._stop.is_set():
            found = tables(self._instance)
            self.reads += 1
            if found not in self._allowed:
                self.wrong.append(found)


def killed_run(root: Path, after_seconds: float) -> int:
    """Start a run in a process of its own and kill it; returns how it ended."""
    process = subprocess.Popen(
        [sys.executable, "-c", COMPUTING, str(root)], env=environment(), stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(after_seconds)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode


def test_killed_at_random_moments_and_run_again(tmp_path: Path) -> None:
    whole = instance_in(tmp_path / "whole")
    ingested(whole.root, [write_log(tmp_path, "tracking.log-20260930", small_log())])
    compute(whole, as_of=AS_OF)
    old = tables(whole)
    ingested(
        whole.root, [write_log(tmp_path, "tracking.log-20261001", [page("ana", 60, "courseware/s/q/2")])]
    )
    shutil.copytree(whole.root, tmp_path / "killed")
    started = time.monotonic()
    compute(whole, as_of=AS_OF, again=True)
    lasts = time.monotonic() - started
    new = tables(whole)
    assert old != new

    killed = instance_in(tmp_path / "killed")
    moments = random.Random(7)
    with Reader(killed, old, new) as reader:
        ends = {killed_run(killed.root, moments.uniform(0, 1.5 * lasts)) for _ in range(KILLS)}
        compute(killed, as_of=AS_OF)
    assert -signal.SIGKILL in ends
    assert reader.reads > KILLS
    assert reader.wrong == []
    assert tables(killed) == new
    assert left_over(killed) == []


def left_over(instance: Instance) -> list[str]:
    """Files in the store that no kept catalogue names, after the run that sweeps them."""
    compute(instance, as_of=AS_OF)
    catalogue = open_published(instance.store)
    named = {path.name for path in instance.store.glob("**/*.parquet")}
    assert catalogue.number > 0
    kept = "".join(path.read_text("utf-8") for path in instance.store.glob("catalogue-*.json"))
    return sorted(name for name in named if name not in kept)
