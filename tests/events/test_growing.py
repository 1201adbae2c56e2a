"""A log that another process still writes while it is taken in: in the end, all of it is there, once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from staffroom.events.rejects import read_rejects
from tests.events.deliveries import deliver, deliveries, line, make_instance, stored, take

LINES = 400
WRITER = """
import sys, time
with open(sys.argv[1], "rb") as whole, open(sys.argv[2], "ab", buffering=0) as log:
    for line in whole:
        log.write(line[:40])
        time.sleep(0.001)
        log.write(line[40:])
"""


def test_a_log_that_grows_while_it_is_read_is_taken_whole_and_once(tmp_path: Path) -> None:
    """Nightly runs follow one another while the writer is at work; half a line is set aside, then there."""
    school = make_instance(tmp_path / "school")
    whole = tmp_path / "whole"
    whole.write_bytes(b"".join(line(number) + b"\n" for number in range(LINES)))
    log = deliver(school, "tracking.log-20240105", [line(0)])
    with subprocess.Popen([sys.executable, "-c", WRITER, str(whole), str(log)]) as writer:
        while writer.poll() is None:
            counts = take(school)
            assert counts.read == counts.kept + counts.repeated + counts.skipped
    assert writer.returncode == 0
    take(school)
    assert sorted(row["page"] for row in stored(school)) == sorted(
        f"https://courses.example.org/{number}" for number in range(LINES)
    )
    last = deliveries(school)[log.name]
    assert (last.state, last.size, last.read, last.skipped) == ("taken", log.stat().st_size, LINES + 1, 0)
    assert list(read_rejects(school.rejects, last.digest)) == []
    before = stored(school)
    assert (take(school).read, stored(school)) == (0, before)
