"""``staffroom intake …`` as its own process, against a real server."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import asyncssh
import pytest

from staffroom.operations.init import init_instance
from tests.instances import TestInstance
from tests.servers.openssh import Sshd, make_key, sshd

SETTINGS = """
[[sources]]
name = "openedx"
logs = "deliveries/openedx/logs"

[sources.sftp]
host = "127.0.0.1"
port = {port}
user = "{user}"
key_file = "{key}"
fetch_logs = "{outgoing}/tracking.log-%Y%m%d.gz"
"""


@pytest.fixture
def outgoing(tmp_path: Path) -> Path:
    folder = tmp_path / "outgoing"
    folder.mkdir()
    return folder


@pytest.fixture
def school(tmp_path: Path, openssh: Sshd, outgoing: Path) -> TestInstance:
    instance = TestInstance(init_instance(tmp_path / "instance"))
    key = openssh.folder / "key"
    instance.add_settings(SETTINGS.format(port=openssh.port, user=openssh.user, key=key, outgoing=outgoing))
    return instance


def fingerprint_of(server: Sshd) -> str:
    return asyncssh.read_public_key(server.host_key.with_suffix(".pub")).get_fingerprint()


def test_a_server_is_trusted_fetched_from_and_listed(
    school: TestInstance, openssh: Sshd, outgoing: Path
) -> None:
    today = datetime.now(UTC).strftime("%Y%m%d")
    (outgoing / f"tracking.log-{today}.gz").write_bytes(b"twelve bytes")
    refused = school.run("intake", "fetch", "--quiet")
    assert (refused.code, refused.out) == (1, ["Fetched 0 files, 0 bytes. Failed: openedx."])
    host = f"127.0.0.1:{openssh.port}"
    shown = school.run("intake", "trust", host)
    key = f"{host} shows the key {fingerprint_of(openssh)} (ssh-ed25519)."
    assert (shown.code, shown.out) == (
        1,
        [
            f"{key} It is not accepted. Compare it with what its operator says; then run this with --accept.",
        ],
    )
    assert school.run("intake", "trust", host, "--accept", "SHA256:another").code == 1
    assert not (school.root / "known_hosts").exists()
    accepted = school.run("intake", "trust", host, "--accept", fingerprint_of(openssh))
    assert (accepted.code, accepted.out) == (0, [f"{key} It is accepted."])
    would = school.run("intake", "fetch", "--dry-run")
    assert (would.code, would.err) == (0, ["Would fetch 1 file, 12 bytes."])
    assert list((school.root / "deliveries/openedx/logs").iterdir()) == []
    assert school.run("intake", "fetch").out == ["Fetched 1 file, 12 bytes."]
    (listed,) = school.run("intake", "list", "--json").facts
    assert (listed["source"], listed["size"], listed["is_new"]) == ("openedx", 12, False)
    fetched = school.root / f"deliveries/openedx/logs/tracking.log-{today}.gz"
    assert fetched.read_bytes() == b"twelve bytes"


def test_a_host_key_that_changed_is_replaced_by_saying_so(tmp_path: Path, school: TestInstance) -> None:
    with sshd(tmp_path / "sshd") as server:
        host, before = f"127.0.0.1:{server.port}", fingerprint_of(server)
        assert school.run("intake", "trust", host, "--accept").code == 0
        server.stop()
        make_key(server.host_key)
        server.start()
        shown = school.run("intake", "trust", host)
        assert (shown.code, shown.out) == (
            1,
            [
                f"{host} shows the key {fingerprint_of(server)} (ssh-ed25519). Accepted was {before}. Either "
                "the server was set up anew, or somebody else answers in its place. Ask its operator; then "
                "run this again with --accept --replace."
            ],
        )
        assert school.run("intake", "trust", host, "--accept").code == 1
        assert before in school.run("intake", "trust", host, "--json").facts[0]["accepted_before"]
        assert school.run("intake", "trust", host, "--accept", "--replace").code == 0
        assert school.run("intake", "trust", host).out[-1].endswith("It is accepted.")


def test_a_server_that_is_away_is_one_sentence(school: TestInstance) -> None:
    done = school.run("intake", "trust", "no-such-host.invalid")
    assert (done.code, done.out) == (1, [])
    assert done.err == [
        "staffroom: no-such-host.invalid:22: its name leads nowhere. Nothing was fetched; the next run tries "
        "again. Check the spelling of host, and DNS."
    ]


def test_words_that_are_no_host(school: TestInstance) -> None:
    assert school.run("intake", "trust", "host:port").code == 2
    assert school.run("intake", "fetch", "--source", "sea").code == 1
