"""The bare DuckDB scan that metrics are compared with: every column of every event file, once.

``python -m bench.scan STORE`` prints the seconds that the query took.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from staffroom.engines.duck import open_duck, quoted
from staffroom.events.catalogue import Store


def scan_seconds(store: Path) -> float:
    tables = Store(store).current().tables
    files = [
        store / file.path
        for name, table in tables.items()
        if name.startswith("events/")
        for file in table.files
    ]
    listed = ", ".join(quoted(str(path)) for path in files)
    connection = open_duck(threads=os.cpu_count())
    started = time.monotonic()
    connection.execute(f"SELECT CAST(max(COLUMNS(*)) AS VARCHAR) FROM read_parquet([{listed}])").fetchall()  # noqa: S608
    return time.monotonic() - started


if __name__ == "__main__":
    print(scan_seconds(Path(sys.argv[1])))
