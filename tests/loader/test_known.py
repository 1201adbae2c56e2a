"""Unchanged students stay, missing ones are told, and a night that breaks off leaves nothing wrong behind."""

from __future__ import annotations

import pytest

from staffroom.loader.errors import EverythingRefused, MassDeletion
from staffroom.loader.report import fate_of
from staffroom.loader.runs import latest_run
from staffroom.tally import Counts
from tests.loader.conftest import LoaderInstance, Write
from tests.loader.files import student, text
from tests.loader.receiver import Receiver

SKIP = "skip_unchanged = true"
FULL = "skip_unchanged = true\nfull_file = true\ndelete_missing = true\nmost_missing_share = 0.1"


def test_the_second_night_sends_only_who_changed(
    instance: LoaderInstance, receiver: Receiver, write: Write
) -> None:
    instance.set(receiver, loader=SKIP)
    rows = [student(number) for number in range(300)]
    assert instance.send(write(text(rows))).counts == Counts(300, 300, 0, 0)
    rows[150] = student(150, FirstName="Changed")
    assert instance.send(write(text([*rows, student(300)]))).counts == Counts(301, 2, 299, 0)
    assert sorted([row["ssid"] for row in batch] for batch in receiver.taken.batches[3:]) == [
        ["2000000150"],
        ["2000000300"],
    ]
    done = instance.run("loader", "status", "--row=3")
    assert done.out[0].startswith("row 3: unchanged.")


def test_a_student_who_was_refused_is_sent_again_the_next_night(
    instance: LoaderInstance, receiver: Receiver, write: Write
) -> None:
    instance.set(receiver, loader=SKIP)
    receiver.wish(dates="named")
    rows = [student(0), student(1, DateofBirth="soon")]
    assert instance.send(write(text(rows))).counts == Counts(2, 1, 0, 1)
    assert instance.send(write(text([*rows, student(2)]))).counts == Counts(3, 1, 1, 1)


def test_what_an_unfinished_night_may_have_sent_is_not_known_any_more(
    instance: LoaderInstance, receiver: Receiver, write: Write
) -> None:
    instance.set(receiver, loader=SKIP)
    first = [student(number) for number in range(300)]
    instance.send(write(text(first)))
    receiver.wish(answer=400)
    with pytest.raises(EverythingRefused):
        instance.send(write(text([student(number, FirstName="Other") for number in range(300)])))
    receiver.wish()
    assert instance.send(write(text([*first, student(300)]))).counts == Counts(301, 301, 0, 0)


def test_of_a_student_with_two_rows_the_last_one_wins_and_is_no_news_every_night(
    instance: LoaderInstance, receiver: Receiver, write: Write
) -> None:
    instance.set(receiver, loader=SKIP)
    rows = [student(number) for number in range(150)]
    later = [*rows, student(3, FirstName="Later")]
    assert instance.send(write(text(later))).counts == Counts(151, 151, 0, 0)
    assert instance.send(write(text(later))).counts == Counts(151, 0, 151, 0)
    assert told(instance, 5, 152) == ["superseded", "unchanged"]
    assert sent(receiver, after=0)[-1] == ["Later"]  # once more, after all others
    before = len(receiver.taken.batches)
    third = [*later, student(3, FirstName="Third")]
    assert instance.send(write(text(third))).counts == Counts(152, 1, 151, 0)
    assert told(instance, 5, 152, 153) == ["superseded", "superseded", "processed"]
    assert instance.send(write(text(rows))).counts == Counts(150, 1, 149, 0)
    assert sent(receiver, after=before) == [["Third"], ["First3"]]
    assert instance.send(write(text([*rows, student(150)]))).counts == Counts(151, 1, 150, 0)


def told(instance: LoaderInstance, *lines: int) -> list[str]:
    """What became of rows of the last run."""
    journal = latest_run(instance.root / "loader" / "runs").journal
    return [fate_of(journal, line).what for line in lines]


def sent(receiver: Receiver, *, after: int) -> list[list[str]]:
    """The first names in each batch that was taken."""
    return [[row["firstName"] for row in batch] for batch in receiver.taken.batches[after:]]


def test_a_last_row_that_is_refused_is_told_and_let_through_the_next_night(
    instance: LoaderInstance, receiver: Receiver, write: Write
) -> None:
    instance.set(receiver, loader=SKIP)
    rows = [student(0), student(1), student(0, FirstName="Later")]
    instance.send(write(text(rows)))
    receiver.wish(dates="named")
    rows[2] = student(0, DateofBirth="soon")
    result = instance.send(write(text(rows)))
    assert (result.counts, told(instance, 2, 4)) == (Counts(3, 0, 2, 1), ["superseded", "refused"])
    assert instance.send(write(text([*rows, student(2)]))).counts == Counts(4, 2, 1, 1)


def test_a_dry_run_counts_last_rows_that_are_news_and_no_rows_without_an_id(
    instance: LoaderInstance, receiver: Receiver, write: Write
) -> None:
    instance.set(receiver, loader=SKIP)
    rows = [student(0), student(1), student(0, FirstName="Later")]
    instance.send(write(text(rows)))
    nobodys = [student(number, SSID="") for number in range(5)]
    facts = instance.send(write(text([*rows, *nobodys])), rehearsal=True)
    assert (facts.counts, facts.told["repeated_students"]) == (Counts(8, 5, 3, 0), 1)
    rows[2] = student(0, FirstName="Other")
    facts = instance.send(write(text(rows)), rehearsal=True)
    assert (facts.counts, facts.told["would_send"]) == (Counts(3, 1, 2, 0), 1)
    assert facts.told["in_batches"] == 1


def test_missing_students_are_deleted(instance: LoaderInstance, receiver: Receiver, write: Write) -> None:
    instance.set(receiver, loader=FULL)
    rows = [student(number) for number in range(100)]
    instance.send(write(text(rows)))
    result = instance.send(write(text(rows[:97])))
    assert [row["ssid"] for row in receiver.taken.removed] == ["2000000097", "2000000098", "2000000099"]
    assert receiver.taken.removed[0] == {"ssid": "2000000097", "stateCode": "CA"}
    assert result.facts(json=False)["missing_deleted"] == 3
    (told,) = instance.run("loader", "status", "--student=2000000098").out
    assert told.startswith(
        "no row, student 2000000098: deleted. The file lacks the student; the API took the request to delete"
    )
    assert not instance.run("loader", "status", "--student=2000000099x").out


def test_too_many_missing_students_are_not_deleted(
    instance: LoaderInstance, receiver: Receiver, write: Write
) -> None:
    instance.set(receiver, loader=FULL)
    rows = [student(number) for number in range(100)]
    instance.send(write(text(rows)))
    with pytest.raises(MassDeletion, match="60 students are missing"):
        instance.send(write(text(rows[:40])))
    assert receiver.taken.removed == []
