"""``staffroom events``: what is printed, and with which exit code."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from staffroom.cli import main
from staffroom.events.rejects import as_text
from tests.events.deliveries import deliver, line, make_instance
from tests.rights import without_rights_to


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


def test_a_file_that_cannot_be_opened_is_told_until_it_can(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second file repeats the first: nothing is left to take from it once it can be read."""
    run(capsys, root, "ingest", "--quiet")
    copy = root / "logs" / "tracking.log-20240106"
    copy.write_bytes((root / "logs" / "tracking.log-20240105").read_bytes())
    said = (
        "Ingested: read 0, kept 0, repeated 0, skipped 0. files not taken: 1. "
        "see: staffroom events deliveries --problems."
    )
    with without_rights_to(copy, root):
        for _ in range(2):
            assert run(capsys, root, "ingest", "--quiet") == (3, [said])
        _, lines = run(capsys, root, "deliveries", "--problems")
    assert lines[0].endswith(
        "tracking.log-20240106  unreadable: read 0, kept 0, repeated 0, skipped 0. "
        "It cannot be opened: Permission denied."
    )
    assert lines[1:] == ["2 deliveries, 1 with a problem."]
    assert run(capsys, root, "ingest", "--quiet") == (0, ["Ingested: read 0, kept 0, repeated 0, skipped 0."])
    assert run(capsys, root, "deliveries", "--problems") == (0, ["1 delivery, 0 with a problem."])


def test_a_damaged_file_is_told_once(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damaged = root / "logs" / "tracking.log-20240106.gz"
    damaged.write_bytes(gzip.compress(line(2) + b"\n")[:-8] + b"\0" * 8)
    code, lines = run(capsys, root, "ingest", "--json", "--quiet")
    said = json.loads(lines[-1])
    assert (code, said["files_not_taken"], said["see"]) == (3, 1, "staffroom events deliveries --problems")


def test_a_file_that_is_cut_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without its last eight bytes all lines are there, and nothing says that no more were written."""
    lines = [line(number) + b"\n" for number in range(40)]
    whole = gzip.compress(b"".join(lines), compresslevel=0)  # its lines stand in it as they are
    in_the_17th = whole.index(lines[16]) + 9
    for left, kept, skipped in ((len(whole) - 8, 40, 0), (in_the_17th, 16, 1)):
        root = tmp_path / str(left)
        (make_instance(root).root / "logs" / "tracking.log-20240105.gz").write_bytes(whole[:left])
        code, told = run(capsys, root, "ingest", "--json", "--quiet")
        said = json.loads(told[-1])
        assert (code, said["kept"], said["skipped"], said["files_cut_short"]) == (3, kept, skipped, 1)
        assert said["see"] == "staffroom events deliveries --problems"
        assert "files_not_taken" not in said


def test_deliveries_and_rejects_are_lists(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, root, "ingest", "--quiet")
    code, lines = run(capsys, root, "deliveries")
    assert (code, len(lines), lines[1]) == (0, 2, "1 delivery, 0 with a problem.")
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


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"plain \xc3\xa9", "plain é"),
        (b"\xff\x00\t\x1b[0m", "\\xff\\x00\\t\\x1b[0m"),
        ("a\u202eb".encode(), "a\\u202eb"),
        (b"back\\slash", "back\\slash"),
    ],
)
def test_bytes_that_are_no_text_are_written_out(data: bytes, expected: str) -> None:
    assert as_text(data) == expected


def test_a_line_cannot_command_the_terminal_that_shows_it(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "logs/tracking.log-20240106").write_bytes(b"\x1b[2J\x00\n")
    run(capsys, root, "ingest", "--quiet")
    assert run(capsys, root, "rejects", "tracking.log-20240106")[1] == [
        "tracking.log-20240106 line 1: not_json: \\x1b[2J\\x00"
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ingest", "--since", "2026-02-30"), "--since: '2026-02-30' is not a day; write it as 2026-09-07."),
        (("ingest", "--limit", "-1"), "--limit: -1 is not at least 0."),
        (("rejects", "--limit", "many"), "--limit: 'many' is not a whole number."),
    ],
)
def test_an_option_that_cannot_be_is_wrong_usage_in_words(
    root: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["events", *words, "--instance", str(root)])
    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith(f"error: argument {said}\n")


def test_days_in_reverse_order_are_wrong_usage(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("ingest", "--since", "2024-01-06", "--until", "2024-01-05", "--instance", str(root))
    assert main(["events", *words]) == 2
    said = "staffroom: --since 2024-01-06 --until 2024-01-05: stand in reverse order. Nothing was read.\n"
    assert capsys.readouterr().err == said
