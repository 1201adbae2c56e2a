"""What a command took, its children included."""

from __future__ import annotations

import sys

from bench.measure import measure

HOLD_IN_A_CHILD = """
import subprocess, sys
subprocess.run([sys.executable, "-c", "import time; held = b'x' * 60_000_000; time.sleep(1)"])
print("done")
"""


def test_memory_of_children_counts() -> None:
    ran = measure([sys.executable, "-c", HOLD_IN_A_CHILD])
    assert (ran.code, ran.output) == (0, "done\n")
    assert ran.seconds > 1
    assert ran.peak_mb > 60


def test_the_exit_code_is_the_commands_own() -> None:
    assert measure([sys.executable, "-c", "raise SystemExit(3)"]).code == 3
