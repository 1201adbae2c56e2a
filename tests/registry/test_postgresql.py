"""The registry on PostgreSQL: the same outcome, with several drains at once and one of them killed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from staffroom.config import load_instance
from tests.instances import ROOT, TestInstance, environment, new_instance
from tests.jobs.conftest import Soon
from tests.operations.test_serve import serving, status
from tests.postgresql import Server
from tests.registry.pupils import ADA, BRUNO
from tests.registry.test_killed import ROWS, Loader, enabled

pytestmark = pytest.mark.postgresql

BATCHES = 60


@pytest.fixture
def shared(tmp_path: Path, postgresql: Server) -> TestInstance:
    return new_instance(tmp_path / "instance", database=postgresql.new_database())


def asked(instance: TestInstance, sql: str) -> list[tuple[Any, ...]]:
    import psycopg

    parts = urlsplit(str(load_instance(instance.root).sections["database"]["url"]))
    with psycopg.connect(
        host=unquote(parts.hostname or ""),
        dbname=parts.path[1:],
        user=parts.username,
        options="-c search_path=registry",
    ) as database:
        return database.execute(sql.encode()).fetchall()


def test_several_drains_do_no_work_twice_and_one_may_be_killed(shared: TestInstance, soon: Soon) -> None:
    loader = Loader(enabled(shared))
    with serving(shared, "--workers=2") as (_, url):
        soon(lambda: status(f"{url}/health") == 200)
        loader.send(url, range(BATCHES))
    assert len(loader.acknowledged) == BATCHES
    drains = [shared.start("registry", "drain", "--json") for _ in range(3)]
    soon(lambda: asked(shared, "SELECT count(*) FROM registry_batch WHERE standing = 'done'") != [(0,)])
    drains[0].kill()
    for drain in drains:
        drain.communicate(timeout=120)
    assert {drain.returncode for drain in drains[1:]} <= {0, 3}
    shared.run("registry", "drain")
    ids = [row[0] for row in asked(shared, 'SELECT ssid FROM registry_student ORDER BY ssid COLLATE "C"')]
    own = [f"{number:04}{row:04}" for number in range(BATCHES) for row in range(ROWS - 2)]
    assert ids == [*own, "SHARED"]
    sums = "sum(submitted), sum(created), sum(updated + superseded), sum(unchanged), sum(rejected)"
    assert asked(shared, f"SELECT {sums} FROM registry_batch WHERE standing = 'done'") == [
        (BATCHES * ROWS, BATCHES * (ROWS - 2) + 1, BATCHES - 1, 0, BATCHES)
    ]
    last = asked(shared, "SELECT max(id) FROM registry_batch")
    assert asked(shared, "SELECT batch FROM registry_student WHERE ssid = 'SHARED'") == last
    assert asked(shared, "SELECT count(*) FROM registry_note") == [(BATCHES,)]


WORK = """
import django, json
django.setup()
from staffroom.registry import draining, students
from staffroom.registry.models import *
from staffroom.registry.rows import Judge
from staffroom.registry.writing import Entry, register, remove
from django.db import transaction
"""


def test_order_is_by_number_however_batches_overtake_each_other(shared: TestInstance) -> None:
    script = f"""{WORK}
def read(row):
    return Entry.of(Judge("CA").read(1, row))

def became(batch, *rows):
    with transaction.atomic(using="registry"):
        made = register("CA", [read(row) for row in rows], batch=batch, assessments=())
    return [sorted(part) for part in (made.created, made.updated, made.unchanged, made.superseded)]

waiting = Batch.objects.create(id=1, client_id=1, state="CA", digest=b"", size=0)
print(json.dumps([
    became(5, {ADA!r}, {BRUNO!r}),
    became(3, {{**{ADA!r}, "firstName": "Older"}}),
    became(7, {ADA!r}),
    became(6, {{**{ADA!r}, "firstName": "Older"}}),
    became(8, {{**{ADA!r}, "firstName": "Newer"}}),
    [len(part) for part in remove("CA", ["1002"], batch=9)],
    became(4, {BRUNO!r}),
    became(10, {BRUNO!r}),
    sorted(Student.objects.values_list("ssid", "batch")),
    [one.ssid for one in students.search(["CA"], "bäck")],
    [one.ssid for one in students.search(["CA"], "100")],
    [one.ssid for one in students.search(["CA"], "o%")],
]))
"""
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(
            STAFFROOM_INSTANCE=str(shared.root), DJANGO_SETTINGS_MODULE="staffroom.site.settings"
        ),
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == [
        [["1001", "1002"], [], [], []],
        [[], [], [], ["1001"]],
        [[], [], ["1001"], []],
        [[], [], [], ["1001"]],
        [[], ["1001"], [], []],
        [1, 0],
        [[], [], [], ["1002"]],
        [["1002"], [], [], []],
        [["1001", 8], ["1002", 10]],
        ["1002"],
        ["1001", "1002"],
        [],
    ]
