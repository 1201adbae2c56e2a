"""What operators are told by mail: each failure once, through a mail server, nothing about anybody."""

from __future__ import annotations

import os
import re
import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.instances import TestInstance
from tests.mailbox import Mailbox, mailbox
from tests.operations.deliveries import deliver

FAILED = "[Lake University] nightly failed: DeliveryError"
OPERATORS = "olga@lake.example, omar@lake.example"


@pytest.fixture
def box(instance: TestInstance) -> Iterator[Mailbox]:
    with mailbox() as box:
        name_server(instance, box.port)
        yield box


def name_server(instance: TestInstance, port: int) -> None:
    instance.add_settings(
        '[site]\noperators = ["olga@lake.example", "omar@lake.example"]\nmail_encryption = "none"\n'
        f'mail_server = "127.0.0.1:{port}"\nbase_url = "https://staffroom.lake.example"\n'
    )


def break_the_night(instance: TestInstance) -> str:
    """Take the source's folder away; returns its path."""
    logs = instance.root / "deliveries/openedx/logs"
    logs.rename(logs.with_name("elsewhere"))
    return str(logs)


def change(instance: TestInstance, sql: str) -> None:
    with closing(sqlite3.connect(instance.root / "database/site.sqlite3")) as database, database:
        database.execute(sql)


def without_times(text: str) -> str:
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "THEN", text)


def failure(run: str, problem: str, place: str) -> str:
    return (
        f"run: {run}\nwhat: nightly\nerror: {problem}\nplace: {place}\nended: THEN UTC\n"
        f"page: https://staffroom.lake.example/runs/{run}/\n\n"
        "Pages show the last good numbers and say so. The run's page has its log.\n"
    )


@pytest.mark.parametrize("how", ["typed", "queued"])
def test_a_night_that_failed_is_told_once(how: str, instance: TestInstance, box: Mailbox) -> None:
    place = break_the_night(instance)
    if how == "typed":
        assert instance.run("nightly").code == 1
    else:
        instance.run("jobs", "queue", "nightly")
    for _ in range(2):
        assert instance.run("worker", "--until-idle").code == 0
    (run,) = instance.runs()
    ((to, subject, text),) = box.texts()
    assert (to, subject) == (OPERATORS, FAILED)
    assert without_times(text) == failure(as_uuid(run["id"]), "DeliveryError", place)


def as_uuid(text: str) -> str:
    """An id as SQLite keeps it, in its usual form."""
    return str(uuid.UUID(text))


def test_the_next_failure_is_told_again_and_a_night_that_went_well_is_not(
    instance: TestInstance, box: Mailbox
) -> None:
    instance.run("nightly")
    assert box.texts() == []
    break_the_night(instance)
    for _ in range(2):
        instance.run("nightly")
    assert [subject for _, subject, _ in box.texts()] == [
        "[Lake University] nightly failed: DeliveryError"
    ] * 2


def test_a_run_that_is_lost_for_good_is_told(instance: TestInstance, box: Mailbox) -> None:
    instance.run("nightly")
    change(instance, "UPDATE jobs_run SET state = 'running', lease_until = '2026-09-01 03:00:00'")
    instance.run("worker", "--until-idle")
    (run,) = instance.runs()
    ((_, subject, text),) = box.texts()
    assert (run["state"], subject) == ("lost", "[Lake University] nightly was lost")
    assert without_times(text) == failure(as_uuid(run["id"]), "WorkerLost", "-")


def test_while_the_mail_server_is_away_the_run_ends_as_ever_and_is_told_later(instance: TestInstance) -> None:
    with mailbox() as gone:
        name_server(instance, gone.port)
    break_the_night(instance)
    assert instance.run("nightly").code == 1
    assert [run["told_at"] for run in instance.runs()] == [None]
    with mailbox(gone.port) as box:
        instance.run("worker", "--until-idle")
    assert [subject for _, subject, _ in box.texts()] == [FAILED]


def test_what_ended_long_ago_is_no_news(instance: TestInstance, box: Mailbox) -> None:
    instance.add_settings("[site]\noperators = []\n")
    break_the_night(instance)
    instance.run("nightly")
    name_server(instance, box.port)
    change(instance, "UPDATE jobs_run SET finished_at = '2026-09-01 03:00:00'")
    instance.run("worker", "--until-idle")
    assert box.texts() == []


def test_a_source_that_has_fallen_silent_is_told_once(instance: TestInstance, box: Mailbox) -> None:
    five_days_ago = time.time() - 5 * 24 * 3600
    os.utime(deliver(instance.root, "2026-09-01"), (five_days_ago, five_days_ago))
    for _ in range(2):
        assert instance.run("nightly").code == 0
    first = as_uuid(instance.runs()[0]["id"])
    assert box.texts() == [
        (
            OPERATORS,
            "[Lake University] nothing new from openedx",
            f"source: openedx\nfound by run: {first}\npage: https://staffroom.lake.example/runs/{first}/\n\n"
            "It has delivered nothing for longer than its expected_every_hours, "
            "or than [jobs] quiet_source_days. "
            "See why nothing arrives any more.\n",
        )
    ]


def test_a_source_may_be_silent_for_as_long_as_the_setting_says(instance: TestInstance, box: Mailbox) -> None:
    instance.add_settings("[jobs]\nquiet_source_days = 6\n")
    five_days_ago = time.time() - 5 * 24 * 3600
    os.utime(deliver(instance.root, "2026-09-01"), (five_days_ago, five_days_ago))
    instance.run("nightly")
    assert box.texts() == []
