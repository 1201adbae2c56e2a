"""A file comes over SFTP and is sent while it comes; a real OpenSSH server is the other end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from staffroom.config import load_instance
from staffroom.intake.servers.known_hosts import KnownHosts, ask
from staffroom.loader import night
from staffroom.loader.night import Orders, Result
from staffroom.tally import Counts, Silent
from tests.loader.conftest import LoaderInstance
from tests.loader.files import write_many, zipped
from tests.loader.receiver import Receiver
from tests.servers.openssh import Sshd, make_key, sshd, why_not

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


def run(instance: LoaderInstance, **orders: object) -> Result:
    return night.fetch_and_send(load_instance(instance.root, {}), Orders(**orders), Silent())  # type: ignore[arg-type]


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
