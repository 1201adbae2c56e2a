"""The old loader works against the registry unchanged: its token, its batches, their status."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.instances import ROOT, TestInstance, environment
from tests.jobs.conftest import Soon
from tests.loader.files import HEADER, student, text, zipped
from tests.operations.test_serve import serving, status
from tests.registry.test_killed import enabled

MORE_COLUMNS = ("LastOrSurnameAlias", "ParentHighestEducationLevel")


@dataclass(frozen=True)
class Old:
    """The old loader with its settings, which name a registry that is served."""

    folder: Path
    url: str
    credentials: Mapping[str, str]

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "ART_ENDPOINT": f"{self.url}/rest/external/student/CA/batch",
            "ART_SSL_CHECKS": False,
            "AUTH_ENDPOINT": f"{self.url}/auth/oauth2/access_token?realm=/sbac",
            "AUTH_PAYLOAD": {"grant_type": "password", **self.credentials},
            "CHUNK_SIZE": 100,
        }

    def upload(self, rows: Sequence[Mapping[str, str]], **settings: Any) -> tuple[int, list[str], str]:
        """Its exit code, what it printed, and the last line of its traceback."""
        header = [*HEADER, *MORE_COLUMNS]
        file = self.folder / "CA_students_20171005.zip"
        file.write_bytes(zipped({"students.csv": text(rows, header).encode("latin1")}))
        secret = self.folder / "settings.json"
        secret.write_text(json.dumps({**self.settings, **settings}))
        done = subprocess.run(
            [sys.executable, "-m", "tests.registry.old_loader", str(secret), str(file)],
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout.splitlines(), (done.stderr.splitlines() or [""])[-1]

    def status(self, url: str) -> dict[str, Any]:
        """What an operator is told who opens a printed status URL with a token."""
        form = "&".join(f"{name}={value}" for name, value in self.settings["AUTH_PAYLOAD"].items())
        with urllib.request.urlopen(self.settings["AUTH_ENDPOINT"], form.encode()) as answer:
            token = json.load(answer)["access_token"]
        asked = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(asked) as answer:
            said: dict[str, Any] = json.load(answer)
        return said


@pytest.fixture
def old(instance: TestInstance, tmp_path: Path, soon: Soon) -> Iterator[Old]:
    credentials = enabled(instance)
    with serving(instance) as (_, url):
        soon(lambda: status(f"{url}/health") == 200)
        yield Old(tmp_path, url, credentials)


def test_a_whole_file_of_which_one_row_is_bad(old: Old, instance: TestInstance) -> None:
    rows = [student(number) for number in range(250)]
    rows[120] = student(120, DateofBirth="3/14/2009")
    code, out, _ = old.upload(rows)
    assert (code, out[-1], len(out)) == (0, "250 students uploaded", 7)
    assert out[0] == "Uploading students from line 2, ending at line 101"
    urls = [line.removeprefix("Batch status URL: ") for line in out[1:6:2]]
    assert {url.rpartition("/")[0] for url in urls} == {f"{old.url}/rest/external/student/batch"}
    before = old.status(urls[1])
    assert (before["numSubmitted"], before["numProcessed"], before["percentComplete"]) == (0, 0, 0.0)
    assert instance.run("registry", "drain").code == 3
    after = [old.status(url) for url in urls]
    assert [one["numSuccess"] for one in after] == [100, 99, 50]
    assert {name: after[1][name] for name in ("upsert", "numSubmitted", "numProcessed", "numExceptions")} == {
        "upsert": True,
        "numSubmitted": 100,
        "numProcessed": 100,
        "numExceptions": 1,
    }
    assert (after[1]["percentComplete"], after[1]["stateCode"], after[1]["submittedBy"]) == (
        1.0,
        "CA",
        "loader",
    )
    (fault,) = after[1]["exceptions"]
    assert fault == {
        "ssid": "2000000120",
        "errorMessage": "birthDate: It has to be a day that there is, as yyyy-MM-dd.",
    }


def test_the_same_file_the_next_night_changes_nothing(old: Old, instance: TestInstance) -> None:
    rows = [student(number) for number in range(5)]
    old.upload(rows)
    instance.run("registry", "drain")
    old.upload(rows)
    done = instance.run("registry", "drain", "--json")
    assert (done.code, done.facts[-1]["unchanged"], done.facts[-1]["created"]) == (0, 5, 0)


def test_it_ends_as_it_did_where_it_is_not_let_in(old: Old) -> None:
    rows = [student(number) for number in range(3)]
    wrong = {**old.settings["AUTH_PAYLOAD"], "password": "guessed"}
    code, out, why = old.upload(rows, AUTH_PAYLOAD=wrong)
    assert (code, out, why) == (1, [], "RuntimeError: no token: {'error': 'invalid_grant', "
                                "'error_description': 'Invalid credentials given.'}")  # fmt: skip
    code, _, why = old.upload(rows, ART_ENDPOINT=f"{old.url}/rest/external/student/NV/batch")
    assert (code, why.partition(":")[2].split()[:2]) == (1, ["status", "404:"])


def test_past_the_high_water_mark_it_is_told_so_and_what_it_sent_before_stays(
    instance: TestInstance, tmp_path: Path, soon: Soon
) -> None:
    credentials = enabled(instance, "queue_batches = 2\n")
    with serving(instance) as (_, url):
        soon(lambda: status(f"{url}/health") == 200)
        old = Old(tmp_path, url, credentials)
        code, out, why = old.upload([student(number) for number in range(250)])
    assert (code, len(out)) == (1, 5)
    assert why.startswith("RuntimeError: status 429: ")
    done = instance.run("registry", "drain", "--json")
    assert done.facts[-1]["created"] == 200
