"""A remote file comes here whole or from where it stopped, whatever happens on the way."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from staffroom.config import Instance
from staffroom.errors import DeliveryError
from staffroom.intake.downloads import download as module
from staffroom.intake.downloads import vouching
from staffroom.intake.downloads.download import Downloaded, download, download_through, part_of
from staffroom.intake.downloads.growing import GrowingFile, Growth
from staffroom.intake.downloads.partial import DownloadBusy, Places
from staffroom.intake.servers.errors import (
    ConnectionBroken,
    DigestDiffers,
    DiskFull,
    LocalLarger,
    OffsetBeyondEnd,
    RemoteChanged,
    RemoteEmpty,
)
from staffroom.intake.servers.remote import RemoteFile
from staffroom.intake.servers.running import run
from staffroom.intake.servers.sftp import open_sftp
from tests.instances import ROOT, environment
from tests.intake.conftest import account_at
from tests.intake.servers.test_sftp import account_at_known
from tests.intake.shelf import Shelf
from tests.servers.openssh import Sshd
from tests.servers.relay import relay

CONTENT = random.Random(20261122).randbytes(10_500)
NAME = "students.zip"


@pytest.fixture
def shelf() -> Shelf:
    shelf = Shelf()
    shelf.put(NAME, CONTENT)
    return shelf


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / NAME


def fetched(shelf: Shelf, target: Path, offset: int | None = None) -> Downloaded:
    async def fetch() -> Downloaded:
        return await download(shelf, await shelf.stat(NAME), target, offset=offset)

    return asyncio.run(fetch())


def test_a_file_comes_whole_and_leaves_nothing_half(shelf: Shelf, target: Path) -> None:
    assert fetched(shelf, target) == Downloaded(target, 10_500, 0, None)
    assert target.read_bytes() == CONTENT
    assert sorted(path.name for path in target.parent.iterdir()) == [NAME, f"{NAME}.part.json"]
    assert fetched(shelf, target) == Downloaded(target, 10_500, 10_500, None)
    assert shelf.reads == [0]


def test_a_broken_line_is_taken_up_where_it_broke(shelf: Shelf, target: Path) -> None:
    shelf.break_after = 4_321
    with pytest.raises(ConnectionBroken):
        fetched(shelf, target)
    assert part_of(target).read_bytes() == CONTENT[:4_321]
    assert not target.exists()
    assert fetched(shelf, target) == Downloaded(target, 10_500, 4_321, None)
    assert (target.read_bytes(), shelf.reads) == (CONTENT, [0, 4_321])


def test_the_part_remembers_whose_bytes_it_has(shelf: Shelf, target: Path) -> None:
    shelf.break_after = 4_321
    with pytest.raises(ConnectionBroken):
        fetched(shelf, target)
    assert json.loads(Places(target).memory.read_text()) == {
        "path": NAME,
        "size": 10_500,
        "modified_at": "2026-11-22T03:00:01+00:00",
        "version": "",
        "whole": False,
    }


def test_yesterdays_beginning_is_never_continued_with_todays_tail(shelf: Shelf, target: Path) -> None:
    shelf.break_after = 4_321
    with pytest.raises(ConnectionBroken):
        fetched(shelf, target)
    today = CONTENT[::-1]
    shelf.put(NAME, today)
    done = fetched(shelf, target)
    assert (done.resumed_at, done.note != "", target.read_bytes()) == (0, True, today)


def test_yesterdays_file_of_the_same_size_gives_way_to_todays(shelf: Shelf, target: Path) -> None:
    fetched(shelf, target)
    shelf.put(NAME, CONTENT[::-1])
    assert fetched(shelf, target).resumed_at == 0
    assert target.read_bytes() == CONTENT[::-1]


def test_yesterdays_file_stays_until_todays_is_whole(shelf: Shelf, target: Path) -> None:
    fetched(shelf, target)
    shelf.put(NAME, CONTENT[::-1])
    shelf.break_after = 5_000
    with pytest.raises(ConnectionBroken):
        fetched(shelf, target)
    assert target.read_bytes() == CONTENT
    assert fetched(shelf, target).resumed_at == 5_000
    assert target.read_bytes() == CONTENT[::-1]


def test_more_here_than_there_is_refused_and_left_alone(shelf: Shelf, target: Path) -> None:
    target.write_bytes(CONTENT + b"more")
    with pytest.raises(LocalLarger):
        fetched(shelf, target)
    assert target.read_bytes() == CONTENT + b"more"
    assert [path.name for path in target.parent.iterdir()] == [NAME]


def test_an_offset_cuts_off_what_stands_behind_it(shelf: Shelf, target: Path) -> None:
    target.write_bytes(CONTENT[:3_000] + b"damaged" * 100)
    assert fetched(shelf, target, offset=3_000) == Downloaded(target, 10_500, 3_000, None)
    assert (target.read_bytes(), shelf.reads) == (CONTENT, [3_000])


def test_an_offset_beyond_the_end_changes_nothing(shelf: Shelf, target: Path) -> None:
    target.write_bytes(CONTENT[:3_000])
    with pytest.raises(OffsetBeyondEnd):
        fetched(shelf, target, offset=3_001)
    assert target.read_bytes() == CONTENT[:3_000]


def test_a_remote_file_without_content_is_refused(shelf: Shelf, target: Path) -> None:
    shelf.put(NAME, b"")
    with pytest.raises(RemoteEmpty):
        fetched(shelf, target)
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize("now", [CONTENT[:5_000], CONTENT + b"more", CONTENT[::-1]])
def test_a_remote_file_that_changes_meanwhile_is_noticed(shelf: Shelf, target: Path, now: bytes) -> None:
    def change() -> None:
        shelf.put(NAME, now)

    shelf.meanwhile = change
    with pytest.raises(RemoteChanged):
        fetched(shelf, target)
    assert not target.exists()
    assert fetched(shelf, target).resumed_at == 0
    assert target.read_bytes() == now


def test_of_a_file_that_is_overwritten_meanwhile_no_mixed_byte_is_passed_on(
    shelf: Shelf, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first block is still of the old content, the second of the new one; there are eleven."""
    monkeypatch.setattr(vouching, "EVERY_SECONDS", 0.0)
    told: list[int] = []

    async def fetch() -> Downloaded:
        return await download(shelf, await shelf.stat(NAME), target, vouched=told.append)

    def change() -> None:
        shelf.put(NAME, CONTENT[::-1])

    asyncio.run(fetch())
    assert told == [0, *range(1_000, 10_001, 1_000), len(CONTENT)]
    target.unlink()
    told.clear()
    shelf.put(NAME, CONTENT)
    shelf.meanwhile = change
    with pytest.raises(RemoteChanged):
        asyncio.run(fetch())
    assert told == [0]


