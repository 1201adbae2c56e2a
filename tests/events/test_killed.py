"""A run killed at any moment and run again gives what an undisturbed run gives; readers see no half."""

from __future__ import annotations

import gzip
import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from staffroom.config import Instance
from staffroom.events.catalogue import Store
from tests.events.deliveries import deliver, deliveries, line, make_instance, stored, take

RUN = """
import sys
from pathlib import Path
from staffroom.config import load_instance
from staffroom.events import ingest
from staffroom.tally import Silent
if __name__ == "__main__":
    ingest._WORTH_A_CREW, ingest.BATCH_FILES = int(sys.argv[2]), 2
    print("started", flush=True)
    ingest.ingest(load_instance(Path(sys.argv[1]), {}), processes=2, progress=Silent())
"""
FILES, LINES = 6, 1500


def school_with_deliveries(root: Path) -> Instance:
    school = make_instance(root)
    for day in range(1, FILES + 1):
        lines = [line(n, day=f"2024-01-0{max(day - n % 3, 1)}") for n in range(day * 40, day * 40 + LINES)]
        deliver(school, f"tracking.log-2024010{day}.gz", [b"", *lines, *lines[:50]])
    return school


def start(school: Instance, script: Path, *, workers: bool) -> subprocess.Popen[str]:
    script.write_text(RUN)
    worth = "0" if workers else str(10**12)
    child = subprocess.Popen(
        [sys.executable, str(script), str(school.root), worth],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "started\n"
    return child


@contextmanager
def reader(school: Instance) -> Iterator[list[int]]:
    """Somebody who opens the store all the time; gives the versions seen, all of them whole."""
    seen: list[int] = []
    faults: list[str] = []
    stop = threading.Event()

    def read() -> None:
        store = Store(school.store)
        while not stop.is_set():
            catalogue = store.current()
            for name, table in catalogue.tables.items():
                rows = sum(pq.read_metadata(school.store / file.path).num_rows for file in table.files)
                if rows != table.rows:
                    faults.append(f"{name} of {catalogue.number}")
            seen.append(catalogue.number)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()
    assert faults == []


@pytest.mark.parametrize("workers", [False, True])
def test_killed_at_random_moments_the_next_run_completes_the_work(tmp_path: Path, workers: bool) -> None:
    undisturbed = school_with_deliveries(tmp_path / "undisturbed")
    take(undisturbed)
    school = school_with_deliveries(tmp_path / "killed")
    moments = random.Random(8)
    with reader(school) as seen:
        for _ in range(6):
            child = start(school, tmp_path / "run.py", workers=workers)
            time.sleep(moments.uniform(0, 1.2))
            child.kill()
            child.communicate()
        child = start(school, tmp_path / "run.py", workers=workers)
        assert (child.wait(120), child.communicate()[1]) == (0, "")
    assert seen == sorted(seen)
    assert stored(school) == stored(undisturbed)
    counts = [{name: one.counts for name, one in deliveries(one).items()} for one in (undisturbed, school)]
    assert counts[0] == counts[1]


def test_stopped_by_ctrl_c_the_next_run_completes_the_work(tmp_path: Path) -> None:
    school = school_with_deliveries(tmp_path / "school")
    child = start(school, tmp_path / "run.py", workers=True)
    time.sleep(0.6)
    child.send_signal(signal.SIGINT)
    child.communicate(timeout=30)
    assert not list((school.root / "scratch").rglob("*.arrow"))
    take(school)
    assert len(stored(school)) == len(set(_times(school)))


def _times(school: Instance) -> list[str]:
    """The times of all delivered events; no two different ones have the same."""
    texts = [gzip.decompress(path.read_bytes()) for path in (school.root / "logs").iterdir()]
    return [json.loads(one)["time"] for text in texts for one in text.splitlines() if one]
