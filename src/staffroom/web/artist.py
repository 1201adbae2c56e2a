"""The one drawing process of this process: started when first needed, started again when it dies."""

from __future__ import annotations

import atexit
import json
import os
import select
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any

SECONDS_A_CHART = 20.0


class DrawingFailed(Exception):
    """A chart could not be drawn; holds the class of the cause, never its data."""


class Artist:
    """One child process; a lock lets one thread at a time have something drawn."""

    def __init__(
        self, command: tuple[str, ...] = (sys.executable, "-m", "staffroom.web.drawing_child")
    ) -> None:
        self._command = command
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def draw(self, wanted: dict[str, Any]) -> str:
        """The SVG of ``wanted`` (spec, numbers, times). A child that died is replaced once."""
        line = json.dumps(wanted, default=str).encode() + b"\n"
        with self._lock:
            for attempt in (1, 2):
                try:
                    return self._ask(line)
                except OSError as error:
                    self.stop()
                    if attempt == 2:
                        raise DrawingFailed(type(error).__name__) from None
        raise AssertionError("unreachable")

    def stop(self) -> None:
        """End the child, if this process started it."""
        child, self._child = self._child, None
        if child is None or self._owner != os.getpid():
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                with suppress(OSError):  # closing writes what was not read any more
                    pipe.close()

    def _ask(self, line: bytes) -> str:
        child = self._running()
        assert child.stdin and child.stdout
        child.stdin.write(line)
        child.stdin.flush()
        if not select.select([child.stdout], [], [], SECONDS_A_CHART)[0]:
            raise TimeoutError
        answer = child.stdout.readline()
        if not answer:
            raise BrokenPipeError
        told: dict[str, str] = json.loads(answer)
        if "svg" not in told:
            raise DrawingFailed(told["error"])
        return told["svg"]

    def _running(self) -> subprocess.Popen[bytes]:
        """The child; a new one where there is none, it has ended, or another process owns it."""
        if self._child is None or self._owner != os.getpid() or self._child.poll() is not None:
            self.stop()
            self._child = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment()
            )
            self._owner = os.getpid()
        return self._child


def _environment() -> dict[str, str]:
    """What the child may know: where Python finds its modules, and no secret."""
    return {
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "LANG": "C.UTF-8",
    }


_artist = Artist()
atexit.register(_artist.stop)
draw = _artist.draw
