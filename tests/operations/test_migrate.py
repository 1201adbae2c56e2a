"""All databases, brought to this version by one verb, once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from staffroom.operations.init import init_instance
from tests.instances import TestInstance
from tests.postgresql import Server


def new(tmp_path: Path) -> TestInstance:
    return TestInstance(init_instance(tmp_path / "instance"))


def test_sqlite_files_are_made_and_a_second_time_nothing_is_left_to_do(tmp_path: Path) -> None:
    instance = new(tmp_path)
    done = instance.run("migrate")
    assert done.code == 0
    assert [re.sub(r"\b(?!1 migrations)\d+ migrations?\b", "N migrations", line) for line in done.out] == [
        "default: N migrations applied.",
        "audit: N migrations applied.",
        "registry: N migrations applied.",
    ]
    assert "default: 0 migrations applied." not in done.out
    assert {path.name for path in (instance.root / "database").glob("*.sqlite3")} == {
        "site.sqlite3",
        "audit.sqlite3",
        "registry.sqlite3",
    }
    assert instance.run("migrate").out == [
        "default: 0 migrations applied.",
        "audit: 0 migrations applied.",
        "registry: 0 migrations applied.",
    ]


@pytest.mark.postgresql
def test_in_postgresql_each_database_is_a_schema(tmp_path: Path, postgresql: Server) -> None:
    instance = new(tmp_path)
    instance.add_settings(f'[database]\nurl = "{postgresql.new_database()}"\n')
    assert instance.run("migrate").code == 0
    sql = "SELECT table_schema FROM information_schema.tables WHERE table_name = '{}'"
    for table, schema in (("jobs_run", "site"), ("accounts_person", "site"), ("accounts_view", "audit")):
        assert instance.rows(sql.format(table)) == [{"table_schema": schema}]
    assert instance.run("migrate").out == [
        "default: 0 migrations applied.",
        "audit: 0 migrations applied.",
        "registry: 0 migrations applied.",
    ]


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    instance = new(tmp_path)
    instance.add_settings('[database]\nurl = "postgresql://nobody@127.0.0.1:1/nothing"\n')
    done = instance.run("migrate")
    assert (done.code, done.err) == (
        1,
        [
            "staffroom: database default: cannot be migrated (OperationalError). "
            "What was applied before stays. See that it can be reached and written, "
            "then run 'staffroom migrate' again."
        ],
    )
