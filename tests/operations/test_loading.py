"""What the loader's page asks of runs and journals."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from staffroom.operations.loading import TAIL_BYTES, last_record
from tests.instances import TestInstance, environment

CLICK = Path(__file__).with_name("click.py")


def click(instance: TestInstance, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(CLICK), str(instance.root), *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment())


def test_clicks_at_the_same_moment_start_one_run(either: TestInstance) -> None:
    assert click(either).wait(timeout=60) == 0
    begun = datetime.now(UTC) + timedelta(seconds=6)
    racers = [click(either, begun.isoformat()) for _ in range(6)]
    told = [racer.communicate(timeout=60)[0].split() for racer in racers]
    assert sorted(is_new for _, is_new in told) == ["False"] * 5 + ["True"]
    (run,) = either.runs()
    assert {UUID(told_of) for told_of, _ in told} == {UUID(str(run["id"]))}


@pytest.mark.parametrize(
    ("text", "record"),
    [
        ("", {}),
        ('{"batch": 1}\n', {"batch": 1}),
        ('{"batch": 1}\n{"end": true, "read": 3}\n', {"end": True, "read": 3}),
        ('{"batch": 1}\n{"batch": 2', {"batch": 1}),
        ('{"batch": 1', {}),
        ('{"batch": 1}\nnot json\n', {}),
        ('{"batch": 1}\n[1]\n', {}),
    ],
)
def test_the_last_whole_line_of_a_journal(tmp_path: Path, text: str, record: dict[str, object]) -> None:
    (tmp_path / "journal.jsonl").write_text(text)
    assert last_record(tmp_path / "journal.jsonl") == record


def test_a_last_line_of_any_length_is_read(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    for length in (TAIL_BYTES - 30, TAIL_BYTES, 9 * TAIL_BYTES):
        journal.write_text('{"batch": 1}\n{"batch": 2}\n{"end": "' + "x" * length + '"}\n')
        assert last_record(journal) == {"end": "x" * length}


def test_a_journal_that_is_not_there_has_no_last_line(tmp_path: Path) -> None:
    assert last_record(tmp_path / "journal.jsonl") == {}
