"""A run as a process of its own: what it says on the way, and how it is told to end."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from staffroom.jobs.heard import Heard
from staffroom.jobs.log import Log

LONGEST_LINE = 64 * 1024


class Child:
    """One child in its own process group, started at once; its talk goes to ``log`` as JSON lines.

    The child holds the other end of our ``stdin`` pipe, so that it ends when we do (see ``lifeline``).
    """

    def __init__(self, command: Sequence[str], *, log: Path, run: str) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self.heard = Heard()
        self._log = Log(log, run)
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            bufsize=0,
        )
        assert self._process.stdout is not None and self._process.stderr is not None
        self._log.write({"started": self._process.pid})
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._process.stdout, selectors.EVENT_READ, Lines(self._on_output))
        self._selector.register(self._process.stderr, selectors.EVENT_READ, Lines(self._on_talk))

    def listen(self, seconds: float) -> int | None:
        """Hear what is said for up to ``seconds``; returns the exit code once the child has ended."""
        until = time.monotonic() + seconds
        while not self._has_ended():
            left = until - time.monotonic()
            if left <= 0:
                return None
            if not self._read(min(left, 0.2)):
                time.sleep(min(left, 0.05))
        return self._bury()

    def interrupt(self) -> None:
        """What Ctrl-C does, for the child and all that it started."""
        self._signal(signal.SIGINT)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def _has_ended(self) -> bool:
        """Whether it has ended, without reaping it: until then its group's number is nobody else's."""
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self._process.pid, options) is not None

    def _bury(self) -> int:
        self._signal(signal.SIGKILL)  # what the child has left behind holds our pipes open
        while self._read(0):
            pass
        for key in list(self._selector.get_map().values()):
            key.data.close()
        self._selector.close()
        code = self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()
        self._log.write({"ended": code})
        self._log.close()
        return code

    def _read(self, seconds: float) -> bool:
        """Take in what is there or comes within ``seconds``; False where there was nothing."""
        heard = False
        for key, _ in self._selector.select(seconds) if self._selector.get_map() else ():
            data = os.read(key.fd, LONGEST_LINE)
            if data:
                key.data.feed(data)
                heard = True
            else:
                key.data.close()
                self._selector.unregister(key.fileobj)
        return heard

    def _on_output(self, line: bytes) -> None:
        fact = self.heard.take(line)
        if fact is None:
            self._log.write({"output": line.decode("utf-8", "replace")})
        elif "step" in fact:
            self._log.write_step(fact)
        else:
            self._log.write(fact)

    def _on_talk(self, line: bytes) -> None:
        self._log.write({"talk": line.decode("utf-8", "replace")})


class Lines:
    """Bytes of a pipe, passed on as whole lines; one that is too long is passed on in pieces."""

    def __init__(self, pass_on: Callable[[bytes], None]) -> None:
        self._pass_on = pass_on
        self._rest = b""

    def feed(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            lines, self._rest = [*lines, self._rest], b""
        for line in lines:
            self._pass_on(line)

    def close(self) -> None:
        if self._rest:
            self._pass_on(self._rest)
            self._rest = b""
