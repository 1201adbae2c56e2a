"""The batch stages: reading the log with gzip and wc, ingest, a bare scan, all metrics."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.instance import BenchInstance, staffroom
from bench.measure import Measured, measure
from bench.report import Row

INGEST_RATIO_GOAL = 6.0
INGEST_RATE_GOAL = 100_000
METRICS_SECONDS_GOAL = 15.0
METRICS_GOAL_EVENTS = 1_000_000
MEMORY_GOAL_MB = 1024
GZIP_RUNS = 3
GZIP_ALL = (
    """printf '%s\\n' "$@" | xargs -n 1 -P {processes} sh -c 'gzip -dcf "$0" 2>&- | wc -l >/dev/null'"""
)


class StageFailed(Exception):
    """A measured command ended with an error; its own words stand above."""


def batch_rows(bench: BenchInstance) -> Iterator[Row]:
    """Measure the stages one after the other; yields the rows as they are known."""
    gzip = read_by_gzip(bench.logs)
    yield Row(f"gzip -dc | wc -l, {_processes()} processes", _time(gzip), "1")
    yield from _ingest_rows(bench, gzip)
    scan = float(_succeeded(measure([sys.executable, "-m", "bench.scan", str(bench.root / "store")])).output)
    yield Row("bare DuckDB scan of the events", f"{scan:.2f} s", "1")
    yield from _metrics_rows(bench, scan)


def read_by_gzip(logs: Path) -> Measured:
    """What gzip and wc take for all files, several at once; the middle of some runs."""
    files = [str(path) for path in sorted(logs.iterdir())]
    command = ["sh", "-c", GZIP_ALL.format(processes=_processes()), "sh", *files]
    runs = sorted((_succeeded(measure(command)) for _ in range(GZIP_RUNS)), key=lambda run: run.seconds)
    return runs[GZIP_RUNS // 2]


def _ingest_rows(bench: BenchInstance, gzip: Measured) -> Iterator[Row]:
    ran = _succeeded(measure(staffroom(bench.root, "events", "ingest", "--quiet", "--json")))
    counts = json.loads(ran.output.splitlines()[-1])
    rate, ratio = counts["read"] / ran.seconds, ran.seconds / gzip.seconds
    yield Row(
        f"ingest of {counts['read']:,} lines",
        _time(ran),
        f"{ratio:.1f}",
        f"at most {INGEST_RATIO_GOAL:.0f} times gzip",
        ratio <= INGEST_RATIO_GOAL,
    )
    yield Row("  the same in CPU time", "", f"{ran.cpu_seconds / gzip.cpu_seconds:.1f}")
    yield Row("  lines a second", f"{rate:,.0f}", "", f"{INGEST_RATE_GOAL:,}", rate >= INGEST_RATE_GOAL)
    yield memory_row("  peak memory", ran.peak_mb)


def _metrics_rows(bench: BenchInstance, scan: float) -> Iterator[Row]:
    ran = _succeeded(measure(staffroom(bench.root, "metrics", "compute", "--quiet", "--json")))
    goal = METRICS_SECONDS_GOAL * max(1, round(bench.manifest.events / METRICS_GOAL_EVENTS))
    yield Row(
        f"all metrics of {bench.manifest.events:,} events",
        _time(ran),
        f"{ran.seconds / scan:.1f}",
        f"under {goal:.0f} s",
        ran.seconds < goal,
    )
    yield memory_row("  peak memory", ran.peak_mb)


def memory_row(what: str, megabytes: float, *, goal_mb: int = MEMORY_GOAL_MB) -> Row:
    return Row(what, f"{megabytes:,.0f} MB", "", f"under {goal_mb:,} MB", megabytes < goal_mb)


def _succeeded(ran: Measured) -> Measured:
    if ran.code not in (0, 3):  # 3: done, with rows skipped
        raise StageFailed(f"exit code {ran.code}: {ran.output[-500:]}")
    return ran


def _time(ran: Measured) -> str:
    return f"{ran.seconds:.2f} s, {ran.cpu_seconds:.1f} CPU-s"


def _processes() -> int:
    return os.cpu_count() or 1