def test_a_digest_that_the_server_gives_is_checked(shelf: Shelf, target: Path) -> None:
    shelf.with_digests = True
    assert fetched(shelf, target).digest == f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"


def test_wrong_bytes_are_thrown_away(shelf: Shelf, target: Path) -> None:
    """The content changes, and neither size nor time tells: only the digest does."""
    shelf.with_digests = True

    def change() -> None:
        shelf.put(NAME, CONTENT[::-1], keep_time=True)

    shelf.meanwhile = change
    with pytest.raises(DigestDiffers):
        fetched(shelf, target)
    assert not part_of(target).exists()
    assert fetched(shelf, target).resumed_at == 0
    assert target.read_bytes() == CONTENT[::-1]


def test_of_two_downloads_to_one_place_one_is_refused(shelf: Shelf, target: Path) -> None:
    with part_of(target).open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(DownloadBusy):
            fetched(shelf, target)
    fetched(shelf, target)
    assert target.read_bytes() == CONTENT


def test_who_waits_for_the_growing_file_gets_the_same_bytes(shelf: Shelf, target: Path) -> None:
    growth = Growth()
    read: list[bytes] = []

    def reader() -> None:
        with GrowingFile(target, len(CONTENT), growth) as file:
            while block := file.read_at(sum(map(len, read)), 777):
                read.append(block)

    thread = threading.Thread(target=reader)
    thread.start()

    async def fetch() -> None:
        shelf.break_after = 4_321
        await download_through(shelf.connect, await shelf.stat(NAME), target, vouched=growth.reached, tries=2)
        growth.end()

    asyncio.run(fetch())
    thread.join(10)
    assert b"".join(read) == CONTENT


def test_who_waits_for_a_file_that_never_comes_whole_gets_the_error(target: Path) -> None:
    growth = Growth()
    part_of(target).write_bytes(b"beginning")
    growth.reached(9)
    growth.fail(ConnectionBroken("here", "broke."))
    with GrowingFile(target, 100, growth) as file:
        assert file.read_at(0, 9) == b"beginning"
        with pytest.raises(ConnectionBroken):
            file.read_at(5, 9)


def test_tries_that_bring_nothing_come_to_an_end(
    shelf: Shelf, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST_WAIT_SECONDS", 0.01)
    file = asyncio.run(shelf.stat(NAME))

    class Broken(Shelf):
        async def stat(self, path: str) -> RemoteFile:
            self.reads.append(-1)
            raise ConnectionBroken(self.place, "broke.")

    broken = Broken()
    with pytest.raises(ConnectionBroken):
        asyncio.run(download_through(broken.connect, file, target, tries=3))
    assert broken.reads == [-1, -1, -1]


FULL_DISK = """
import asyncio, resource, signal, sys
from pathlib import Path
from staffroom.intake.downloads.download import download
from tests.intake.shelf import Shelf
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, resource.RLIM_INFINITY))
shelf = Shelf()
file = shelf.put("students.zip", bytes(range(250)) * 42)
asyncio.run(download(shelf, file, Path(sys.argv[1])))
"""


def test_a_full_disk_is_told_and_what_fitted_is_kept(target: Path) -> None:
    """The limit of a process on the size of its files stands for the end of the disk."""
    words = [sys.executable, "-c", FULL_DISK, str(target)]
    ended = subprocess.run(words, capture_output=True, text=True, env=environment(), cwd=ROOT, timeout=60)
    assert "DiskFull" in ended.stderr, ended.stderr
    assert "the disk is full. What has come is kept. Make room" in ended.stderr
    assert part_of(target).read_bytes() == (bytes(range(250)) * 42)[:5_000]
    shelf = Shelf()
    shelf.put(NAME, bytes(range(250)) * 42)
    assert fetched(shelf, target).resumed_at == 5_000
    assert target.read_bytes() == bytes(range(250)) * 42


def test_a_file_that_cannot_fit_is_refused_before_it_comes(target: Path) -> None:
    free = os.statvfs(target.parent)
    shelf = Shelf()
    shelf.put(NAME, b"x")

    class Vast(Shelf):
        async def stat(self, path: str) -> RemoteFile:
            return RemoteFile(path, free.f_frsize * free.f_blocks * 2, shelf.files[NAME][1])

    with pytest.raises(DiskFull, match=r"bytes left, and .* are to come"):
        fetched(Vast(), target)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 40)),
        st.tuples(st.just("break"), st.integers(0, 40)),
        st.tuples(st.just("cut"), st.integers(0, 40)),
        st.tuples(st.just("offset"), st.integers(0, 45)),
        st.tuples(st.just("forget"), st.just(0)),
        st.tuples(st.just("fetch"), st.just(0)),
    ),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(steps)
