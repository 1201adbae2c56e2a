"""SFTP against OpenSSH's own client, over the same server: on loopback, and on a line of 70 ms.

``python -m bench.sftp``. Each download is a whole one, from signing in to the file under its name; ours and
theirs take turns, and the fastest of each counts, because whatever else the machine does only ever slows.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.servers.openssh import Sshd, make_key, sshd, why_not
from tests.servers.relay import relay

from bench.command import bench_parser, conclude
from bench.report import Row
from staffroom.config import Instance, Institution
from staffroom.intake.downloads.download import download
from staffroom.intake.servers.known_hosts import KnownHosts, ask
from staffroom.intake.servers.running import run
from staffroom.intake.servers.settings import SftpSettings
from staffroom.intake.servers.sftp import open_sftp

MB = 1_000_000
LOOPBACK_MB, LONG_MB = 512, 256
ONE_WAY_SECONDS = 0.035
ROUNDS = 3
LOOPBACK_GOAL, LONG_GOAL = 0.8, 3.0
TUNED = ("-c", "aes128-gcm@openssh.com", "-R", "256", "-B", "261120")


@dataclass(frozen=True)
class Place:
    """A server reached at ``port``, and the folder where everything is."""

    folder: Path
    server: Sshd
    port: int

    @property
    def settings(self) -> SftpSettings:
        return SftpSettings("127.0.0.1", self.port, self.server.user, key_file="key")


def sftp_rows(folder: Path, *, loopback_mb: int = LOOPBACK_MB, long_mb: int = LONG_MB) -> Iterator[Row]:
    """The rows of both lines; one that says why where the machine has no OpenSSH server."""
    reason = why_not()
    if reason is not None:
        yield Row("SFTP", reason)
        return
    with sshd(folder / "sshd") as server:
        server.allow(make_key(folder / "key").with_suffix(".pub"))
        source = _random_file(folder / "source.bin", loopback_mb)
        yield from _rows(
            "loopback", Place(folder, server, server.port), source, TUNED, LOOPBACK_GOAL, "tuned"
        )
        source = _random_file(folder / "source.bin", long_mb)
        with relay(server.port, one_way_seconds=ONE_WAY_SECONDS) as port:
            yield from _rows("70 ms", Place(folder, server, port), source, (), LONG_GOAL, "default")


def _rows(
    line: str, place: Place, source: Path, options: Sequence[str], goal: float, how: str
) -> Iterator[Row]:
    ours, theirs = [], []
    digest = _digest(source)
    for _ in range(ROUNDS):
        ours.append(_timed(lambda: _ours(place, source)))
        theirs.append(_timed(lambda: _theirs(place, source, options)))
        if _digest(place.folder / "ours.bin") != digest:
            raise ValueError("what came is not what was sent")
    size = source.stat().st_size / MB
    ratio = min(theirs) / min(ours)
    yield Row(f"sftp of OpenSSH, {how}, {line} ({size:,.0f} MB)", f"{size / min(theirs):,.0f} MB/s")
    yield Row(
        f"  ours, {line}",
        f"{size / min(ours):,.0f} MB/s",
        f"{ratio:.2f}",
        f"at least {goal:g} of {how}",
        ratio >= goal,
    )


def _timed(work: Callable[[], None]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def _ours(place: Place, source: Path) -> None:
    target = place.folder / "ours.bin"
    for path in (target, place.folder / "ours.bin.part.json"):
        path.unlink(missing_ok=True)
    instance = Instance(place.folder, Institution())
    accept_host(place.folder / "known_hosts", place.port, place.server)

    async def fetch() -> None:
        async with open_sftp(place.settings, instance) as remote:
            await download(remote, await remote.stat(str(source)), target)

    run(fetch())


def accept_host(known_hosts: Path, port: int, server: Sshd) -> None:
    """Take the server's key as the one of ``port``, which may be a relay's."""
    hosts = KnownHosts(known_hosts)
    if not hosts.keys_of("127.0.0.1", port):
        hosts.accept(hosts.shown("127.0.0.1", port, run(ask("127.0.0.1", server.port))))


def _theirs(place: Place, source: Path, options: Sequence[str]) -> None:
    target = place.folder / "theirs.bin"
    target.unlink(missing_ok=True)
    command = sftp_command(place.settings, place.folder / "key", options)
    subprocess.run(
        [*command, f"{place.server.user}@127.0.0.1:{source}", str(target)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    if target.stat().st_size != source.stat().st_size:
        raise ValueError("their client did not fetch all")


def sftp_command(settings: SftpSettings, key: Path, options: Sequence[str] = ()) -> list[str]:
    """OpenSSH's own client, all but what it fetches."""
    words = ["sftp", "-q", "-P", str(settings.port), "-i", str(key), *options]
    for setting in ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR"):
        words += ["-o", setting]
    return words


def _random_file(path: Path, size_mb: int) -> Path:
    with path.open("wb") as file:
        for _ in range(size_mb):
            file.write(os.urandom(MB))
    return path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def memory_folder() -> str | None:
    """Where files are kept in memory: a disk would be measured too. None where there is no such place."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - files of this run alone


def main() -> int:
    parser = bench_parser("bench.sftp", __doc__)
    parser.add_argument("--loopback-mb", type=int, default=LOOPBACK_MB)
    parser.add_argument("--long-mb", type=int, default=LONG_MB)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(
        prefix="staffroom-sftp-", dir=options.folder or memory_folder()
    ) as folder:
        load = Row("load of the machine before (0: nobody else)", f"{os.getloadavg()[0]:.1f}")
        found = sftp_rows(Path(folder), loopback_mb=options.loopback_mb, long_mb=options.long_mb)
        rows = [load, *found]
    return conclude(rows, strict=options.strict)


if __name__ == "__main__":
    sys.exit(main())
