"""``make bench-loader``: a file of students on its way, part by part, and then all of it at once.

``python -m bench.loading [--students N | --full]`` joins the tables of ``bench.sftp``, ``bench.loader`` and
``bench.registry``, and adds the whole way (``bench.whole_way``).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.loader import loader_rows
from bench.registry import registry_rows
from bench.report import Row, table
from bench.sftp import memory_folder, sftp_rows
from bench.whole_way import whole_way_rows

DEFAULT_STUDENTS, WHOLE_STATE = 200_000, 6_400_000


def main() -> int:
    options = _parser().parse_args()
    students = WHOLE_STATE if options.full else options.students
    rows = list(_rows(options.folder, students))
    print(table(rows))
    missed = sum(row.met is False for row in rows)
    print(f"\n{sum(row.met is True for row in rows)} goals met, {missed} missed.")
    return 1 if missed and options.strict else 0


def _rows(root: str | None, students: int) -> Iterator[Row]:
    """Each part in a folder of its own, which is gone when the next begins."""
    _say("Fetching by SFTP, on loopback and over a line of 70 ms …")
    with tempfile.TemporaryDirectory(prefix="staffroom-bench-", dir=memory_folder()) as folder:
        yield from sftp_rows(Path(folder))
    for what, rows in (
        ("Sending to a receiver that only parses", loader_rows),
        ("Taking in and draining", registry_rows),
        ("From an SFTP server to the registry", whole_way_rows),
    ):
        _say(f"{what}: {students:,} students …")
        with tempfile.TemporaryDirectory(prefix="staffroom-bench-", dir=root) as folder:
            yield from rows(Path(folder), students)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m bench.loading", description=__doc__)
    parser.add_argument("--students", type=int, default=DEFAULT_STUDENTS, help="how many")
    parser.add_argument("--full", action="store_true", help=f"{WHOLE_STATE:,} students, as a state has")
    parser.add_argument(
        "--folder", help="where instances are made for the time of the run (default: $TMPDIR)"
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 where a goal is missed")
    return parser


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
