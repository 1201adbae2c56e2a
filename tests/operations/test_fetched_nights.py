"""Nights whose files come over the network, and what is said of sources that do not deliver."""

from __future__ import annotations

import gzip
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from staffroom.config import load_instance
from staffroom.operations.quiet import quiet_days
from tests.instances import TestInstance
from tests.intake.conftest import openssh
from tests.operations.deliveries import deliver, event
from tests.servers.openssh import Sshd

__all__ = ["openssh"]

SOURCE = """
[[sources]]
name = "openedx"
logs = "deliveries/openedx/logs"
expected_every_hours = 26

[sources.sftp]
host = "127.0.0.1"
port = {port}
user = "{user}"
key_file = "{key}"
fetch_logs = "{outgoing}/tracking.log-%Y%m%d.gz"
connect_seconds = 5
"""


@pytest.fixture
def outgoing(tmp_path: Path) -> Path:
    folder = tmp_path / "outgoing"
    folder.mkdir()
    return folder


@pytest.fixture
def school(instance: TestInstance, openssh: Sshd, outgoing: Path) -> TestInstance:
    key = openssh.folder / "key"
    instance.add_settings(SOURCE.format(port=openssh.port, user=openssh.user, key=key, outgoing=outgoing))
    return instance


def trust(school: TestInstance, server: Sshd) -> None:
    assert school.run("intake", "trust", f"127.0.0.1:{server.port}", "--accept").code == 0


def put(outgoing: Path, minute: int) -> Path:
    """Today's log on the server, with one event."""
    now = datetime.now(UTC)
    path = outgoing / f"tracking.log-{now:%Y%m%d}.gz"
    path.write_bytes(gzip.compress(event(f"{now - timedelta(days=1):%Y-%m-%d}", minute) + b"\n"))
    return path


def findings(school: TestInstance, *options: str) -> list[str]:
    return [line for line in school.run("check", *options).out if ": source openedx: " in line]


def test_a_night_fetches_takes_in_and_publishes(school: TestInstance, openssh: Sshd, outgoing: Path) -> None:
    trust(school, openssh)
    put(outgoing, 1)
    done = school.run("nightly", "--json", "--quiet")
    assert (done.code, done.facts[-1]["kept"]) == (0, 1)
    again = school.run("nightly", "--json", "--quiet")
    assert (again.code, again.facts[-1]["read"]) == (0, 0)


def test_a_night_without_its_server_uses_what_had_come_and_says_that_it_failed(
    school: TestInstance, openssh: Sshd
) -> None:
    """Nobody has accepted the server's key; a log had come before."""
    deliver(school.root, "2026-09-01")
    done = school.run("nightly", "--json", "--quiet")
    assert done.code == 1
    assert (done.facts[-1]["kept"], done.facts[-1]["not_fetched"]) == (2, "openedx")
    assert "shows a host key that nobody has accepted yet" in done.err[-1]
    (run,) = school.runs()
    assert (run["state"], run["problem"], run["problem_place"]) == ("failed", "SourcesNotFetched", "openedx")


def test_a_delivery_that_is_cut_on_the_server_is_set_aside_as_from_a_folder(
    school: TestInstance, openssh: Sshd, outgoing: Path
) -> None:
    trust(school, openssh)
    path = put(outgoing, 1)
    path.write_bytes(path.read_bytes()[:-20])
    school.run("nightly", "--quiet")
    (delivery,) = school.run("events", "deliveries", "--json").facts
    assert (delivery["name"], delivery["state"]) == (path.name, "truncated")


def test_check_says_what_is_wrong_with_a_server_without_asking_it(
    school: TestInstance, openssh: Sshd
) -> None:
    unknown = (
        f"wrong: source openedx: sftp://{openssh.user}@127.0.0.1:{openssh.port} has a host key that nobody "
        f"has accepted yet. Run 'staffroom intake trust 127.0.0.1:{openssh.port}'."
    )
    assert findings(school)[0] == unknown
    trust(school, openssh)
    assert unknown not in findings(school)
    key = openssh.folder / "key"
    text = (school.root / "staffroom.toml").read_text().replace(f'"{key}"', '"keys/none"')
    (school.root / "staffroom.toml").write_text(text)
    assert findings(school)[0] == (
        f"wrong: source openedx: {school.root}/keys/none cannot be read: No such file or directory. "
        "Correct key_file, or let the account that runs Staffroom read it."
    )


def test_check_asks_the_server_where_it_is_told_to(
    school: TestInstance, openssh: Sshd, outgoing: Path
) -> None:
    place = f"sftp://{openssh.user}@127.0.0.1:{openssh.port}"
    assert "shows a host key that nobody has accepted yet" in findings(school, "--connect")[-1]
    trust(school, openssh)
    put(outgoing, 1)
    assert findings(school, "--connect")[-1] == (
        f"note: source openedx: {place} has 1 file for it, 1 of them new."
    )


def test_a_source_that_delivers_less_often_than_expected_is_told(school: TestInstance, openssh: Sshd) -> None:
    log = deliver(school.root, "2026-09-01")
    arrived = time.time() - 27 * 3600
    os.utime(log, (arrived, arrived))
    done = school.run("nightly", "--json", "--quiet")
    assert done.facts[-1]["quiet"] == ["openedx"]
    opened = load_instance(school.root)
    assert quiet_days(opened) == {"openedx": 1}
    at = datetime.fromtimestamp(arrived, UTC)
    assert (
        f"wrong: source openedx: its newest delivery is of {at:%Y-%m-%d %H:%M}, and one is expected every "
        "26 hours. See why nothing arrives any more."
    ) in findings(school)


def test_a_source_that_delivers_as_expected_is_not_told(school: TestInstance, openssh: Sshd) -> None:
    log = deliver(school.root, "2026-09-01")
    arrived = time.time() - 25 * 3600
    os.utime(log, (arrived, arrived))
    assert "quiet" not in school.run("nightly", "--json", "--quiet").facts[-1]
    assert quiet_days(load_instance(school.root)) == {}
