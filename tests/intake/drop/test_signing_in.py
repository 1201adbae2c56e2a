"""Who is let in, and who is turned away."""

from __future__ import annotations

import os
import socket
import subprocess
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.intake.drop.served import Served, wait_until
from tests.servers.openssh import make_key

PASSWORD = "correct horse battery"


def with_password(served: Served, *, days: int) -> None:
    """An account that a password opens until so many days from now."""
    hashed = served.drop("hash", given=f"{PASSWORD}\n").out.strip()
    secrets = served.root / "secrets.toml"
    secrets.write_text(f'lake_password = "{hashed}"\n', "utf-8")
    secrets.chmod(0o600)
    until = datetime.now(UTC).date() + timedelta(days=days)
    served.account("lake", "openedx", 'password_secret = "lake_password"', f"password_until = {until}")


def signs_in(served: Served, password: str, *, user: str = "lake") -> bool:
    asked = served.root / "askpass"
    asked.write_text(f"#!/bin/sh\necho '{password}'\n", "utf-8")
    asked.chmod(0o700)
    options = (
        "-o",
        "PreferredAuthentications=password",
        "-o",
        "NumberOfPasswordPrompts=1",
        "-o",
        "BatchMode=no",
    )
    done = subprocess.run(
        served.sftp(*options, user=user),
        input="ls\n",
        text=True,
        capture_output=True,
        env={**os.environ, "SSH_ASKPASS": str(asked), "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":0"},
        check=False,
    )
    return done.returncode == 0


def reasons(served: Served) -> list[tuple[str, str]]:
    return [(line.get("account", ""), line["reason"]) for line in served.log if "reason" in line]


def test_a_key_that_nobody_named_opens_nothing(drop: Served, tmp_path: Path) -> None:
    assert drop.talk("ls", key=make_key(tmp_path / "other")).code == 255
    assert drop.talk("ls", user="nobody").code == 255
    assert drop.talk("ls", user="root").code == 255
    wait_until(lambda: len(reasons(drop)) == 3)
    assert reasons(drop) == [("lake", "signed in by nothing"), *[("", "signed in by nothing")] * 2]
    assert drop.sessions() == []


def test_a_key_opens_only_its_own_account(closed: Served, tmp_path: Path) -> None:
    hill = make_key(tmp_path / "hill")
    closed.account()
    closed.account("hill", "hill", key=hill)
    closed.start()
    assert closed.talk("ls", user="hill").code == 255
    assert closed.talk("ls", user="hill", key=hill).code == 0


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_keys_of_each_kind_are_taken_from_a_file(closed: Served, tmp_path: Path, kind: str) -> None:
    key = make_key(tmp_path / kind, kind)
    (closed.root / "lake.keys").write_text(
        "# of the district\n\n" + key.with_suffix(".pub").read_text(), "utf-8"
    )
    closed.account("lake", "openedx", 'keys_file = "lake.keys"')
    closed.start()
    assert closed.talk("ls", key=key).code == 0


def test_a_password_opens_the_account_until_its_day(closed: Served) -> None:
    with_password(closed, days=0)
    closed.start()
    assert signs_in(closed, PASSWORD)
    assert not signs_in(closed, "correct horse batterx")
    assert not signs_in(closed, PASSWORD, user="nobody")
    assert reasons(closed) == [("lake", "a wrong password"), ("", "a wrong password")]


def test_after_its_day_a_password_opens_nothing_and_the_key_still_does(closed: Served) -> None:
    with_password(closed, days=-1)
    closed.start()
    assert not signs_in(closed, PASSWORD)
    assert reasons(closed)[0] == ("lake", "a password after its last day")
    assert closed.talk("ls").code == 0
    assert "wrong: account lake: its password ended on" in closed.drop("check").out


def test_without_a_password_in_the_settings_none_is_asked_for(drop: Served) -> None:
    assert not signs_in(drop, PASSWORD)
    assert "password" not in [line["message"] for line in drop.log]


def test_who_fails_too_often_is_turned_away_for_a_while(closed: Served, tmp_path: Path) -> None:
    closed.settings("[drop]\nfailed_logins = 2\n")
    closed.account()
    closed.start()
    other = make_key(tmp_path / "other")
    assert [closed.talk("ls", key=other).code for _ in range(2)] == [255, 255]
    wait_until(lambda: len(reasons(closed)) == 2)
    assert closed.talk("ls").code == 255
    assert reasons(closed)[-1] == ("", "failed sign-ins")


def test_an_account_has_its_connections(closed: Served, export: Path) -> None:
    closed.account("lake", "openedx", "connections = 1")
    closed.start()
    with closed.slow(f"put {export} logs/students.csv"):
        closed.coming("students.csv")
        assert closed.talk("ls").code == 255
    assert reasons(closed) == [("lake", "connections of account")]
    wait_until(lambda: closed.log[-1]["message"] == "session ended")
    assert closed.talk("ls").code == 0


def test_who_asks_for_nothing_is_sent_away(closed: Served) -> None:
    closed.settings("[drop]\nidle_seconds = 1\n")
    closed.account()
    closed.start()
    client = subprocess.Popen(
        closed.sftp(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: closed.log[-1]["message"] == "session ended")
    finally:
        client.kill()
        client.communicate()
    assert closed.log[-1]["ended"] == "idle"


def test_the_host_key_is_made_once_and_is_its_owners_alone(drop: Served) -> None:
    key = drop.root / "drop" / "host_key"
    assert key.stat().st_mode & 0o777 == 0o600
    before = key.read_bytes()
    drop.stop()
    drop.start()
    assert key.read_bytes() == before
    assert "SHA256:" in drop.said()
    drop.stop()
    key.chmod(0o644)
    assert drop.drop("serve").code == 1


def test_a_second_drop_of_the_instance_is_refused(drop: Served) -> None:
    talk = drop.drop("serve", "--port=0")
    assert (talk.code, "another drop of this instance is at work" in talk.err) == (1, True)


def test_strangers_from_one_address_do_not_fill_the_house(drop: Served) -> None:
    with ExitStack() as stack:
        for _ in range(10):
            stack.enter_context(socket.create_connection(("127.0.0.1", drop.port)))
        wait_until(lambda: drop.talk("ls").code == 255)
        assert reasons(drop)[-1] == ("", "connections of address")
    wait_until(lambda: drop.talk("ls").code == 0)
