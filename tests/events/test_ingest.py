"""Deliveries become events: each once, all lines accounted for, whatever arrives."""

from __future__ import annotations

import gzip
import os
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from staffroom.errors import SettingsError, StoreBusy
from staffroom.events import ingest as ingest_module
from staffroom.events.catalogue import Store
from staffroom.events.ingest import ledger_path
from staffroom.events.merging import MOST_PARTS
from staffroom.events.rejects import read_rejects
from staffroom.events.schema import EVENT_ORDER, EVENT_SCHEMA
from staffroom.events.staging import STAGED_SCHEMA, Task, stage
from staffroom.intake.folder import DeliveredFile
from staffroom.intake.ledger import Ledger
from staffroom.tally import Counts, Reject
from tests.events.deliveries import catalogue, deliver, deliveries, line, make_instance, stored, take


def test_lines_are_kept_repeated_or_skipped_and_nothing_else(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    deliver(
        school,
        "tracking.log-20240105.gz",
        [line(1), b"", line(2), line(1), b"[]", b"oops {", b"Jan 5: " + line(2)],
    )
    deliver(school, "tracking.log-20240106.gz", [line(2), line(3)])
    assert take(school) == Counts(read=9, kept=3, repeated=3, skipped=3)
    found = deliveries(school)
    assert found["tracking.log-20240105.gz"].counts == Counts(7, 2, 2, 3)
    assert found["tracking.log-20240106.gz"].counts == Counts(2, 1, 1, 0)
    assert list(read_rejects(school.rejects, found["tracking.log-20240105.gz"].digest)) == [
        Reject(2, "blank", b""),
        Reject(5, "not_an_object", b"[]"),
        Reject(6, "not_json", b"oops {"),
    ]
    assert len(stored(school)) == 3


def test_a_second_run_finds_nothing_new(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    deliver(school, "tracking.log-20240105.gz", [line(1)])
    take(school)
    before = catalogue(school)
    assert take(school) == Counts()
    assert catalogue(school) == before


def test_a_file_delivered_twice_counts_once_renamed_or_not(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    path = deliver(school, "tracking.log-20240105.gz", [line(1), line(2)])
    (path.parent / "tracking.log-20240106.gz").write_bytes(path.read_bytes())
    assert take(school) == Counts(2, 2, 0, 0)
    path.rename(path.parent / "tracking.log-20240107-1.gz")
    assert take(school) == Counts()


def test_a_grown_file_is_taken_anew(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    deliver(school, "tracking.log-20240105", [line(1), line(2)])
    take(school)
    old = deliveries(school)["tracking.log-20240105"]
    deliver(school, "tracking.log-20240105", [line(1), line(2), line(3)])
    assert take(school) == Counts(3, 1, 2, 0)
    assert deliveries(school)["tracking.log-20240105"].supersedes == old.digest
    assert len(stored(school)) == 3


def test_a_truncated_file_gives_its_whole_lines_and_the_rest_when_it_is_whole(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    lines = [line(number, agent=os.urandom(40).hex()) for number in range(200)]
    path = deliver(school, "tracking.log-20240105.gz", lines)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    counts = take(school)
    entry = deliveries(school)[path.name]
    assert (entry.state, entry.problem) == (
        "truncated", "It ends too early: its whole lines were taken, the rest is missing.",
    )  # fmt: skip
    assert (counts.kept, counts.skipped) == (len(stored(school)), 1)
    assert 0 < counts.kept < 200
    path.write_bytes(whole)
    assert take(school) == Counts(200, 200 - counts.kept, counts.kept, 0)
    assert deliveries(school)[path.name].state == "taken"


def test_files_without_lines_are_entered_as_empty(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    deliver(school, "tracking.log-20240104.gz", []).write_bytes(b"")
    deliver(school, "tracking.log-20240105", [])
    deliver(school, "tracking.log-20240106.gz", [])
    assert take(school) == Counts()
    assert {name: (one.state, one.problem) for name, one in deliveries(school).items()} == dict.fromkeys(
        ("tracking.log-20240104.gz", "tracking.log-20240105", "tracking.log-20240106.gz"),
        ("empty", "It holds no lines."),
    )


def test_a_damaged_file_changes_nothing_and_stops_nothing(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    path = deliver(school, "tracking.log-20240104.gz", [line(1)])
    path.write_bytes(path.read_bytes()[:-8] + b"\0" * 8)
    deliver(school, "tracking.log-20240105.gz", [line(2)])
    assert take(school) == Counts(1, 1, 0, 0)
    entry = deliveries(school)[path.name]
    assert (entry.state, entry.counts) == ("damaged", Counts())
    assert entry.problem is not None
    assert entry.problem.startswith("tracking.log-20240104.gz: its checksum or its compression is wrong.")


def test_a_file_that_vanishes_or_changes_while_it_is_read_is_left_for_the_next_run(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    path = deliver(school, "tracking.log-20240105", [line(1)])
    content = Ledger(ledger_path(school)).content(DeliveredFile(date(2024, 1, 5), path.name, path))
    task = Task(0, "openedx", content, "UTC", tmp_path)
    assert stage(task, lambda _: None).read == 1
    deliver(school, path.name, [line(1), line(2)])
    changed = stage(task, lambda _: None)
    path.unlink()
    gone = stage(task, lambda _: None)
    assert [(one.state, one.problem, one.read) for one in (changed, gone)] == [
        ("unreadable", "It changed while it was read.", 0),
        ("unreadable", "It vanished before it was read.", 0),
    ]


def test_long_lines_and_bad_bytes_are_kept_or_set_aside_exactly(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    long = line(1, agent="x" * 200_000)
    bad = b'{"time": "2024-01-05", "agent": "\xff"}'
    midnight = line(2, time="2024-01-05T24:00:17+00:00")
    deliver(school, "tracking.log-20240105.gz", [long, bad, midnight, line(3, agent="a\0b\ud800")])
    assert take(school) == Counts(4, 2, 0, 2)
    (entry,) = deliveries(school).values()
    assert list(read_rejects(school.rejects, entry.digest)) == [
        Reject(2, "not_utf8", bad),
        Reject(3, "impossible_time", midnight),
    ]
    assert sorted(row["agent"] for row in stored(school)) == ["a\0b\ufffd", "x" * 200_000]


def test_blank_lines_are_set_aside_by_the_block_with_their_numbers(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    blanks = [b"", b" \t", b"\r"] * 200_000  # more than a block, so that some blocks hold nothing else
    path = deliver(school, "tracking.log-20240105.gz", [line(1), *blanks, line(2), b""])
    assert take(school) == Counts(len(blanks) + 3, 2, 0, len(blanks) + 1)
    digest = Ledger(ledger_path(school)).find(path.name)[0].digest
    expected = [Reject(number, "blank", blank) for number, blank in enumerate(blanks, 2)]
    assert list(read_rejects(school.rejects, digest)) == [*expected, Reject(len(blanks) + 3, "blank", b"")]


def test_a_late_file_adds_a_part_to_its_day(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    deliver(school, "tracking.log-20240105", [line(1), line(2)])
    take(school)
    (first,) = catalogue(school).tables["events/2024-01-05"].files
    deliver(school, "tracking.log-20240109", [line(2), line(3), line(4, day="2024-01-09")])
    assert take(school) == Counts(3, 2, 1, 0)
    files = catalogue(school).tables["events/2024-01-05"].files
    assert (files[0], [file.rows for file in files]) == (first, [2, 1])
    assert catalogue(school).tables["events/2024-01-09"].rows == 1


def test_many_parts_of_a_day_are_merged_into_one(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    for number in range(MOST_PARTS):
        deliver(school, f"tracking.log-202401{number + 10}", [line(number), line(number + 100)])
        take(school)
    files = catalogue(school).tables["events/2024-01-05"].files
    assert [file.rows for file in files] == [2 * MOST_PARTS]
    assert len(stored(school)) == 2 * MOST_PARTS


def test_a_part_is_sorted_and_has_the_columns_of_the_event_table(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    courses = ["course-v1:A+B+C", "course-v1:A+B+D", None]
    contexts = [{"course_id": course, "user_id": user} for user in (12, 7, None) for course in courses]
    deliver(
        school, "tracking.log-20240105", [line(n, context=one, page=None) for n, one in enumerate(contexts)]
    )
    take(school)
    (file,) = catalogue(school).tables["events/2024-01-05"].files
    part = pq.read_table(school.store / file.path)
    assert part.schema.remove_metadata() == EVENT_SCHEMA
    keys = [tuple((row[name] is None, row[name]) for name in EVENT_ORDER) for row in part.to_pylist()]
    assert keys == sorted(keys)
    assert (file.rows, file.first_course, file.last_course) == (9, "course-v1:A+B+C", "course-v1:A+B+D")


def test_days_are_the_institutions_and_the_store_keeps_to_its_zone(tmp_path: Path) -> None:
    school = make_instance(tmp_path / "one", zone="America/Santiago")
    deliver(
        school,
        "tracking.log-20240105",
        [line(1, time="2024-01-05T02:59:59Z"), line(2, time="2024-01-05T03:00:00Z")],
    )
    take(school)
    assert sorted(catalogue(school).tables) == ["events/2024-01-04", "events/2024-01-05"]
    moved = make_instance(tmp_path / "two", zone="Europe/Madrid")
    moved.root.joinpath("store").symlink_to(school.store)
    with pytest.raises(
        SettingsError, match="is Europe/Madrid, but the days of the store are those of America/Santiago"
    ):
        take(moved)


def test_since_and_until_choose_by_day_and_again_takes_what_was_taken(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    for day in range(1, 9):
        deliver(school, f"tracking.log-2024010{day}", [line(day, day=f"2024-01-0{day}")])
    assert take(school, since=date(2024, 1, 4), until=date(2024, 1, 4)) == Counts(5, 5, 0, 0)  # 2nd to 6th
    assert take(school, limit=1) == Counts(1, 1, 0, 0)
    assert take(school) == Counts(2, 2, 0, 0)
    assert take(school, since=date(2024, 1, 10), again=True) == Counts(1, 0, 1, 0)
    assert {entry.counts for entry in deliveries(school).values()} == {Counts(1, 1, 0, 0)}


def test_small_batches_give_the_same_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    schools = [make_instance(tmp_path / name) for name in ("one", "many")]
    for school in schools:
        for day in range(1, 7):
            deliver(
                school,
                f"tracking.log-2024010{day}",
                [line(n, day=f"2024-01-0{n % 3 + 1}") for n in range(day * 10)],
            )
    take(schools[0])
    monkeypatch.setattr(ingest_module, "BATCH_FILES", 2)
    take(schools[1])
    assert stored(schools[0]) == stored(schools[1])
    counts = [{name: one.counts for name, one in deliveries(school).items()} for school in schools]
    assert counts[0] == counts[1]


def test_workers_give_the_same_as_this_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    schools = [make_instance(tmp_path / name) for name in ("here", "workers")]
    for school in schools:
        for day in (4, 5, 6):
            deliver(
                school,
                f"tracking.log-2024010{day}.gz",
                [b"", *(line(n, day=f"2024-01-0{day - n % 2}") for n in range(500))],
            )
    assert take(schools[0]) == Counts(1503, 1500, 0, 3)
    monkeypatch.setattr(ingest_module, "_WORTH_A_CREW", 0)
    assert take(schools[1], processes=2) == Counts(1503, 1500, 0, 3)
    assert stored(schools[0]) == stored(schools[1])


def test_equal_events_of_two_sources_are_two_events(tmp_path: Path) -> None:
    more = '\n[[sources]]\nname = "second"\nlogs = "logs"\n'
    school = make_instance(tmp_path, more=more)
    deliver(school, "tracking.log-20240105", [line(1)])
    assert take(school) == Counts(2, 2, 0, 0)
    assert [row["source"] for row in stored(school)] == ["openedx", "second"]


def test_one_run_at_a_time(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    with Store(school.store).writing(), pytest.raises(StoreBusy):
        take(school)


def test_a_run_killed_before_the_ledger_was_marked_is_entered_by_the_next(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    deliver(school, "tracking.log-20240105", [line(1), line(1), b"x"])
    take(school)
    undisturbed = deliveries(school)
    ledger_path(school).unlink()
    assert take(school) == Counts()
    assert deliveries(school) == undisturbed
    assert len(stored(school)) == 1


def test_a_store_made_anew_takes_all_deliveries_again(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    deliver(school, "tracking.log-20240105", [line(1)])
    take(school)
    school.store.rename(tmp_path / "away")
    assert take(school) == Counts(1, 1, 0, 0)
    assert len(stored(school)) == 1


def test_what_a_killed_run_left_is_swept_away(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    left = [school.store / "events" / "2024-01" / "0.parquet", school.root / "scratch" / "ingest" / "0.arrow"]
    for path in left:
        path.parent.mkdir(parents=True)
        path.write_bytes(b"half")
    take(school)
    assert not any(path.exists() for path in left)


def test_staged_rows_are_event_rows_with_a_place(tmp_path: Path) -> None:
    assert STAGED_SCHEMA.names == [*EVENT_SCHEMA.names, "place"]
    school = make_instance(tmp_path)
    path = school.root / "logs" / "tracking.log-20240105.gz"
    path.write_bytes(gzip.compress(line(1)))  # no line end
    assert take(school) == Counts(1, 1, 0, 0)
    assert Ledger(ledger_path(school)).summary().counts == Counts(1, 1, 0, 0)
