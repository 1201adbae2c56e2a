"""Whoever comes second is told who is at work; a killed holder holds nothing."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from staffroom.locks import held

HOLD = "import sys, time; from pathlib import Path; from staffroom.locks import held\n"
HOLD += "with held(Path(sys.argv[1]), RuntimeError): print('held', flush=True); time.sleep(60)"


def test_a_second_process_learns_who_holds_it_until_it_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "nightly.lock"
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(RuntimeError) as refused, held(path, RuntimeError):
            pass
        holder.send_signal(signal.SIGKILL)
    assert re.fullmatch(rf"process {holder.pid}, since \S+\+00:00", str(refused.value))
    with held(path, RuntimeError):
        pass


def test_it_is_free_again_after_use(tmp_path: Path) -> None:
    path = tmp_path / "nightly.lock"
    for _ in range(2):
        with held(path, RuntimeError):
            pass
