"""A disk without room: the run fails in one sentence, what was published stays, and the next run goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.events.deliveries import SETTINGS, line

MOUNTED = ["unshare", "--user", "--map-root-user", "--mount"]
SCRIPT = """
import json, os, sys
from pathlib import Path
from staffroom.cli import main
from staffroom.events.catalogue import Store
root = Path(sys.argv[1])
log = root / "logs" / "tracking.log-20240105"
def ingest():
    code = main(["events", "ingest", "--quiet", "--instance", str(root)])
    tables = Store(root / "store").current().tables
    print(json.dumps([code, sum(table.rows for table in tables.values())]), flush=True)
lines = Path(sys.argv[2]).read_bytes().splitlines(keepends=True)
log.write_bytes(lines[0])
ingest()
log.with_name("tracking.log-20240106").write_bytes(b"".join(lines))
(root / "fill").write_bytes(b"x" * int(sys.argv[3]))
ingest()
(root / "fill").unlink()
ingest()
"""


@pytest.mark.skipif(
    subprocess.run([*MOUNTED, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True).returncode != 0,
    reason="this machine does not let tests mount a small disk",
)
def test_a_full_disk_leaves_what_was_published(tmp_path: Path) -> None:
    lines = [line(number, agent=os.urandom(500).hex()) for number in range(2000)]
    (tmp_path / "lines").write_bytes(b"\n".join(lines))
    (tmp_path / "staffroom.toml").write_text(SETTINGS.format(zone="UTC"))
    (tmp_path / "script.py").write_text(SCRIPT)
    disk = tmp_path / "disk"
    disk.mkdir()
    commands = (
        'mount -t tmpfs -o size=16m tmpfs "$1" && mkdir "$1/logs" "$1/exports" '
        '&& cp "$2/staffroom.toml" "$1" '
        '&& exec "$3" "$2/script.py" "$1" "$2/lines" 12000000'
    )
    ran = subprocess.run(
        [*MOUNTED, "sh", "-c", commands, "sh", str(disk), str(tmp_path), sys.executable],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    counts = [one for one in ran.stdout.splitlines() if one.startswith("[")]
    assert counts == ["[0, 1]", "[1, 1]", "[0, 2000]"], ran.stderr
    assert (
        f"staffroom: {disk}: the disk is full. Nothing was published; the last version stays." in ran.stderr
    )
