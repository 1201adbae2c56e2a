"""``make bench``: generate a log, take it in, compute, serve; print what that took and what was hoped for."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.batch import batch_rows
from bench.instance import prepare
from bench.report import Row, table
from bench.serving import serving_rows

DEFAULT_EVENTS = 1_000_000
READING_SECONDS = 45.0


def main() -> int:
    options = _parser().parse_args()
    with tempfile.TemporaryDirectory(prefix="staffroom-bench-", dir=options.folder) as folder:
        rows = list(_rows(Path(folder), options.events, options.seconds))
    print(table(rows))
    missed = sum(row.met is False for row in rows)
    print(f"\n{sum(row.met is True for row in rows)} goals met, {missed} missed.")
    return 1 if missed and options.strict else 0


def _rows(folder: Path, events: int, seconds: float) -> Iterator[Row]:
    yield Row("load of the machine before (0: nobody else)", f"{os.getloadavg()[0]:.1f}")
    started = time.monotonic()
    _say(f"Generating about {events:,} events …")
    bench = prepare(folder, events)
    took = time.monotonic() - started
    size = sum(path.stat().st_size for path in bench.logs.iterdir()) / 1e6
    yield Row(f"generated {bench.manifest.lines:,} lines", f"{took:.1f} s, {size:,.0f} MB of gz")
    _say("Reading, taking in, scanning, computing …")
    yield from batch_rows(bench)
    _say(f"Serving readers for {seconds:.0f} seconds …")
    yield from serving_rows(bench, seconds=seconds)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m bench.run", description=__doc__)
    parser.add_argument("--events", type=int, default=DEFAULT_EVENTS, help="about how many events")
    parser.add_argument("--seconds", type=float, default=READING_SECONDS, help="how long readers read")
    parser.add_argument(
        "--folder", help="where the instance is made for the time of the run (default: $TMPDIR)"
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 where a goal is missed")
    return parser


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
