"""A file comes over SFTP and is sent while it comes; a real OpenSSH server is the other end."""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Self

import pytest

from staffroom.cli import main
from staffroom.config import load_instance
from staffroom.intake.servers.known_hosts import KnownHosts, ask
from staffroom.loader import arriving, night
from staffroom.loader.night import Orders, Result
from staffroom.tally import Counts, Silent
from tests.loader.conftest import LoaderInstance
from tests.loader.files import student, text, write_many, zipped
from tests.loader.receiver import Receiver
from tests.servers.openssh import Sshd, make_key, sshd, why_not
from tests.servers.relay import relay

pytestmark = pytest.mark.skipif(bool(why_not()), reason=str(why_not()))


@pytest.fixture(scope="module")
def openssh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sshd(tmp_path_factory.mktemp("sshd")) as server:
        make_key(server.folder / "key")
        server.allow(server.folder / "key.pub")
        yield server


@pytest.fixture
def remote(instance: LoaderInstance, receiver: Receiver, openssh: Sshd, tmp_path: Path) -> Path:
    """The server's folder, which the instance fetches from."""
    folder = tmp_path / "remote"
    folder.mkdir()
    settings = (
        f'source = "sftp"\nremote_path = "{folder}/CA_students_%Y%m%d.zip"\nlatest = true\n'
        f'[loader.sftp]\nhost = "127.0.0.1"\nport = {openssh.port}\nuser = "{openssh.user}"\n'
        f'key_file = "{openssh.folder / "key"}"\n'
    )
    instance.set(receiver, loader=settings)
    hosts = KnownHosts(instance.root / "known_hosts")
    hosts.accept(hosts.shown("127.0.0.1", openssh.port, asyncio.run(ask("127.0.0.1", openssh.port))))
    return folder


DAY = date(2026, 11, 22)


def run(instance: LoaderInstance, **orders: object) -> Result:
    return night.fetch_and_send(load_instance(instance.root, {}), Orders(DAY, **orders), Silent())  # type: ignore[arg-type]


def test_the_latest_zip_is_fetched_and_sent(
    instance: LoaderInstance, receiver: Receiver, remote: Path, tmp_path: Path
) -> None:
    ids = write_many(tmp_path / "many.csv", 3_000)
    (remote / "CA_students_20260101.zip").write_bytes(
        zipped({"students.csv": (tmp_path / "many.csv").read_bytes()})
    )
    assert run(instance).counts == Counts(3_000, 3_000, 0, 0)
    assert receiver.taken.ids == ids
    assert run(instance).counts == Counts(3_000, 0, 3_000, 0)


def through(instance: LoaderInstance, openssh: Sshd, port: int) -> None:
    """From now on the instance fetches through a relay, whose key is the server's."""
    path = instance.root / "staffroom.toml"
    text = path.read_text().replace(f"port = {openssh.port}", f"port = {port}")
    path.write_text(text + "follow_status = false\n")
    hosts = KnownHosts(instance.root / "known_hosts")
    hosts.accept(hosts.shown("127.0.0.1", port, asyncio.run(ask("127.0.0.1", port))))


LONG = "x" * 4_000
"""Makes rows so large that a file of five thousand is more than what is under way on the line."""


def write_large(path: Path, first: int) -> list[str]:
    """Five thousand students, written into the file where it is there; an hour old. Returns their ids."""
    rows = [student(number, LastOrSurname=LONG) for number in range(first, first + 5_000)]
    path.write_text(text(rows), "latin1")
    os.utime(path, (1_700_000_000 + first, 1_700_000_000 + first))
    return [row["SSID"] for row in rows]


@contextmanager
def meanwhile(receiver: Receiver, act: Callable[[], object]) -> Iterator[None]:
    """Does something as soon as the API has taken a batch of the block's run."""

    def wait_and_act() -> None:
        while not receiver.count:
            time.sleep(0.01)
        act()

    thread = threading.Thread(target=wait_and_act)
    thread.start()
    yield
    thread.join()


def reports(instance: LoaderInstance) -> list[dict[str, Any]]:
    """Of all runs, those that did not end first."""
    found = [json.loads(path.read_text()) for path in instance.root.glob("loader/runs/*/report.json")]
    return sorted(found, key=lambda report: bool(report["complete"]))


