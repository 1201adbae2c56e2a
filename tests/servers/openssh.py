"""A real OpenSSH server on loopback, with its own configuration, keys and one account: who runs the tests."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

STARTS_SECONDS = 20
SFTP_SERVERS = (
    "/usr/lib/openssh/sftp-server",
    "/usr/libexec/openssh/sftp-server",
    "/usr/libexec/sftp-server",
)


def sshd_program() -> str | None:
    return shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def why_not() -> str | None:
    """What this machine lacks for a server; None where it can be started."""
    for name, found in (
        ("sshd", sshd_program()),
        ("ssh-keygen", shutil.which("ssh-keygen")),
        ("sftp-server", _sftp_server()),
    ):
        if found is None:
            return f"OpenSSH: {name} is not installed"
    return None


def _sftp_server() -> str | None:
    return next((path for path in SFTP_SERVERS if os.access(path, os.X_OK)), None)


def make_key(path: Path, kind: str = "ed25519", *, form: str = "", passphrase: str = "") -> Path:
    """A private key, with its public half beside it. ``form`` is PEM, PKCS8 or OpenSSH's own (empty)."""
    path.unlink(missing_ok=True)
    words = ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "", "-f", str(path)]
    subprocess.run([*words, *(["-m", form] if form else [])], check=True)
    return path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Sshd:
    """A server that can be ended and started again, under another host key too."""

    folder: Path
    port: int
    with_sftp: bool = True
    process: subprocess.Popen[bytes] | None = None

    @property
    def host_key(self) -> Path:
        return self.folder / "host_key"

    @property
    def user(self) -> str:
        return getpass.getuser()

    @property
    def log(self) -> Path:
        return self.folder / "sshd.log"

    def allow(self, public_key: Path) -> None:
        with (self.folder / "authorized_keys").open("a", encoding="utf-8") as file:
            file.write(public_key.read_text("utf-8"))

    def start(self) -> None:
        (self.folder / "config").write_text(self._config(), "utf-8")
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # the root's server wants an empty folder
        program = sshd_program()
        assert program is not None
        words = [program, "-D", "-e", "-f", str(self.folder / "config")]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._await()

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(STARTS_SECONDS)
            self.process = None

    def _await(self) -> None:
        until = time.monotonic() + STARTS_SECONDS
        assert self.process is not None
        while time.monotonic() < until and self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1):
                    return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"sshd does not start: {self.log.read_text('utf-8')}")

    def _config(self) -> str:
        lines = [
            f"Port {self.port}",
            "ListenAddress 127.0.0.1",
            f"HostKey {self.host_key}",
            f"AuthorizedKeysFile {self.folder / 'authorized_keys'}",
            f"PidFile {self.folder / 'sshd.pid'}",
            "StrictModes no",
            "UsePAM no",
            "PermitRootLogin yes",
            "PasswordAuthentication yes",
            "KbdInteractiveAuthentication no",
            "MaxAuthTries 6",
            "MaxStartups 100",
            "LogLevel ERROR",
        ]
        if self.with_sftp:
            lines.append(f"Subsystem sftp {_sftp_server()}")
        return "\n".join(lines) + "\n"


@contextmanager
def sshd(folder: Path, *, with_sftp: bool = True) -> Iterator[Sshd]:
    """A running server with a fresh host key; nobody may sign in until a key is allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    server = Sshd(folder, free_port(), with_sftp)
    make_key(server.host_key)
    (folder / "authorized_keys").touch()
    server.start()
    try:
        yield server
    finally:
        server.stop()
