"""The whole way with real parts: OpenSSH's server, the loader, a registry that is served, and its drain."""

from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from staffroom.intake.servers.known_hosts import KnownHosts, ask
from staffroom.loader.report import fate_of
from staffroom.loader.runs import latest_run
from tests.instances import Done, TestInstance, new_instance
from tests.jobs.conftest import Soon, migrated, soon
from tests.loader.files import student, text, zipped
from tests.operations.test_serve import serving, status
from tests.servers.openssh import Sshd, make_key, sshd, why_not

__all__ = ["migrated", "soon"]

pytestmark = pytest.mark.skipif(bool(why_not()), reason=str(why_not()))


@dataclass(frozen=True)
class Night:
    """A loader, the folder of the server that it fetches from, and the registry's database."""

    loader: TestInstance
    remote: Path
    database: Path

    def deliver(self, rows: Iterable[Mapping[str, str]], day: str) -> None:
        data = zipped({"students.csv": text(rows).encode("latin1")})
        (self.remote / f"CA_students_{day}.zip").write_bytes(data)

    def run(self) -> Done:
        return self.loader.run("loader", "run", "--json")

    @property
    def report(self) -> dict[str, Any]:
        """The newest one."""
        paths = self.loader.root.glob("loader/runs/*/report.json")
        found: dict[str, Any] = json.loads(max(paths, key=lambda path: path.stat().st_mtime_ns).read_text())
        return found

    def registered(self) -> list[str]:
        return [row[0] for row in self.asked("SELECT ssid FROM registry_student ORDER BY ssid")]

    def asked(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.database, timeout=20)) as database:
            return list(database.execute(sql))


@pytest.fixture
def night(tmp_path: Path, migrated: Path, soon: Soon) -> Iterator[Night]:
    """The registry is served and drained, both as processes of their own."""
    registry = new_instance(tmp_path / "registry", template=migrated)
    registry.add_settings('[registry]\nenabled = true\nstates = ["CA"]\n')
    client = registry.run("registry", "clients", "add", "loader", "--state=CA", "--json").facts[0]
    loader = TestInstance(tmp_path / "loader")
    remote = tmp_path / "remote"
    remote.mkdir()
    with sshd(tmp_path / "sshd") as server, serving(registry) as (_, url):
        prepare(loader, server, remote, url, client)
        soon(lambda: status(f"{url}/health") == 200)
        drain = registry.start("registry", "drain", "--follow", "--quiet")
        try:
            yield Night(loader, remote, registry.root / "database" / "registry.sqlite3")
        finally:
            drain.send_signal(signal.SIGTERM)
            drain.communicate()


def prepare(loader: TestInstance, server: Sshd, remote: Path, url: str, client: Mapping[str, str]) -> None:
    make_key(server.folder / "key")
    server.allow(server.folder / "key.pub")
    loader.root.mkdir()
    (loader.root / "staffroom.toml").write_text(
        f"""[loader]
source = "sftp"
remote_path = "{remote}/CA_students_%Y%m%d.zip"
latest = true
rows_a_batch = 100
skip_unchanged = true
full_file = true
[loader.sftp]
host = "127.0.0.1"
port = {server.port}
user = "{server.user}"
key_file = "{server.folder / "key"}"
[loader.api]
url = "{url}/api/v1/registry/CA/students/batch"
token_url = "{url}/api/v1/registry/token"
grant = "client_credentials"
client_id = "{client["client_id"]}"
"""
    )
    secrets = loader.root / "secrets.toml"
    secrets.touch(0o600)
    secrets.write_text(f'loader_client_secret = "{client["client_secret"]}"\n')
    hosts = KnownHosts(loader.root / "known_hosts")
    hosts.accept(hosts.shown("127.0.0.1", server.port, asyncio.run(ask("127.0.0.1", server.port))))


BAD = student(900, DateofBirth="3/14/2009")


def counts(done: Done) -> tuple[int, ...]:
    """Read, kept, repeated, skipped."""
    facts = done.facts[-1]
    return tuple(facts[name] for name in ("read", "kept", "repeated", "skipped"))


def test_night_after_night_the_registry_has_exactly_the_files_students(night: Night) -> None:
    rows = [student(number) for number in range(250)]
    night.deliver([*rows[:60], student(3, FirstName="Later"), *rows[60:], BAD], "20260101")
    check_first(night, night.run())
    night.deliver(rows, "20260102")
    assert counts(night.run()) == (250, 1, 249, 0)  # one whose name was another in the first file's last row
    batches = night.asked("SELECT count(*) FROM registry_batch")
    again = night.run()
    assert (again.code, counts(again)) == (0, (250, 0, 250, 0))
    assert night.asked("SELECT count(*) FROM registry_batch") == batches
    rows[7] = student(7, FirstName="Changed")
    del rows[9]
    night.deliver(rows, "20260103")
    check_last(night, night.run())


def check_first(night: Night, done: Done) -> None:
    """One row gave way to a later one of its student, and one was refused."""
    assert (done.code, counts(done)) == (3, (252, 250, 1, 1))
    assert night.registered() == [f"{2_000_000_000 + number}" for number in range(250)]
    report = night.report
    rows = sorted(report["rows"], key=lambda row: int(row["row"]))
    assert (report["complete"], report["superseded"], report["set_aside"]) == (True, 1, 1)
    assert report["reasons"] == {"refused": 1}
    assert {name: count for name, count in report["became"].items() if count} == {
        "created": 250, "superseded": 1, "rejected": 1,
    }  # fmt: skip
    assert [(row["row"], row["id"], row["what"]) for row in rows] == [
        (5, "2000000003", "superseded"),
        (253, "2000000900", "refused"),
    ]
    (told,) = night.loader.run("loader", "status", "--row=5").out
    assert told.startswith("row 5, student 2000000003: superseded. ssid: Row 61 of this batch has the same")
    journal = latest_run(night.loader.root / "loader" / "runs").journal
    assert [fate_of(journal, line).what for line in (2, 5, 62, 253)] == [
        "processed", "superseded", "processed", "refused",
    ]  # fmt: skip


def check_last(night: Night, done: Done) -> None:
    """One student changed, and one is missing, which is said and no more."""
    assert (done.code, counts(done)) == (0, (249, 1, 248, 0))
    report = night.report
    assert (report["missing_students"], report["missing"], report["missing_deleted"]) == (
        1,
        ["2000000009"],
        0,
    )
    assert report["became"]["updated"] == 1
    assert night.asked("SELECT count(*) FROM registry_student") == [(250,)]