def test_of_a_file_that_is_overwritten_meanwhile_no_mixture_is_sent(
    instance: LoaderInstance, receiver: Receiver, remote: Path, openssh: Sshd
) -> None:
    path = remote / "students.csv"
    old = write_large(path, 0)
    new: list[str] = []
    with relay(openssh.port, megabytes_per_second=8) as port:
        through(instance, openssh, port)
        with meanwhile(receiver, lambda: new.extend(write_large(path, 20_000))):
            result = run(instance, remote_path=str(path))
    assert (result.counts, result.told["begun_anew"]) == (Counts(5_000, 5_000, 0, 0), 1)
    broken, whole = reports(instance)
    assert (broken["complete"], whole["complete"], whole["taken"]) == (False, True, 5_000)
    assert "students.csv: was changed meanwhile: " in broken["error"]
    taken = receiver.taken
    assert 0 < broken["taken"] < 5_000
    assert taken.ids == [*old[: broken["taken"]], *new]  # of each file its own students, none twice
    assert {row["lastName"] for row in taken.students} == {LONG}
    assert {(row["firstName"], row["ssid"]) for row in taken.students} == {
        (f"First{int(one) - 2_000_000_000}", one) for one in taken.ids
    }


def test_a_run_that_passes_midnight_stays_with_the_file_of_its_day(
    instance: LoaderInstance, receiver: Receiver, remote: Path, openssh: Sshd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file changes once, so that it is looked up twice: before midnight and after."""
    clock = [datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC)]

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(clock[0].timestamp(), tz)

    monkeypatch.setattr(arriving, "datetime", Clock)
    today, tomorrow = remote / "CA_students_20261122.zip", remote / "CA_students_20261123.zip"
    ids = write_large(remote / "plain.csv", 0)
    (remote / "plain.csv").rename(today)
    tomorrow.write_text(text([student(99_999)]))

    def midnight() -> None:
        clock[0] += timedelta(seconds=2)
        os.utime(today)

    with relay(openssh.port, megabytes_per_second=8) as port:
        through(instance, openssh, port)
        words = ["loader", "run", f"--instance={instance.root}", "--quiet", "--json"]
        with meanwhile(receiver, midnight):
            assert main(words) == 0
    taken = receiver.taken
    assert set(taken.ids) == set(ids)
    (broken, whole) = reports(instance)
    assert [Path(one["file"]).name for one in (broken, whole)] == [today.name, today.name]


def test_a_server_with_another_host_key_gives_no_file_and_nothing_is_sent(
    instance: LoaderInstance, receiver: Receiver, remote: Path, openssh: Sshd
) -> None:
    (remote / "CA_students_20260101.zip").write_bytes(zipped({"a.csv": text([student(1)]).encode()}))
    make_key(instance.root / "other")
    accepted = (instance.root / "other.pub").read_text()
    (instance.root / "known_hosts").write_text(f"[127.0.0.1]:{openssh.port} {accepted}")
    done = instance.run("loader", "run")
    assert (done.code, receiver.taken.batches) == (1, [])
    assert "shows another host key" in done.err[-1]


def test_a_leftover_of_the_same_file_is_continued(
    instance: LoaderInstance, receiver: Receiver, remote: Path, tmp_path: Path
) -> None:
    ids = write_many(tmp_path / "many.csv", 2_000)
    there = remote / "students.csv"
    there.write_bytes((tmp_path / "many.csv").read_bytes())
    orders = {"remote_path": str(there), "local_file": str(tmp_path / "here.csv")}
    assert run(instance, rehearsal=True, **orders).counts == Counts(2_000, 2_000, 0, 0)
    assert (tmp_path / "here.csv").read_bytes() == there.read_bytes()
    assert run(instance, **orders).counts == Counts(2_000, 2_000, 0, 0)
    assert receiver.taken.ids == ids


def test_check_tries_both_ends(instance: LoaderInstance, receiver: Receiver, remote: Path) -> None:
    (remote / "CA_students_20260101.zip").write_bytes(b"x")
    done = instance.run("loader", "check")
    assert [line.split(":")[0] for line in done.out] == [
        "good  mapping",
        "good  file",
        "good  token",
        "good  api",
    ]
    assert done.code == 0
    receiver.wish(token="refused")
    done = instance.run("loader", "check")
    assert [line.split(":")[0] for line in done.out][2] == "BAD   token"
    assert done.code == 1
