"""Whole files as they come: in other encodings, of several members, and into a journal that cannot grow."""

from __future__ import annotations

import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from staffroom.tally import Counts
from tests.loader.conftest import LoaderInstance, Write
from tests.loader.files import student, text, write_many, zipped
from tests.loader.receiver import Receiver

NAMES = {"latin1": "Zoë Nuñez-ÿ", "cp1252": "Zoë O’Šulk€", "utf-8": "Zoë Ωmega"}


@pytest.mark.parametrize("encoding", NAMES)
def test_a_file_in_its_own_encoding_arrives_to_the_letter(
    instance: LoaderInstance, receiver: Receiver, write: Write, encoding: str
) -> None:
    rows = [student(number, FirstName=NAMES[encoding]) for number in range(300)]
    result = instance.send(write(text(rows).encode(encoding)), encoding=encoding)
    assert result.counts == Counts(300, 300, 0, 0)
    assert {row["firstName"] for row in receiver.taken.students} == {NAMES[encoding]}


def test_bytes_of_another_encoding_are_set_aside_in_every_row_that_has_them(
    instance: LoaderInstance, receiver: Receiver, write: Write
) -> None:
    rows = [student(number, FirstName="Zoë" if number % 3 == 0 else "Zoe") for number in range(300)]
    rows = [{**row, "LastOrSurname": "Nunez"} for row in rows]
    result = instance.send(write(text(rows).encode("cp1252")), encoding="utf-8")
    assert result.counts == Counts(300, 200, 0, 100)
    assert result.told["reasons"] == {"encoding": 100}
    assert receiver.taken.ids == [row["SSID"] for number, row in enumerate(rows) if number % 3]


def test_of_several_members_the_first_alone_is_sent_where_the_settings_say_so(
    instance: LoaderInstance, receiver: Receiver, write: Write
) -> None:
    instance.set(receiver, loader="first_member_only = true")
    members = {
        "a.csv": text([student(0), student(1)]).encode("latin1"),
        "b.csv": b"another header\nand no student\n",
    }
    assert instance.send(write(zipped(members))).counts == Counts(2, 2, 0, 0)
    assert receiver.taken.ids == ["2000000000", "2000000001"]


def limited(size: int) -> Callable[[], None]:
    """A process that begins with this cannot write a file beyond ``size`` bytes, as if the disk were full."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_a_journal_without_room_ends_the_run_which_goes_on_when_there_is(
    instance: LoaderInstance, receiver: Receiver, tmp_path: Path
) -> None:
    ids = write_many(tmp_path / "many.csv", 5_000)
    words = ("loader", "send", f"--localfile={tmp_path / 'many.csv'}")
    receiver.wish(slow_seconds=0.1)
    run = instance.start(*words, preexec_fn=limited(4_096))
    _, talk = run.communicate(timeout=60)
    assert run.returncode == 1
    assert "journal.jsonl: cannot be written: File too large." in talk
    assert "Make room and run it again: it goes on where it stopped." in talk
    receiver.wish()
    done = instance.run(*words)
    assert done.code == 0
    assert receiver.taken.ids == ids  # none missing, none twice