def test_whatever_happens_a_finished_download_is_the_remote_file(plan: list[tuple[str, int]]) -> None:
    """Contents of any size come and go, lines break, parts are cut and memories lost, offsets are given."""
    generator = random.Random(1)
    shelf = Shelf(block=3, clock=datetime(2100, 1, 1, tzinfo=UTC))  # each put is later than what is here
    shelf.put(NAME, generator.randbytes(20))
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / NAME
        for step, number in plan:
            if step == "put":
                shelf.put(NAME, generator.randbytes(number))
            elif step == "break":
                shelf.break_after = number
            elif step == "cut" and part_of(target).exists():
                os.truncate(part_of(target), min(number, part_of(target).stat().st_size))
            elif step == "forget":
                Places(target).memory.unlink(missing_ok=True)
            elif step == "fetch" or (step == "offset" and Places(target).memory.exists()):
                try:
                    done = fetched(shelf, target, number if step == "offset" else None)
                except (DeliveryError, ConnectionBroken):
                    continue
                assert done.size == len(shelf.files[NAME][0])
                assert target.read_bytes() == shelf.files[NAME][0]


def test_a_resumed_download_over_sftp_equals_by_digest(
    openssh: Sshd, instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line is reset three times on the way, the fourth connection brings the rest."""
    monkeypatch.setattr(module, "LONGEST_WAIT_SECONDS", 0.05)
    there, here = tmp_path / "there.bin", tmp_path / "here.bin"
    there.write_bytes(os.urandom(30_000_001))
    sizes: list[int] = []
    with relay(openssh.port, fault="reset", after_bytes=8_000_000, faults=3) as port:
        account = account_at_known(port, openssh, instance)
        directly = account_at(openssh.port, openssh, instance)

        async def fetch() -> Downloaded:
            async with open_sftp(directly, instance) as remote:
                file = await remote.stat(str(there))
            return await download_through(
                lambda: open_sftp(account, instance), file, here, appended=sizes.append
            )

        done = run(fetch())
    assert 0 < done.resumed_at < done.size  # a reset may cost what was under way, however much that is
    assert sizes.count(done.resumed_at) == 2  # the last connection went on exactly where the third had ended
    assert sizes == sorted(sizes)
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (there, here)]
    assert digests[0] == digests[1]


KILLED = """
import asyncio, sys
from pathlib import Path
from staffroom.config import Instance, Institution
from staffroom.intake.servers.settings import SftpSettings
from staffroom.intake.downloads.download import download
from staffroom.intake.servers.running import run
from staffroom.intake.servers.sftp import open_sftp
root, port, user, key, there, here = sys.argv[1:]
async def fetch():
    settings = SftpSettings("127.0.0.1", int(port), user, key_file=key)
    async with open_sftp(settings, Instance(Path(root), Institution())) as remote:
        tell = lambda size: print(size, flush=True)
        await download(remote, await remote.stat(there), Path(here), appended=tell)
run(fetch())
"""


def test_a_download_that_was_killed_goes_on_and_equals_by_digest(
    openssh: Sshd, instance: Instance, tmp_path: Path
) -> None:
    there, here = tmp_path / "there.bin", tmp_path / "here.bin"
    there.write_bytes(os.urandom(20_000_001))
    account = account_at(openssh.port, openssh, instance)
    words = [sys.executable, "-c", KILLED, str(instance.root), str(account.port), account.user]
    words += [account.key_file, str(there), str(here)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment())
    assert process.stdout is not None
    with process.stdout as told:
        while int(told.readline()) < 5_000_000:
            pass
        process.kill()
        process.wait(10)

    async def rest() -> Downloaded:
        async with open_sftp(account, instance) as remote:
            return await download(remote, await remote.stat(str(there)), here)

    assert run(rest()).resumed_at >= 5_000_000
    assert hashlib.sha256(here.read_bytes()).digest() == hashlib.sha256(there.read_bytes()).digest()
