"""New files of sources come into their folders: each once, each whole, each source by itself."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from staffroom.config import Instance
from staffroom.errors import SettingsError, UnknownName
from staffroom.intake.downloads import download as downloading
from staffroom.intake.fetched import FetchedFiles
from staffroom.intake.fetching import HIDDEN, FetchResult, fetch, listing, network_sources
from staffroom.intake.settings import folder_sources
from staffroom.intake.wanted import local_name
from staffroom.tally import Silent
from tests.intake.conftest import Bucket, account_at
from tests.intake.servers.test_sftp import account_at_known
from tests.servers.openssh import Sshd, free_port
from tests.servers.relay import relay

TODAY = date(2026, 11, 22)


@pytest.fixture
def outgoing(tmp_path: Path) -> Path:
    """The folder on the server."""
    folder = tmp_path / "outgoing"
    folder.mkdir()
    for day, content in (("20261101", b"old"), ("20261120", b"Friday"), ("20261121", b"Saturday")):
        (folder / f"tracking.log-{day}.gz").write_bytes(content)
    (folder / "readme.txt").write_bytes(b"read me")
    return folder


def with_source(instance: Instance, *sources: dict[str, Any]) -> Instance:
    return replace(instance, sections={"sources": list(sources)})


def lake(port: int, server: Sshd, outgoing: Path, **more: Any) -> dict[str, Any]:
    """The source of Lake University's logs."""
    sftp = {
        "host": "127.0.0.1",
        "port": port,
        "user": server.user,
        "key_file": str(server.folder / "key"),
        "fetch_logs": f"{outgoing}/tracking.log-%Y%m%d.gz",
        **more,
    }
    return {"name": "lake", "logs": "deliveries/logs", "sftp": sftp}


@pytest.fixture
def school(instance: Instance, openssh: Sshd, outgoing: Path) -> Instance:
    account_at(openssh.port, openssh, instance)
    return with_source(instance, lake(openssh.port, openssh, outgoing))


def fetched(instance: Instance, only: str | None = None) -> FetchResult:
    return fetch(instance, progress=Silent(), only=only, today=TODAY)


def here(instance: Instance) -> dict[str, bytes]:
    folder = instance.root / "deliveries" / "logs"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_what_is_new_and_young_enough_comes_once(school: Instance, outgoing: Path) -> None:
    first = fetched(school)
    assert (first.files, first.bytes, first.failed, first.error()) == (2, 14, {}, None)
    assert here(school) == {
        "tracking.log-20261120.gz": b"Friday",
        "tracking.log-20261121.gz": b"Saturday",
    }
    assert not (school.root / "deliveries" / "logs" / HIDDEN).exists()
    assert fetched(school).files == 0
    (outgoing / "tracking.log-20261122.gz").write_bytes(b"Sunday")
    (result,) = fetched(school).sources
    assert result.files == ("tracking.log-20261122.gz",)


def test_a_file_that_has_changed_on_the_server_comes_again(school: Instance, outgoing: Path) -> None:
    fetched(school)
    (outgoing / "tracking.log-20261121.gz").write_bytes(b"Saturday, whole")
    assert fetched(school).files == 1
    assert here(school)["tracking.log-20261121.gz"] == b"Saturday, whole"


def test_a_file_that_was_deleted_here_does_not_come_again(school: Instance) -> None:
    fetched(school)
    (school.root / "deliveries/logs/tracking.log-20261120.gz").unlink()
    assert fetched(school).files == 0


def test_a_listing_says_what_is_new_and_fetches_nothing(school: Instance, outgoing: Path) -> None:
    (source,) = network_sources(school)
    listed = listing(school, source, today=TODAY)
    assert [(one.name, one.day, one.is_new) for one in listed] == [
        ("tracking.log-20261120.gz", date(2026, 11, 20), True),
        ("tracking.log-20261121.gz", date(2026, 11, 21), True),
    ]
    assert not (school.root / "deliveries").exists()
    fetched(school)
    assert [one.is_new for one in listing(school, source, today=TODAY)] == [False, False]


def test_only_the_latest(instance: Instance, openssh: Sshd, outgoing: Path) -> None:
    account_at(openssh.port, openssh, instance)
    source = lake(openssh.port, openssh, outgoing, only_latest=True)
    (result,) = fetched(with_source(instance, source)).sources
    assert result.files == ("tracking.log-20261121.gz",)


def test_a_day_after_the_runs_own_waits_for_the_next_run(school: Instance, outgoing: Path) -> None:
    """Midnight passes during the run: the run stays with the day that it began on."""
    (outgoing / "tracking.log-20261123.gz").write_bytes(b"Monday")
    assert fetched(school).files == 2
    assert fetch(school, progress=Silent(), today=date(2026, 11, 23)).files == 1


def test_an_empty_file_is_refused_once_and_taken_when_it_is_filled(school: Instance, outgoing: Path) -> None:
    (outgoing / "tracking.log-20261121.gz").write_bytes(b"")
    first = fetched(school)
    assert (first.files, first.failed) == (1, {"lake": "RemoteEmpty"})
    error = first.error()
    assert error is not None
    assert error.problem == (
        f"could not be fetched: {outgoing}/tracking.log-20261121.gz: has no content on the server."
    )
    assert "tracking.log-20261121.gz" not in here(school)
    assert fetched(school).failed == {}
    (outgoing / "tracking.log-20261121.gz").write_bytes(b"Saturday")
    assert fetched(school).files == 1


