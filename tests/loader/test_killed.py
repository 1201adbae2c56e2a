"""Whoever is killed, and whenever: in the end the registry has exactly the file's students, and says so."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.instances import TestInstance, new_instance
from tests.jobs.conftest import migrated
from tests.loader.files import write_many
from tests.operations.test_serve import free_port, serving, status
from tests.registry.test_killed import asked, kill_all

__all__ = ["migrated"]

STUDENTS, ROWS = 20_000, 50
BATCHES = STUDENTS // ROWS
UPLOADERS_KILLED, RECEIVERS_KILLED = 6, 3
STARTS_SECONDS = 120
"""A machine with much else to do takes long to start a site."""


@dataclass(frozen=True)
class Receiver:
    """A registry that is served always at the same port, and drained beside it."""

    instance: TestInstance
    port: int

    @contextmanager
    def running(self) -> Iterator[tuple[subprocess.Popen[str], ...]]:
        with serving(self.instance, f"--port={self.port}") as (server, _):
            drain = self.instance.start("registry", "drain", "--follow", "--quiet")
            try:
                yield server, drain
            finally:
                kill_all(server)
                drain.kill()
                drain.communicate()

    def await_answer(self) -> None:
        until = time.monotonic() + STARTS_SECONDS
        while status(f"http://127.0.0.1:{self.port}/health") != 200:
            assert time.monotonic() < until, "the registry does not answer"
            time.sleep(0.05)

    @property
    def batches(self) -> int:
        ((count,),) = asked(self.instance, "SELECT count(*) FROM registry_batch")
        return int(count)


@pytest.fixture
def receiver(tmp_path: Path, migrated: Path) -> Receiver:
    registry = new_instance(tmp_path / "registry", template=migrated)
    registry.add_settings('[registry]\nenabled = true\nstates = ["CA"]\n')
    return Receiver(registry, free_port())


def uploader(root: Path, receiver: Receiver, client: Mapping[str, str]) -> TestInstance:
    """An instance that sends one batch at a time, so that a kill falls between two or into one."""
    root.mkdir()
    url = f"http://127.0.0.1:{receiver.port}/api/v1/registry"
    (root / "staffroom.toml").write_text(
        f'[loader]\nrows_a_batch = {ROWS}\n[loader.api]\nurl = "{url}/CA/students/batch"\n'
        f'token_url = "{url}/token"\ngrant = "client_credentials"\nclient_id = "{client["client_id"]}"\n'
        "most_in_flight = 1\n"
    )
    (root / "secrets.toml").touch(0o600)
    (root / "secrets.toml").write_text(f'loader_client_secret = "{client["client_secret"]}"\n')
    return TestInstance(root)


def test_uploader_and_receiver_are_killed_and_exactly_the_files_students_are_there(
    receiver: Receiver, tmp_path: Path
) -> None:
    client = receiver.instance.run("registry", "clients", "add", "loader", "--state=CA", "--json").facts[0]
    sender = uploader(tmp_path / "loader", receiver, client)
    ids = write_many(tmp_path / "many.csv", STUDENTS)
    words = ("loader", "send", f"--localfile={tmp_path / 'many.csv'}", "--json")
    dice = random.Random(2026)
    killed = 0
    for lives in range(RECEIVERS_KILLED + 1):
        with receiver.running():
            receiver.await_answer()
            for _ in range(UPLOADERS_KILLED // RECEIVERS_KILLED if lives < RECEIVERS_KILLED else 0):
                run = sender.start(*words)
                wait_for_another_batch(receiver, run)
                time.sleep(dice.uniform(0, 0.2))
                killed += kill(run)
            last = sender.start(*words)
            if lives < RECEIVERS_KILLED:  # the receiver dies while an uploader is at work, and that one too
                wait_for_another_batch(receiver, last)
            else:
                out, _ = last.communicate(timeout=120)
        if lives < RECEIVERS_KILLED:
            time.sleep(dice.uniform(0, 0.2))
            kill(last)
    assert killed == UPLOADERS_KILLED
    assert last.returncode == 0
    check_exact(receiver, ids)
    check_told(sender, json.loads(out.splitlines()[-1]))


def wait_for_another_batch(receiver: Receiver, run: subprocess.Popen[str]) -> None:
    before = receiver.batches
    while receiver.batches == before and run.poll() is None:
        time.sleep(0.005)


def kill(run: subprocess.Popen[str]) -> bool:
    """Whether it was still at work."""
    was_at_work = run.poll() is None
    run.send_signal(signal.SIGKILL)
    run.communicate()
    return was_at_work


def check_exact(receiver: Receiver, ids: list[str]) -> None:
    """None is missing, none is there twice, and none came twice."""
    assert [
        row[0] for row in asked(receiver.instance, "SELECT ssid FROM registry_student ORDER BY ssid")
    ] == ids
    sums = "count(*), sum(submitted), sum(created), sum(updated + unchanged + superseded + rejected)"
    assert asked(receiver.instance, f"SELECT {sums} FROM registry_batch WHERE standing = 'done'") == [
        (BATCHES, STUDENTS, STUDENTS, 0)
    ]


def check_told(sender: TestInstance, said: Mapping[str, object]) -> None:
    """The last line and the report know it too."""
    assert (said["result"], said["read"], said["kept"], said["skipped"]) == ("Sent", STUDENTS, STUDENTS, 0)
    (path,) = sender.root.glob("loader/runs/*/report.json")
    report = json.loads(path.read_text())
    figures = {name: report[name] for name in ("complete", "read", "taken", "batches", "batches_untold")}
    assert figures == {
        "complete": True, "read": STUDENTS, "taken": STUDENTS, "batches": BATCHES, "batches_untold": 0,
    }  # fmt: skip
    assert {name: count for name, count in report["became"].items() if count} == {"created": STUDENTS}
    assert report["rows"] == []
