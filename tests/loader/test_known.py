"""Unchanged students stay, missing ones are told, and a night that breaks off leaves nothing wrong behind."""

from __future__ import annotations

import pytest

from staffroom.loader.errors import EverythingRefused, MassDeletion
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
    assert [[row["ssid"] for row in batch] for batch in receiver.taken.batches[3:]] == [
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


def test_missing_students_are_deleted(instance: LoaderInstance, receiver: Receiver, write: Write) -> None:
    instance.set(receiver, loader=FULL)
    rows = [student(number) for number in range(100)]
    instance.send(write(text(rows)))
    result = instance.send(write(text(rows[:97])))
    assert [row["ssid"] for row in receiver.taken.removed] == ["2000000097", "2000000098", "2000000099"]
    assert receiver.taken.removed[0] == {"ssid": "2000000097", "stateCode": "CA"}
    assert result.facts(json=False)["missing_deleted"] == 3


def test_too_many_missing_students_are_not_deleted(
    instance: LoaderInstance, receiver: Receiver, write: Write
) -> None:
    instance.set(receiver, loader=FULL)
    rows = [student(number) for number in range(100)]
    instance.send(write(text(rows)))
    with pytest.raises(MassDeletion, match="60 students are missing"):
        instance.send(write(text(rows[:40])))
    assert receiver.taken.removed == []
