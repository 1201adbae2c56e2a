"""``make soak``: kill the night's work at random moments, start it again, compare with an undisturbed run.

Each round delivers the same files in another order and other portions, kills ingest and compute wherever
they happen to be, lets them finish in the end, and asks for the same tables. Meanwhile a reader reads what
is published.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.instance import BenchInstance, must, prepare, staffroom
from bench.tables import Digests, WatchingReader, differing, digests

KILLED_WITHIN_SECONDS = 3.0
KILL_SHARE = 0.8
LAST_TRIES = 20


def main() -> int:
    options = _parser().parse_args()
    until = time.monotonic() + options.minutes * 60
    with tempfile.TemporaryDirectory(prefix="staffroom-soak-") as name:
        bench = prepare(Path(name), options.events, hold_back=False)
        pool = Path(name) / "pool"
        shutil.copytree(bench.logs, pool)
        for step in _steps(bench):
            _finish(step)
        expected = digests(bench.root / "store")
        _say(f"{sum(rows for rows, _ in expected.values()):,} rows in {len(expected)} tables are expected.")
        number = 0
        while number == 0 or time.monotonic() < until:
            number += 1
            if not _round(bench, pool, expected, random.Random(options.seed + number)):  # noqa: S311
                _say(f"Round {number} of seed {options.seed} went wrong.")
                return 1
    print(f"{number} rounds: the same tables every time, and no reader saw a half.")
    return 0


def _steps(bench: BenchInstance) -> tuple[list[str], ...]:
    """Ingest and compute, as of the same day however late it gets meanwhile."""
    as_of = bench.last_day.isoformat()
    return (
        staffroom(bench.root, "events", "ingest", "--quiet"),
        staffroom(bench.root, "metrics", "compute", "--quiet", "--as-of", as_of),
    )


def _round(bench: BenchInstance, pool: Path, expected: Digests, chance: random.Random) -> bool:
    """One store from nothing to the end, with kills on the way; False where anything differs."""
    _empty(bench.root)
    reader = WatchingReader(bench.root / "store")
    reader.start()
    files = sorted(pool.iterdir())
    chance.shuffle(files)
    kills = 0
    while files:
        portion = chance.randint(1, 6)
        for path in files[:portion]:
            shutil.copy2(path, bench.logs / path.name)
        del files[:portion]
        for step in _steps(bench):
            kills += _run_or_kill(step, chance)
    for step in _steps(bench):
        _finish(step)
    reader.stop()
    different = differing(expected, digests(bench.root / "store"))
    seen = f"{reader.reads} reads, {len(reader.halves)} halves"
    _say(f"{kills} kills, {seen}, different tables: {different or 'none'}")
    for half in reader.halves[:5]:
        _say(half)
    return not different and not reader.halves


def _empty(root: Path) -> None:
    """Back to an instance that has taken in nothing."""
    for name in ("store", "rejects", "deliveries/openedx/logs"):
        shutil.rmtree(root / name)
        (root / name).mkdir(parents=True)
    for path in root.glob("ledger.sqlite3*"):
        path.unlink()


def _run_or_kill(command: list[str], chance: random.Random) -> int:
    """Run a step, in most cases killing it with all its processes before it ends; returns the kills."""
    running = subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    limit = chance.random() * KILLED_WITHIN_SECONDS if chance.random() < KILL_SHARE else None
    try:
        running.wait(limit)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        return 1
    return 0


def _finish(command: list[str]) -> None:
    """Let a step run to its end; what an unlucky kill left locked is free within moments."""
    for _ in range(LAST_TRIES):
        code = subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode
        if code in (0, 3):
            return
        time.sleep(0.5)
    must(command)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="how long; the last round is finished")
    parser.add_argument("--events", type=int, default=40_000, help="about how many events")
    parser.add_argument("--seed", type=int, default=1, help="the first round's number")
    return parser


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
