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
from bench.command import bench_parser, conclude, say
from bench.instance import prepare
from bench.report import Row
from bench.serving import serving_rows

DEFAULT_EVENTS = 1_000_000
READING_SECONDS = 45.0


def main() -> int:
    options = _parser().parse_args()
    with tempfile.TemporaryDirectory(prefix="staffroom-bench-", dir=options.folder) as folder:
        rows = list(_rows(Path(folder), options.events, options.seconds))
    return conclude(rows, strict=options.strict)


def _rows(folder: Path, events: int, seconds: float) -> Iterator[Row]:
    yield Row("load of the machine before (0: nobody else)", f"{os.getloadavg()[0]:.1f}")
    started = time.monotonic()
    say(f"Generating about {events:,} events …")
    bench = prepare(folder, events)
    took = time.monotonic() - started
    size = sum(path.stat().st_size for path in bench.logs.iterdir()) / 1e6
    yield Row(f"generated {bench.manifest.lines:,} lines", f"{took:.1f} s, {size:,.0f} MB of gz")
    say("Reading, taking in, scanning, computing …")
    yield from batch_rows(bench)
    say(f"Serving readers for {seconds:.0f} seconds …")
    yield from serving_rows(bench, seconds=seconds)


def _parser() -> argparse.ArgumentParser:
    parser = bench_parser("bench.run", __doc__)
    parser.add_argument("--events", type=int, default=DEFAULT_EVENTS, help="about how many events")
    parser.add_argument("--seconds", type=float, default=READING_SECONDS, help="how long readers read")
    return parser


if __name__ == "__main__":
    sys.exit(main())
