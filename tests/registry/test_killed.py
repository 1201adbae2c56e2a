"""Nothing acknowledged is lost and nothing is doubled, whoever is killed: the receiver or the drain."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import random
import signal
import sqlite3
import subprocess
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench.measure import process_tree

from tests.instances import TestInstance
from tests.jobs.conftest import Soon
from tests.operations.test_serve import serving, status
from tests.registry.pupils import student

ROWS = 40
"""Students a batch: so few that a kill between two requests is likely."""


@dataclass
class Loader:
    """Sends batches over real connections, each until it is acknowledged; knows what was."""

    credentials: dict[str, str]
    acknowledged: dict[int, str] = field(default_factory=dict)

    def connect(self, url: str) -> tuple[http.client.HTTPConnection, dict[str, str]]:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
        form = {"grant_type": "password", **self.credentials}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/auth/oauth2/access_token", urlencode(form), headers)
        answer = connection.getresponse()
        token = json.loads(answer.read())["access_token"]
        return connection, {"Authorization": f"Bearer {token}"}

    def send(self, url: str, numbers: range) -> None:
        """Send those not acknowledged yet, in their order; ends with the first that cannot be sent."""
        try:
            connection, headers = self.connect(url)
            with closing(connection):
                for number in numbers:
                    if number not in self.acknowledged:
                        self.acknowledged[number] = self._send(connection, headers, number)
        except (OSError, http.client.HTTPException, ValueError):
            return

    def _send(self, connection: http.client.HTTPConnection, headers: dict[str, str], number: int) -> str:
        more = {"Content-Encoding": "gzip", "Idempotency-Key": f"batch-{number}"}
        path = "/api/v1/registry/CA/students/batch"
        connection.request("POST", path, gzip.compress(json.dumps(batch(number)).encode()), headers | more)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 202, (answer.status, body)
        return str(json.loads(body)["id"])


def batch(number: int) -> list[dict[str, Any]]:
    """Students of this batch alone, the same one with another name in every batch, and one with a fault."""
    own = [student(f"{number:04}{row:04}") for row in range(ROWS - 2)]
    return [*own, student("SHARED", f"Ada{'abcdefghij'[number % 10]}"), student(f"{number:04}BAD", sex="")]


def enabled(instance: TestInstance, settings: str = "") -> dict[str, str]:
    """Open the registry; returns the credentials of California's loader."""
    instance.add_settings(f'[registry]\nenabled = true\nstates = ["CA"]\n{settings}')
    done = instance.run("registry", "clients", "add", "loader", "--state=CA", "--json")
    facts = done.facts[0]
    return {name: facts[name] for name in ("client_id", "client_secret", "username", "password")}


def asked(instance: TestInstance, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(instance.root / "database" / "registry.sqlite3", timeout=20)) as database:
        return list(database.execute(sql))


def check_exact(instance: TestInstance, loader: Loader, batches: int) -> None:
    """Every student of every batch once, the last batch's name, and counts that say so."""
    assert len(loader.acknowledged) == batches
    assert sorted(row[0] for row in asked(instance, "SELECT key FROM registry_batch")) == sorted(
        loader.acknowledged.values()
    )
    ssids = [row[0] for row in asked(instance, "SELECT ssid FROM registry_student ORDER BY ssid")]
    own = [f"{number:04}{row:04}" for number in range(batches) for row in range(ROWS - 2)]
    assert ssids == sorted([*own, "SHARED"])
    sums = "sum(submitted), sum(created), sum(updated), sum(unchanged), sum(superseded), sum(rejected)"
    ((submitted, created, updated, unchanged, superseded, rejected),) = asked(
        instance, f"SELECT {sums} FROM registry_batch WHERE standing = 'done'"
    )
    assert (submitted, created, rejected) == (batches * ROWS, batches * (ROWS - 2) + 1, batches)
    assert (unchanged, updated + superseded) == (0, batches - 1)
    assert asked(instance, "SELECT count(*) FROM registry_note") == [(batches,)]


