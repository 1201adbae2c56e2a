"""``staffroom events``: what is printed, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from staffroom.cli import main
from tests.events.deliveries import deliver, line, make_instance


def run(capsys: pytest.CaptureFixture[str], root: Path, *words: str) -> tuple[int, list[str]]:
    code = main(["events", *words, "--instance", str(root)])
    return code, capsys.readouterr().out.splitlines()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    school = make_instance(tmp_path)
    deliver(school, "tracking.log-20240105", [line(1), b"oops", line(1), b"[]"])
    return tmp_path


def test_ingest_ends_with_its_counts_and_where_skipped_rows_are(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = f"Ingested: read 4, kept 1, repeated 1, skipped 2. skipped rows are in: {root}/rejects."
    assert run(capsys, root, "ingest", "--quiet") == (3, [said])
    assert run(capsys, root, "ingest", "--quiet") == (0, ["Ingested: read 0, kept 0, repeated 0, skipped 0."])
    code, lines = run(capsys, root, "ingest", "--json", "--again", "--since", "2024-01-05")
    assert (code, json.loads(lines[-1])["repeated"]) == (3, 2)


def test_deliveries_and_rejects_are_lists(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, root, "ingest", "--quiet")
    code, lines = run(capsys, root, "deliveries")
    assert (code, len(lines), lines[1]) == (0, 2, "1 deliveries, 0 with a problem.")
    assert "openedx  tracking.log-20240105  taken: read 4, kept 1, repeated 1, skipped 2" in lines[0]
    assert run(capsys, root, "rejects") == (
        0,
        ["tracking.log-20240105 line 2: not_json: oops", "tracking.log-20240105 line 4: not_an_object: []"],
    )
    assert run(capsys, root, "rejects", "tracking.log-20240105", "--reason", "not_an_object", "--json") == (
        0,
        ['{"delivery": "tracking.log-20240105", "line": 4, "reason": "not_an_object", "data": "[]"}'],
    )
    assert run(capsys, root, "rejects", "--limit", "1")[1] == ["tracking.log-20240105 line 2: not_json: oops"]


def test_an_unknown_delivery_is_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["events", "rejects", "nothing", "--instance", str(root)]) == 1
    assert "nothing: is not a delivery." in capsys.readouterr().err
