"""A child process as its worker hears it, whatever it says and however it ends."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from staffroom.jobs.child import LONGEST_LINE, Child
from staffroom.jobs.log import log_lines
from staffroom.jobs.settings import schedules
from staffroom.jobs.tasks import words
from tests.instances import environment
from tests.jobs.conftest import Soon


def heard(tmp_path: Path, program: str) -> tuple[int, Child, list[dict[str, Any]]]:
    """Run a Python program to its end; its exit code, what was heard, the lines of its log."""
    child = Child([sys.executable, "-c", program], log=tmp_path / "runs/x.log", run="x")
    code = child.listen(30)
    assert code is not None
    lines = [json.loads(line) for line in (tmp_path / "runs/x.log").read_text().splitlines()]
    return code, child, lines


def is_alive(process: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has reaped yet does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_what_is_no_fact_is_kept_in_the_log_and_breaks_nothing(tmp_path: Path) -> None:
    program = r"""
import sys
sys.stdout.buffer.write(b'not json\n[1]\n{"self": 1, "facts": 2}\n\xff\xfe\n{"step": 7}\nlast without an end')
sys.stderr.write("said\n")
"""
    code, child, lines = heard(tmp_path, program)
    assert code == 0
    assert (child.heard.steps, child.heard.result, child.heard.error) == ([], {}, {})
    said = [{k: v for k, v in line.items() if k not in ("at", "run")} for line in lines]
    assert {"talk": "said"} in said
    assert [one for one in said if "talk" not in one][1:-1] == [
        {"output": "not json"},
        {"output": "[1]"},
        {"self": 1, "facts": 2},
        {"output": "\ufffd\ufffd"},
        {"step": 7},
        {"output": "last without an end"},
    ]


def test_steps_are_heard_in_the_order_in_which_they_begin_with_their_latest_figures(tmp_path: Path) -> None:
    program = """
import json
for step, done in (("a", 0), ("b", 0), ("a", 5), ("b", 1)):
    print(json.dumps({"step": step, "done": done, "total": 5, "unit": "rows"}))
"""
    _, child, _ = heard(tmp_path, program)
    assert [(step["step"], step["done"]) for step in child.heard.steps] == [("a", 5), ("b", 1)]


def test_a_line_without_end_takes_no_more_memory_than_a_long_one(tmp_path: Path) -> None:
    code, _, lines = heard(tmp_path, "print('x' * 1_000_000, end='')")
    pieces = [line["output"] for line in lines if "output" in line]
    assert code == 0
    assert "".join(pieces) == "x" * 1_000_000
    assert max(map(len, pieces)) <= 2 * LONGEST_LINE


def test_everything_said_before_a_sudden_end_is_heard(tmp_path: Path) -> None:
    program = """
import os, sys
for n in range(20_000):
    print('{"step": "s", "done": %d}' % n)
sys.stdout.flush()
os.kill(os.getpid(), 9)
"""
    code, child, _ = heard(tmp_path, program)
    assert code == -9
    assert child.heard.steps == [{"step": "s", "done": 19_999}]


def test_what_a_child_leaves_behind_ends_with_it(tmp_path: Path, soon: Soon) -> None:
    """A process that the child started holds its pipes open; it is ended, and nobody waits for it."""
    program = """
import subprocess, sys
left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(left.pid, flush=True)
"""
    begun = time.monotonic()
    code, _, lines = heard(tmp_path, program)
    assert code == 0
    assert time.monotonic() - begun < 20
    (left,) = [int(line["output"]) for line in lines if "output" in line]
    soon(lambda: not is_alive(left))


def test_listening_ends_in_time_while_the_child_goes_on(tmp_path: Path) -> None:
    child = Child([sys.executable, "-c", "import time; time.sleep(60)"], log=tmp_path / "x.log", run="x")
    begun = time.monotonic()
    assert child.listen(0.3) is None
    assert 0.25 < time.monotonic() - begun < 5
    child.kill()
    assert child.listen(10) == -9


def test_the_end_of_a_long_log_is_read_without_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_text("".join(json.dumps({"talk": str(n)}) + "\n" for n in range(10_000)))
    assert [line["talk"] for line in log_lines(path, last=3)] == ["9997", "9998", "9999"]
    assert len(list(log_lines(path, last=20_000))) == 10_000


def test_a_child_whose_parent_dies_is_interrupted(tmp_path: Path) -> None:
    """Even one that was started with interrupts ignored, as by a shell in the background."""
    program = f"""
import signal, sys, time
from pathlib import Path
from staffroom.jobs import lifeline
lifeline.hold()
try:
    print("ready", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    Path({str(tmp_path / "interrupted")!r}).touch()
"""
    process = subprocess.Popen(
        ["sh", "-c", 'trap "" INT; exec "$@"', "sh", sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdout is not None and process.stdin is not None
    assert process.stdout.readline() == b"ready\n"
    process.stdin.close()
    assert process.wait(20) == 0
    process.stdout.close()
    assert (tmp_path / "interrupted").exists()


def test_arguments_become_options_of_the_verb() -> None:
    assert words("nightly", {}) == ["nightly"]
    assert words("events ingest", {"since": "2026-09-01", "again": True}) == [
        "events",
        "ingest",
        "--since=2026-09-01",
        "--again",
    ]


@pytest.mark.parametrize("value", ["x", ["0 3 * * *"]])
def test_a_schedule_that_is_no_section_is_refused(tmp_path: Path, value: object) -> None:
    from staffroom.config import Instance, Institution
    from staffroom.errors import SettingsError

    with pytest.raises(SettingsError) as raised:
        schedules(Instance(tmp_path, Institution(), {"schedule": value}))
    assert str(raised.value) == 'staffroom.toml [schedule]: is not a section. Write: nightly = "0 3 * * *"'
