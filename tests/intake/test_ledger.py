"""The ledger of deliveries: contents by digest, and what became of them."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from staffroom.intake.folder import DeliveredFile
from staffroom.intake.ledger import (
    DAMAGED,
    EMPTY,
    TAKEN,
    TRUNCATED,
    UNREADABLE,
    Content,
    Delivery,
    Ledger,
    unreadable,
)
from staffroom.tally import Counts


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.sqlite3")


def put(folder: Path, name: str, text: str, *, at: int = 1_700_000_000) -> DeliveredFile:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text)
    os.utime(path, (at, at))
    return DeliveredFile(date(2024, 1, 5), name, path)


def delivery(content: Content, **changes: object) -> Delivery:
    entry = Delivery(
        content.digest, "openedx", "log", content.file.name, content.size, content.arrived_at, TAKEN,
        read=10, kept=7, repeated=2, skipped=1, taken_at="2024-01-06T03:00:00+00:00", catalogue=1,
    )  # fmt: skip
    return replace(entry, **changes)  # type: ignore[arg-type]


def test_a_renamed_file_is_the_same_content(ledger: Ledger, tmp_path: Path) -> None:
    one, two = ledger.content(put(tmp_path, "a", "text")), ledger.content(put(tmp_path, "b", "text"))
    assert one.digest == two.digest
    assert one.arrived_at == "2023-11-14T22:13:20+00:00"


def test_a_grown_file_is_another_content(ledger: Ledger, tmp_path: Path) -> None:
    assert (
        ledger.content(put(tmp_path, "a", "text")).digest
        != ledger.content(put(tmp_path, "a", "text more")).digest
    )


def test_empty_files_are_told_by_their_names(ledger: Ledger, tmp_path: Path) -> None:
    assert ledger.content(put(tmp_path, "a", "")).digest != ledger.content(put(tmp_path, "b", "")).digest


def test_an_unchanged_file_is_not_read_again(ledger: Ledger, tmp_path: Path) -> None:
    before = ledger.content(put(tmp_path, "a", "text"))
    same_size_and_time = put(tmp_path, "a", "TEXT")
    assert ledger.content(same_size_and_time).digest == before.digest
    later = put(tmp_path, "a", "TEXT", at=1_700_000_001)
    assert ledger.content(later).digest != before.digest


def test_a_content_knows_whether_its_file_is_still_the_same(ledger: Ledger, tmp_path: Path) -> None:
    content = ledger.content(put(tmp_path, "a", "text"))
    assert content.unchanged()
    put(tmp_path, "a", "text more")
    assert not content.unchanged()
    content.file.path.unlink()
    assert not content.unchanged()


def test_what_was_taken_or_cannot_be_used_is_settled_what_could_not_be_opened_is_not(
    ledger: Ledger, tmp_path: Path
) -> None:
    contents = [ledger.content(put(tmp_path, name, name)) for name in "abc"]
    states = [TAKEN, DAMAGED, UNREADABLE]
    ledger.record(delivery(content, state=state) for content, state in zip(contents, states, strict=True))
    assert ledger.settled("openedx") == {contents[0].digest, contents[1].digest}
    assert ledger.settled("another") == frozenset()


def test_a_grown_file_supersedes_what_stood_under_its_name(ledger: Ledger, tmp_path: Path) -> None:
    old = delivery(ledger.content(put(tmp_path, "a", "text")))
    new = delivery(ledger.content(put(tmp_path, "a", "text more")), taken_at="2024-01-07T03:00:00+00:00")
    ledger.record([old])
    ledger.record([new])
    assert ledger.deliveries() == [replace(new, supersedes=old.digest), old]
    assert ledger.find("a") == [old, replace(new, supersedes=old.digest)]
    assert ledger.find(old.digest) == [old]


def test_a_delivery_taken_again_keeps_what_it_kept_before(ledger: Ledger, tmp_path: Path) -> None:
    content = ledger.content(put(tmp_path, "a", "text"))
    ledger.record([delivery(content)])
    ledger.record([delivery(content, kept=0, repeated=9, catalogue=2)])
    (entry,) = ledger.deliveries()
    assert entry.counts == Counts(10, 7, 2, 1)


def test_entering_the_same_commit_twice_changes_nothing(ledger: Ledger, tmp_path: Path) -> None:
    entry = delivery(ledger.content(put(tmp_path, "a", "text")))
    ledger.record([entry])
    ledger.record([entry])
    assert ledger.deliveries() == [entry]


def test_a_file_that_can_be_opened_again_is_no_longer_unreadable(ledger: Ledger, tmp_path: Path) -> None:
    here, there = put(tmp_path, "a", "text"), put(tmp_path / "there", "a", "text")
    for source, file in (("openedx", here), ("another", there)):
        ledger.record([unreadable(source, "log", file, PermissionError(13, "Permission denied"))])
    ledger.content(here)
    assert [(entry.source, entry.problem) for entry in ledger.deliveries()] == [
        ("another", "It cannot be opened: Permission denied.")
    ]


def test_what_changed_while_it_was_read_and_was_taken_then_is_no_longer_unreadable(
    ledger: Ledger, tmp_path: Path
) -> None:
    changing = delivery(
        ledger.content(put(tmp_path, "a", "te")), state=UNREADABLE, taken_at="2024-01-05T03:00:00+00:00"
    )
    taken = delivery(ledger.content(put(tmp_path, "a", "text")))
    ledger.record([changing])
    ledger.record([taken])
    ledger.record([changing])  # as the store's last commit has it, of which a later run reminds the ledger
    assert ledger.deliveries() == [taken]
    later = replace(changing, taken_at="2024-01-07T03:00:00+00:00")
    ledger.record([later])
    assert [entry.state for entry in ledger.deliveries()] == [UNREADABLE, TAKEN]


def test_files_that_were_not_taken_or_not_whole_are_counted_from_a_run_on(
    ledger: Ledger, tmp_path: Path
) -> None:
    states = (TAKEN, TRUNCATED, EMPTY, DAMAGED, UNREADABLE)
    ledger.record(
        delivery(
            ledger.content(put(tmp_path, state, state)),
            state=state,
            taken_at=f"2024-01-06T0{hour}:00:00+00:00",
        )
        for hour, state in enumerate(states)
    )
    counted = [ledger.not_taken(since=datetime(2024, 1, 6, hour, tzinfo=UTC)) for hour in (0, 3, 4, 5)]
    assert counted == [2, 2, 1, 0]
    cut = [ledger.cut_short(since=datetime(2024, 1, 6, hour, tzinfo=UTC)) for hour in (0, 1, 2)]
    assert cut == [1, 1, 0]
    assert [one.name for one in ledger.not_whole()] == [DAMAGED, TRUNCATED]
    whole = delivery(ledger.content(put(tmp_path, TRUNCATED, "whole now")))
    ledger.record([whole])
    assert [one.name for one in ledger.not_whole()] == [DAMAGED]


def test_the_summary_adds_up(ledger: Ledger, tmp_path: Path) -> None:
    assert ledger.summary().deliveries == 0
    ledger.record([delivery(ledger.content(put(tmp_path, "a", "a")))])
    ledger.record([delivery(ledger.content(put(tmp_path, "b", "b")), problem="It ends too early.")])
    summary = ledger.summary()
    assert (summary.deliveries, summary.problems, summary.counts) == (2, 1, Counts(20, 14, 4, 2))
    assert summary.last_taken_at == "2024-01-06T03:00:00+00:00"


def test_the_ledger_forgets_what_its_store_does_not_hold(ledger: Ledger, tmp_path: Path) -> None:
    ledger.follow("store-1", 0)
    ledger.record(
        delivery(ledger.content(put(tmp_path, name, name)), catalogue=number)
        for number, name in enumerate("abc", 1)
    )
    assert ledger.follow("store-1", 3) == 0
    assert ledger.follow("store-1", 2) == 1  # an older store was put back
    assert [entry.name for entry in ledger.deliveries()] == ["a", "b"]
    assert ledger.follow("store-2", 9) == 2  # another store: all is to be taken again
    assert ledger.deliveries() == []
