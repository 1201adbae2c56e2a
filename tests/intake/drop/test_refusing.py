"""What a hostile or clumsy client asks for and does not get."""

from __future__ import annotations

import os
from pathlib import Path

import asyncssh
import pytest

from staffroom.intake.servers.running import run
from tests.intake.drop.served import Served, digest, wait_until


@pytest.fixture
def secret(drop: Served) -> Path:
    path = drop.root / "secrets.toml"
    path.write_text('signing_key = "hidden"\n', "utf-8")
    return path


def test_nothing_can_be_read_back_or_deleted(drop: Served, export: Path, tmp_path: Path) -> None:
    drop.talk(f"put {export} logs/students.csv")
    talk = drop.talk(f"get logs/students.csv {tmp_path / 'back'}", "rm logs/students.csv", "rmdir logs")
    assert talk.err.count("denied") == 3
    assert not (tmp_path / "back").exists()
    assert digest(drop.landing / "students.csv") == digest(export)


@pytest.mark.parametrize(
    "path", ["../secrets.toml", "/../../secrets.toml", "logs/../../../secrets.toml", "/etc/passwd", "logs/.."]
)
def test_no_path_leads_out(drop: Served, secret: Path, export: Path, path: str) -> None:
    drop.talk(
        f"put {export} {path}", f"put {export} logs/a.tmp", f"rename logs/a.tmp {path}", f"mkdir {path}"
    )
    assert secret.read_text("utf-8") == 'signing_key = "hidden"\n'
    assert "root" in Path("/etc/passwd").read_text("utf-8")
    assert sorted(path.name for path in drop.landing.iterdir()) == [".a.tmp.held"]
    assert sorted(path.name for path in drop.landing.parent.iterdir()) == ["exports", "logs"]


def test_links_that_somebody_put_there_are_not_followed_nor_shown(
    drop: Served, secret: Path, export: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (drop.landing / "file").symlink_to(secret)
    (drop.landing / "folder").symlink_to(outside)
    (drop.landing / ".students.csv.part").symlink_to(secret)
    os.link(secret, drop.landing / ".grades.csv.part")
    talk = drop.talk(
        "ls logs",
        f"put {export} logs/file",
        f"put {export} logs/folder/x",
        f"reput {export} logs/students.csv",
        f"reput {export} logs/grades.csv",
        f"put {export} logs/students.csv",
        f"put {export} logs/grades.csv",
    )
    assert "file" not in talk.out.replace("-put", "").split("ls logs")[1].split("sftp>")[0]
    assert secret.read_text("utf-8") == 'signing_key = "hidden"\n'
    assert list(outside.iterdir()) == []
    assert digest(drop.landing / "students.csv") == digest(drop.landing / "grades.csv") == digest(export)


def test_links_modes_and_owners_cannot_be_made(drop: Served, export: Path) -> None:
    drop.talk(f"put {export} logs/students.csv")
    talk = drop.talk(
        "symlink /logs/students.csv logs/link",
        "ln logs/students.csv logs/hard",
        "chmod 777 logs/students.csv",
        "chown 0 logs/students.csv",
        "df",
        "!true",
    )
    assert len(talk.err.splitlines()) == 5
    assert [path.name for path in drop.landing.iterdir()] == ["students.csv"]
    assert drop.landing.joinpath("students.csv").stat().st_mode & 0o777 == 0o600


def test_put_p_is_no_error(drop: Served, export: Path) -> None:
    assert drop.talk(f"put -p {export} logs/students.csv").err == ""


def test_folders_are_made_as_deep_as_is_said(drop: Served) -> None:
    talk = drop.talk("mkdir term", "mkdir term/deep", "mkdir .hidden", "mkdir term.tmp")
    assert talk.err.count("denied") == 3
    assert sorted(path.name for path in drop.landing.parent.rglob("*")) == ["exports", "logs", "term"]


def test_there_is_no_shell_no_scp_and_no_tunnel(drop: Served) -> None:
    async def tried() -> list[str]:
        refused = []
        async with asyncssh.connect(
            "127.0.0.1",
            drop.port,
            username="lake",
            client_keys=[str(drop.key)],
            known_hosts=None,
            config=None,
        ) as connection:
            for name, ask in (
                ("command", lambda: connection.run("id", check=True)),
                ("shell", lambda: connection.create_process(term_type="xterm")),
                ("subsystem", lambda: connection.open_session(subsystem="netconf")),
                ("tunnel", lambda: connection.open_connection("127.0.0.1", drop.port)),
                ("listener", lambda: connection.forward_remote_port("127.0.0.1", 0, "127.0.0.1", 9)),
            ):
                try:
                    await ask()
                except (asyncssh.ChannelOpenError, asyncssh.ChannelListenError, asyncssh.Error):
                    refused.append(name)
        return refused

    assert run(tried()) == ["command", "shell", "subsystem", "tunnel", "listener"]


def test_a_file_over_the_limit_is_refused_and_thrown_away(closed: Served, export: Path) -> None:
    closed.account("lake", "openedx", "file_megabytes = 2")
    closed.start()
    assert "Failure" in closed.talk(f"put {export} logs/students.csv").err
    wait_until(lambda: closed.log[-1]["message"] == "session ended")
    assert list(closed.landing.iterdir()) == []


def test_a_day_has_its_bytes_also_after_a_restart(closed: Served, export: Path) -> None:
    closed.account("lake", "openedx", "day_megabytes = 4")
    closed.start()
    closed.talk(f"put {export} logs/one.csv")
    closed.stop()
    closed.start()
    assert "Failure" in closed.talk(f"put {export} logs/two.csv").err
    wait_until(lambda: closed.log[-1]["message"] == "session ended")
    assert sorted(path.name for path in closed.landing.iterdir()) == [".two.csv.part", "one.csv"]


def test_a_day_has_its_files(closed: Served, tmp_path: Path) -> None:
    closed.account("lake", "openedx", "day_files = 2")
    closed.start()
    small = tmp_path / "small"
    small.write_bytes(b"x")
    talk = closed.talk(*(f"put {small} logs/{number}.csv" for number in range(4)))
    assert talk.err.count("Failure") == 2
    assert sorted(path.name for path in closed.landing.iterdir()) == ["0.csv", "1.csv"]


def test_an_account_has_its_rate(closed: Served, export: Path) -> None:
    closed.account("lake", "openedx", "megabytes_per_second = 1")
    closed.start()
    closed.talk(f"put {export} logs/students.csv")
    assert 1.5 < wait_until(lambda: closed.log[-1].get("seconds")) < 10
    assert digest(closed.landing / "students.csv") == digest(export)


def test_a_full_disk_keeps_what_fitted_and_the_upload_goes_on_when_there_is_room(
    closed: Served, export: Path
) -> None:
    closed.account()
    closed.start(largest_file=2_000_000)
    assert "Failure" in closed.talk(f"put {export} logs/students.csv").err
    wait_until(lambda: closed.log[-1]["message"] == "session ended")
    assert [path.name for path in closed.landing.iterdir()] == [".students.csv.part"]
    closed.stop()
    closed.start()
    closed.talk(f"reput {export} logs/students.csv")
    assert digest(closed.landing / "students.csv") == digest(export)


def test_a_disk_that_is_nearly_full_takes_nothing(closed: Served, export: Path) -> None:
    closed.settings("[drop]\nkeep_free_megabytes = 1000000000\n")
    closed.account()
    closed.start()
    assert "Failure" in closed.talk(f"put {export} logs/students.csv").err
    assert list(closed.landing.iterdir()) == []
