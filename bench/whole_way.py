"""The whole way of a file: OpenSSH's server, ``staffroom loader run``, a registry that is served and durable.

Beside it stands the structure of the old loader against a registry made in the same way: it downloads, then
unpacks and maps row by row, then posts one request at a time. Both are timed as whole commands.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import zip_longest
from pathlib import Path

from tests.servers.openssh import Sshd, make_key, sshd, why_not

from bench.batch import memory_row
from bench.instance import must, staffroom
from bench.loader import MOST_MB, OLD_WAY_STUDENTS, write_students
from bench.measure import Measured, MemoryWatch, measure
from bench.registry import MEMORY_GOAL_MB, PROCESSES, make_registry, token_header
from bench.report import Row
from bench.serving import server
from bench.sftp import accept_host, sftp_command
from staffroom.intake.servers.settings import SftpSettings

GOAL = 4.0
FIRST_ID = 10**9
BATCHES = "/api/v1/registry/CA/students/batch"


def whole_way_rows(folder: Path, students: int) -> Iterator[Row]:
    """The old way and ours, and whether the registry has exactly the file's students in the end."""
    reason = why_not()
    if reason is not None:
        yield Row("from SFTP to the registry", reason)
        return
    few = min(students, OLD_WAY_STUDENTS)  # its rate does not depend on how many follow
    with sshd(folder / "sshd") as sftp:
        sftp.allow(make_key(folder / "key").with_suffix(".pub"))
        for name, count in (("few", few), ("students", students)):
            write_students(folder / f"{name}.zip", count)
        old = _old_way(folder, sftp)
        what = f"download, then map row by row, then post one by one ({few:,})"
        yield Row(what, f"{few / old.seconds:,.0f} students/s")
        yield Row("  its CPU", f"{old.cpu_seconds / few * 1e6:.1f} µs a student")
        yield from _our_rows(folder, sftp, students, few / old.seconds)


def _old_way(folder: Path, sftp: Sshd) -> Measured:
    root, target = folder / "old", folder / "downloaded.zip"
    make_registry(root)
    download = [
        *sftp_command(SftpSettings("127.0.0.1", sftp.port), folder / "key"),
        f"{sftp.user}@127.0.0.1:{folder / 'few.zip'}",
        str(target),
    ]
    with server(root, "--workers", str(PROCESSES)) as (port, _):
        headers = [f"--header={name}={value}" for name, value in token_header(port, root).items()]
        words = ["-m", "bench.old_way", f"http://127.0.0.1:{port}{BATCHES}", str(target), *headers]
        return _succeeded(measure([sys.executable, *words, "--download", *download]))


def _our_rows(folder: Path, sftp: Sshd, students: int, old: float) -> Iterator[Row]:
    root = folder / "new"
    make_registry(root)
    with server(root, "--workers", str(PROCESSES)) as (port, process):
        receiver = MemoryWatch(process.pid)
        receiver.start()
        instance = _make_loader(folder, sftp, root, port)
        done = _succeeded(measure(staffroom(instance, "loader", "run", "--quiet")))
        peak = receiver.stop()
    rate = students / done.seconds
    yield Row(
        f"sshd, loader run, registry: durable ({students:,})",
        f"{rate:,.0f} students/s",
        f"{rate / old:.1f}",
        f"at least {GOAL:g} times",
        rate >= GOAL * old,
    )
    yield Row("  its CPU", f"{done.cpu_seconds / students * 1e6:.1f} µs a student")
    yield memory_row("  peak memory of the loader", done.peak_mb, goal_mb=MOST_MB)
    yield memory_row("  peak memory of the receiver", peak, goal_mb=MEMORY_GOAL_MB)
    must(staffroom(root, "registry", "drain", "--quiet"))
    registered, exact = _registered(root, students)
    told = f"{registered:,}, {'exactly' if exact else 'NOT'} the file's"
    yield Row("  students in the registry after its drain", told, "", "exactly the file's", exact)


def _make_loader(folder: Path, sftp: Sshd, registry: Path, port: int) -> Path:
    """An instance that fetches from ``sftp`` and sends to the registry; returns its folder."""
    root = folder / "loader"
    root.mkdir()
    client = json.loads((registry / "client.json").read_text("utf-8"))
    (root / "staffroom.toml").write_text(
        f"""[loader]
source = "sftp"
remote_path = "{folder / "students.zip"}"
[loader.sftp]
host = "127.0.0.1"
port = {sftp.port}
user = "{sftp.user}"
key_file = "{folder / "key"}"
[loader.api]
url = "http://127.0.0.1:{port}{BATCHES}"
token_url = "http://127.0.0.1:{port}/api/v1/registry/token"
grant = "client_credentials"
client_id = "{client["client_id"]}"
follow_status = false
""",
        "utf-8",
    )
    secrets = root / "secrets.toml"
    secrets.touch(0o600)
    secrets.write_text(f'loader_client_secret = "{client["client_secret"]}"\n', "utf-8")
    accept_host(root / "known_hosts", sftp.port, sftp)
    return root


def _registered(root: Path, students: int) -> tuple[int, bool]:
    """How many students the registry has, and whether they are those of the file, each once."""
    with closing(sqlite3.connect(root / "database" / "registry.sqlite3")) as database:
        (count,) = database.execute("SELECT count(*) FROM registry_student").fetchone()
        found = database.execute("SELECT ssid FROM registry_student ORDER BY ssid")
        wanted = map(str, range(FIRST_ID, FIRST_ID + students))
        return int(count), all(row == (ssid,) for row, ssid in zip_longest(found, wanted))


def _succeeded(done: Measured) -> Measured:
    if done.code:
        raise RuntimeError(f"exit code {done.code}: {done.output[-500:]}")
    return done
