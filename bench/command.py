"""What every benchmark's command has: where it may write, how it ends, and words on the way."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from bench.report import Row, table


def bench_parser(module: str, about: str | None) -> argparse.ArgumentParser:
    """A parser with the options ``--folder`` and ``--strict``; the benchmark adds its own."""
    parser = argparse.ArgumentParser(f"python -m {module}", description=about)
    parser.add_argument("--folder", help="where files are made for the time of the run (default: $TMPDIR)")
    parser.add_argument("--strict", action="store_true", help="exit with 1 where a goal is missed")
    return parser


def conclude(rows: Sequence[Row], *, strict: bool) -> int:
    """Print the table and how many goals were met; returns the exit code."""
    print(table(rows))
    missed = sum(row.met is False for row in rows)
    print(f"\n{sum(row.met is True for row in rows)} goals met, {missed} missed.")
    return 1 if missed and strict else 0


def say(text: str) -> None:
    """Tell on stderr what is being measured now."""
    print(text, file=sys.stderr, flush=True)
