"""``staffroom demo``: made once, resumed from any interruption, and never over somebody's folder."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from staffroom.command import Exit
from staffroom.demo.cast import CAST, PASSWORD
from staffroom.demo.flow import TRUTH_FILE, UNFINISHED, free_port, guide

SMALL = ("--events", "12000", "--seed", "7", "--no-serve")


def demo(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STAFFROOM")}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "staffroom.cli", "demo", str(folder), *SMALL, *options]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**environment, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("made") / "demo"
    folder.mkdir()
    (folder / UNFINISHED).touch()
    (folder / "half.txt").write_text("left by a run that was killed")
    return folder, demo(folder)


def test_it_starts_over_where_a_run_was_interrupted(
    made: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, ran = made
    assert (ran.returncode, ran.stderr.count("Traceback")) == (Exit.DONE, 0)
    assert not (folder / "half.txt").exists()
    assert not (folder / UNFINISHED).exists()


def test_the_night_reads_every_line_and_tells_so(
    made: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, ran = made
    truth = json.loads((folder / TRUTH_FILE).read_text())
    files = [file for file in truth["files"] if file["same_as"] is None]
    read = sum(file["lines"] for file in files) + truth["export_rows"] + truth["district_rows"]
    assert f"nightly: read {read:,}," in ran.stdout


def test_a_finished_demo_is_not_made_again(made: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = made
    before = (folder / TRUTH_FILE).stat().st_mtime_ns
    again = demo(folder)
    assert (again.returncode, again.stdout, again.stderr) == (Exit.DONE, "", "")
    assert (folder / TRUTH_FILE).stat().st_mtime_ns == before


def test_a_demo_that_an_older_version_made_gets_the_newer_tables_by_itself(
    made: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, _ = made
    with closing(sqlite3.connect(folder / "database" / "site.sqlite3", isolation_level=None)) as site:
        site.execute("ALTER TABLE jobs_run DROP COLUMN told_at")
        site.execute("DELETE FROM django_migrations WHERE app = 'jobs' AND name = '0002_run_told_at'")
        again = demo(folder)
        assert (again.returncode, again.stderr) == (Exit.DONE, "")
        assert site.execute("SELECT COUNT(told_at) FROM jobs_run").fetchone() == (0,)


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    refused = demo(tmp_path)
    assert refused.returncode == Exit.WRONG_USAGE
    assert "is not empty and holds no demo" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_two_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    with (tmp_path / UNFINISHED).open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        second = demo(tmp_path)
    assert second.returncode == Exit.FAILED
    assert "is being made by another process" in second.stderr


def test_the_guide_names_address_password_and_everybody() -> None:
    text = guide("http://127.0.0.1:8000/", Path("site.log"))
    assert "http://127.0.0.1:8000/" in text
    assert PASSWORD in text
    assert [part.email in text for part in CAST] == [True] * len(CAST)


def test_a_port_that_is_taken_is_not_chosen() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        assert free_port(number) != number
