"""A drop at work as its own process, and OpenSSH's own client in front of it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.instances import environment
from tests.servers.openssh import make_key

WAITS_SECONDS = 30
CLIENTS = ("sftp", "ssh-keygen")

SETTINGS = """
[institution]
name = "Lake University"
time_zone = "UTC"

[[sources]]
name = "openedx"
logs = "deliveries/openedx/logs"
exports = "deliveries/openedx/exports"

[[sources]]
name = "hill"
logs = "deliveries/hill"
"""

ACCOUNT = """
[[drop_accounts]]
name = "{name}"
source = "{source}"
{lines}
"""


def why_not() -> str | None:
    lacking = [name for name in CLIENTS if shutil.which(name) is None]
    return f"OpenSSH: {', '.join(lacking)} is not installed" if lacking else None


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def wait_until(what: Callable[[], Any], *, seconds: float = WAITS_SECONDS) -> Any:
    until = time.monotonic() + seconds
    while not (found := what()):
        if time.monotonic() > until:
            raise AssertionError(f"did not happen within {seconds} seconds")
        time.sleep(0.02)
    return found


@dataclass(frozen=True)
class Talk:
    """What the client said and how it ended."""

    code: int
    out: str
    err: str


@dataclass
class Served:
    """An instance with a drop that can be started, stopped and killed."""

    root: Path
    key: Path
    port: int = 0
    process: subprocess.Popen[str] | None = None

    @property
    def landing(self) -> Path:
        return self.root / "deliveries" / "openedx" / "logs"

    @property
    def log(self) -> list[dict[str, Any]]:
        path = next(self.root.glob("logs/drop-*.log"))
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]

    def settings(self, text: str) -> None:
        with (self.root / "staffroom.toml").open("a", encoding="utf-8") as file:
            file.write(text)

    def account(
        self, name: str = "lake", source: str = "openedx", *lines: str, key: Path | None = None
    ) -> None:
        public = (key or self.key).with_suffix(".pub").read_text("utf-8").strip()
        self.settings(
            ACCOUNT.format(name=name, source=source, lines="\n".join([f'keys = ["{public}"]', *lines]))
        )

    def start(self, *, largest_file: int | None = None) -> None:
        """``largest_file``: what the system lets the drop write into one file, as on a disk that is full."""

        def limit() -> None:
            if largest_file is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

        self.process = subprocess.Popen(
            self.command("serve", f"--port={self.port}"),
            stdin=subprocess.DEVNULL,
            stderr=(self.root / "stderr").open("w"),
            text=True,
            env=environment(),
            preexec_fn=limit,
        )
        said = wait_until(lambda: re.search(r"listens at 127\.0\.0\.1:(\d+)", self._said_alive()))
        self.port = int(said.group(1))

    def said(self) -> str:
        return (self.root / "stderr").read_text("utf-8")

    def _said_alive(self) -> str:
        assert self.process is not None
        assert self.process.poll() is None, self.said()
        return self.said()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        code = self.process.wait(WAITS_SECONDS)
        self.process = None
        return code

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "staffroom.cli", "drop", *words, f"--instance={self.root}"]

    def drop(self, *words: str, given: str = "") -> Talk:
        done = subprocess.run(
            self.command(*words), capture_output=True, text=True, env=environment(), input=given, check=False
        )
        return Talk(done.returncode, done.stdout, done.stderr)

    def sessions(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.drop("sessions", "--json").out.splitlines()]

    def sftp(self, *options: str, user: str = "lake", key: Path | None = None) -> list[str]:
        return [
            "sftp",
            "-q",
            *("-P", str(self.port)),
            *("-i", str(key or self.key)),
            *("-F", "none"),
            *("-o", "IdentitiesOnly=yes"),
            *("-o", "StrictHostKeyChecking=accept-new"),
            *("-o", f"UserKnownHostsFile={self.root / 'known'}"),
            *options,
            f"{user}@127.0.0.1",
        ]

    def talk(self, *commands: str, user: str = "lake", key: Path | None = None) -> Talk:
        """One session of the client; it goes on after a command that fails, and ``code`` is of signing in."""
        done = subprocess.run(
            self.sftp("-b", "-", user=user, key=key),
            input="\n".join(f"-{command}" for command in commands) + "\n",
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Talk(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def slow(
        self, command: str, *, kilobits: int = 8_000, user: str = "lake"
    ) -> Iterator[subprocess.Popen[str]]:
        """A client that is in the middle of a command, in a process group of its own."""
        batch = self.root / "slow.batch"
        batch.write_text(command + "\n", "utf-8")
        client = subprocess.Popen(
            self.sftp("-l", str(kilobits), "-b", str(batch), user=user),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            yield client
        finally:
            cut(client)

    def coming(self, name: str, *, more_than: int = 200_000) -> int:
        """Wait until so much of ``name`` has come; returns how much has."""
        path = self.landing / f".{name}.part"
        return int(
            wait_until(lambda: path.exists() and path.stat().st_size > more_than and path.stat().st_size)
        )


def cut(client: subprocess.Popen[str]) -> None:
    """Kill the client and the line that it holds."""
    if client.poll() is None:
        os.killpg(client.pid, signal.SIGKILL)
    client.communicate()


@contextmanager
def prepared(folder: Path) -> Iterator[Served]:
    """An instance with a key, without accounts yet."""
    root = folder / "instance"
    root.mkdir(mode=0o700)
    (root / "staffroom.toml").write_text(SETTINGS, "utf-8")
    served = Served(root, make_key(folder / "key"))
    try:
        yield served
    finally:
        if served.process is not None:
            served.process.kill()
            served.process.wait()
