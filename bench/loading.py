"""``make bench-loader``: a file of students on its way, part by part, and then all of it at once.

``python -m bench.loading [--students N]`` joins the tables of ``bench.sftp``, ``bench.loader`` and
``bench.registry``, and adds the whole way (``bench.whole_way``).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.command import bench_parser, conclude, say
from bench.loader import loader_rows
from bench.registry import registry_rows
from bench.report import Row
from bench.sftp import memory_folder, sftp_rows
from bench.whole_way import whole_way_rows

WHOLE_STATE = 6_400_000


def main() -> int:
    options = _parser().parse_args()
    rows = list(_rows(options.folder, options.students))
    return conclude(rows, strict=options.strict)


def _rows(root: str | None, students: int) -> Iterator[Row]:
    """Each part in a folder of its own, which is gone when the next begins."""
    say("Fetching by SFTP, on loopback and over a line of 70 ms …")
    with tempfile.TemporaryDirectory(prefix="staffroom-bench-", dir=memory_folder()) as folder:
        yield from sftp_rows(Path(folder))
    for what, rows in (
        ("Sending to a receiver that only parses", loader_rows),
        ("Taking in and draining", registry_rows),
        ("From an SFTP server to the registry", whole_way_rows),
    ):
        say(f"{what}: {students:,} students …")
        with tempfile.TemporaryDirectory(prefix="staffroom-bench-", dir=root) as folder:
            yield from rows(Path(folder), students)


def _parser() -> argparse.ArgumentParser:
    parser = bench_parser("bench.loading", __doc__)
    parser.add_argument("--students", type=int, default=WHOLE_STATE, help="how many; default: a whole state")
    return parser


if __name__ == "__main__":
    sys.exit(main())