def test_the_receiver_is_killed_while_it_receives(instance: TestInstance, soon: Soon) -> None:
    loader = Loader(enabled(instance))
    dice = random.Random(2026)
    deaths = 0
    while len(loader.acknowledged) < 60:
        with serving(instance, "--workers=2") as (server, url):
            soon(lambda url=url: status(f"{url}/health") == 200)  # type: ignore[misc]
            sending = threading.Thread(target=loader.send, args=(url, range(60)))
            sending.start()
            sending.join(dice.uniform(0.05, 0.4) if deaths < 4 else 60)
            kill_all(server)
            sending.join()
            deaths += 1
    assert instance.run("registry", "drain").code == 3
    check_exact(instance, loader, 60)


def kill_all(server: subprocess.Popen[str]) -> None:
    """The server and what it started, so that no worker of it answers on."""
    for pid in list(process_tree(server.pid)):
        os.kill(pid, signal.SIGKILL)
    server.wait()


def test_the_drain_is_killed_while_it_drains(instance: TestInstance, soon: Soon) -> None:
    loader = Loader(enabled(instance))
    with serving(instance) as (_, url):
        soon(lambda: status(f"{url}/health") == 200)
        loader.send(url, range(50))
        dice = random.Random(2026)
        for _ in range(4):
            drain = instance.start("registry", "drain", "--quiet")
            waiting = asked(instance, "SELECT count(*) FROM registry_batch WHERE standing = 'done'")
            soon(
                lambda seen=waiting, drain=drain: (  # type: ignore[misc]
                    asked(instance, "SELECT count(*) FROM registry_batch WHERE standing = 'done'") != seen
                    or drain.poll() is not None
                )
            )
            time.sleep(dice.uniform(0, 0.03))
            drain.kill()
            drain.communicate()
        loader.send(url, range(70))
    assert instance.run("registry", "drain").code == 3
    check_exact(instance, loader, 70)


def test_a_large_batch_goes_on_where_its_drain_was_killed(instance: TestInstance, soon: Soon) -> None:
    credentials = enabled(instance)
    rows = [student(f"{number:06}") for number in range(20_000)]
    with serving(instance) as (_, url):
        soon(lambda: status(f"{url}/health") == 200)
        connection, headers = Loader(credentials).connect(url)
        with closing(connection):
            body = gzip.compress(json.dumps(rows).encode(), 1)
            headers["Content-Encoding"] = "gzip"
            connection.request("POST", "/rest/external/student/CA/batch", body, headers)
            assert connection.getresponse().status == 202
    drain = instance.start("registry", "drain", "--quiet")
    soon(lambda: asked(instance, "SELECT next_row FROM registry_batch") != [(0,)])
    drain.kill()
    drain.communicate()
    counted = "SELECT standing, next_row, created FROM registry_batch"
    ((standing, next_row, created),) = asked(instance, counted)
    assert (standing, created) == ("draining", next_row)
    assert asked(instance, "SELECT count(*) FROM registry_student") == [(next_row,)]
    done = instance.run("registry", "drain", "--json")
    assert done.facts[-1]["created"] == 20_000 - next_row
    assert asked(instance, counted) == [("done", 20_000, 20_000)]
    assert asked(instance, "SELECT count(*) FROM registry_student") == [(20_000,)]


def test_two_drains_of_one_file_do_not_meet(instance: TestInstance, soon: Soon) -> None:
    enabled(instance)
    first = instance.start("registry", "drain", "--follow")
    lock = instance.root / "registry.lock"
    soon(lambda: lock.exists() and lock.read_text() != "")
    second = instance.run("registry", "drain")
    assert (second.code, second.err[-1]) == (
        1,
        f"staffroom: {lock}: another drain is under way ({lock.read_text()}). It takes up what waits.",
    )
    first.send_signal(signal.SIGTERM)
    assert first.wait(20) == 0
    first.communicate()


WAITING = "SELECT count(*) FROM registry_batch WHERE standing <> 'done'"


def test_a_worker_drains_what_arrives(instance: TestInstance, soon: Soon) -> None:
    loader = Loader(enabled(instance))
    with serving(instance, "--with-worker") as (server, url):
        soon(lambda: status(f"{url}/health") == 200)
        for sent in (3, 4):  # the fourth comes while the bell has just been rung
            loader.send(url, range(sent))
            soon(lambda: asked(instance, WAITING) == [(0,)])
        soon(lambda: instance.runs()[-1]["state"] == "done_with_skips")
        server.send_signal(signal.SIGTERM)
        server.wait(60)
    check_exact(instance, loader, 4)