def test_a_hidden_or_leading_name_is_refused() -> None:
    pattern = "/out/%Y/*.gz"
    assert local_name(pattern, "/out/2026/a.gz") == "2026/a.gz"
    assert local_name("*.gz", "a.gz") == "a.gz"
    assert local_name("./Students/*.zip", "./Students/a.zip") == "a.zip"
    for path in ("/out/2026/.a.gz", "/out/2026/../../a.gz", "/out/2026/a\\b.gz"):
        assert local_name(pattern, path) == ""


def test_one_source_that_fails_keeps_no_other_from_its_files(
    school: Instance, openssh: Sshd, outgoing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloading, "LONGEST_WAIT_SECONDS", 0.01)
    (good,) = school.sections["sources"]
    away = lake(free_port(), openssh, outgoing) | {"name": "away", "logs": "deliveries/away"}
    result = fetched(with_source(school, away, good))
    assert (result.files, result.failed) == (2, {"away": "HostAway"})
    assert result.sources[0].errors[0].place.startswith(f"sftp://{openssh.user}@127.0.0.1:")


def test_a_source_without_its_secret_says_so(school: Instance) -> None:
    (source,) = school.sections["sources"]
    sftp = source["sftp"] | {"key_file": "", "password_secret": "lake_password"}
    result = fetched(with_source(school, source | {"sftp": sftp}))
    assert result.failed == {"lake": "SettingsError"}


def test_a_fetch_through_a_bad_line_brings_every_byte(
    instance: Instance, openssh: Sshd, outgoing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloading, "LONGEST_WAIT_SECONDS", 0.05)
    content = os.urandom(6_000_000)
    (outgoing / "tracking.log-20261122.gz").write_bytes(content)
    with relay(openssh.port, fault="reset", after_bytes=2_000_000, faults=2) as port:
        account_at_known(port, openssh, instance)
        school = with_source(instance, lake(port, openssh, outgoing))
        assert fetched(school).files == 3
    assert here(school)["tracking.log-20261122.gz"] == content


def test_a_file_that_is_still_written_is_begun_anew_until_it_is_whole(
    instance: Instance, openssh: Sshd, outgoing: Path
) -> None:
    """The line is slow enough for the file to grow while it comes."""
    path = outgoing / "tracking.log-20261122.gz"
    path.write_bytes(os.urandom(3_000_000))
    with relay(openssh.port, one_way_seconds=0.15) as port:
        account_at_known(port, openssh, instance)
        school = with_source(instance, lake(port, openssh, outgoing))
        came: list[bytes] = []

        def grow() -> None:
            while not list((instance.root / "deliveries").rglob("*20261122.gz.part")):
                time.sleep(0.002)
            with path.open("ab") as file:
                file.write(b"and the rest")
            came.append(path.read_bytes())

        writer = threading.Thread(target=grow)
        writer.start()
        result = fetched(school)
        writer.join(10)
    assert (result.files, result.failed) == (3, {})
    assert here(school)["tracking.log-20261122.gz"] == came[0]
    (known,) = (one for one in FetchedFiles(school).of("lake").values() if one.name == path.name)
    assert known.file.size == 3_000_012


def test_logs_come_from_s3_with_the_date_in_the_key(bucket: Bucket, with_keys: Instance) -> None:
    for day in ("2026/11/20", "2026/11/21"):
        bucket.put(f"export/{day}/tracking.log.gz", day.encode())
    bucket.put("export/2026/10/01/tracking.log.gz", b"old")
    s3 = {
        "bucket": bucket.settings.bucket,
        "endpoint_url": bucket.settings.endpoint_url,
        "region": "us-east-1",
        "access_key_secret": "s3_key",
        "secret_key_secret": "s3_secret",
        "fetch_logs": "export/%Y/%m/%d/tracking.log.gz",
    }
    school = with_source(with_keys, {"name": "lake", "logs": "deliveries/logs", "s3": s3})
    assert fetched(school).failed == {}
    assert here(school) == {
        "2026/11/20/tracking.log.gz": b"2026/11/20",
        "2026/11/21/tracking.log.gz": b"2026/11/21",
    }
    assert fetched(school).files == 0


def test_only_a_source_with_a_server_can_be_named(school: Instance) -> None:
    with pytest.raises(UnknownName, match=r"'sea': is not one that files are fetched from\. Known: lake"):
        fetched(school, only="sea")


SFTP = {"host": "h", "user": "u", "fetch_logs": "a-%Y%m%d"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"sftp": "x"}, r"number 1 sftp: is not a section \[sources.sftp\]"),
        ({"sftp": {}}, r"number 1 \[sources.sftp\]: lacks host"),
        ({"sftp": SFTP | {"hots": 1}}, r"hots: is not a setting. Did you mean 'host'\?"),
        ({"sftp": SFTP | {"fetch_log": ""}}, r"fetch_log: is not a setting. Did you mean 'fetch_logs'\?"),
        ({"sftp": SFTP, "s3": {"bucket": "b", "fetch_logs": "x"}}, "is fetched from two servers"),
        ({"sftp": {"host": "h"}}, "lake sftp: fetches nothing"),
        ({"sftp": SFTP | {"fetch_logs": "%Q"}}, "lake sftp fetch_logs: holds %Q, which is not understood"),
        ({"sftp": SFTP | {"fetch_exports": "x"}}, "lake sftp fetch_exports: has no folder to come into"),
        ({"sftp": SFTP | {"look_back_days": -1}}, "lake sftp look_back_days: is negative"),
        ({"expected_every_hours": -1}, "lake expected_every_hours: is negative"),
    ],
)
def test_a_server_that_cannot_be_meant_is_an_error_in_words(
    instance: Instance, more: dict[str, Any], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        folder_sources(with_source(instance, {"name": "lake", "logs": "logs", **more}))
