"""Who was erased is nowhere in what the loader keeps, and no file brings them to the API again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from staffroom.config import Instance, load_instance
from staffroom.loader import erasure
from staffroom.loader.errors import ApiAway, LoaderBusy
from staffroom.loader.report import figures
from staffroom.loader.runs import all_runs, latest_run, loader_lock
from staffroom.loader.settings import loader_settings
from staffroom.tally import Counts
from tests.loader.conftest import LoaderInstance, Write
from tests.loader.files import student, text, zipped
from tests.loader.receiver import Receiver

MAYA = "2000000001"
SKIP = "skip_unchanged = true\nfull_file = true\ndelete_missing = true\nmost_missing_share = 0.5"
NOTHING = {"rows": [], "deleted_at_the_api": [], "known_to_the_api": False, "files": []}


@pytest.fixture
def keyed(instance: LoaderInstance, receiver: Receiver) -> LoaderInstance:
    """A loader that knows who is unchanged and who is missing, with the secret of the tombstones."""
    instance.set(receiver, loader=SKIP)
    secrets = instance.root / "secrets.toml"
    secrets.write_text(f'{secrets.read_text()}tombstone_key = "{"k" * 48}"\n')
    return instance


def opened(instance: LoaderInstance) -> Instance:
    return load_instance(instance.root, {})


def kept(instance: LoaderInstance) -> Mapping[str, bytes]:
    """Every file of the loader, by name."""
    folder = instance.root / "loader"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def three_nights(instance: LoaderInstance, receiver: Receiver, write: Write) -> Path:
    """A night in which Maya is refused, one in which she has two rows, one in which she is missing."""
    receiver.wish(dates="named")
    others = [student(0), student(2), student(3)]
    instance.send(write(text([*others, student(1, DateofBirth="soon")])))
    receiver.wish()
    instance.send(write(text([*others, student(1), student(1, FirstName="Maya")])))
    path = write(text(others))
    instance.send(path)
    return path


def test_what_is_held_of_a_student_is_told_and_then_erased(
    keyed: LoaderInstance, receiver: Receiver, write: Write
) -> None:
    three_nights(keyed, receiver, write)
    held = erasure.records(opened(keyed), MAYA)
    first, second, third = [run.identity for run in all_runs(keyed.root / "loader" / "runs")]
    assert [(row["run"], row["row"], row["what"]) for row in held["rows"]] == [(first, 5, "refused")]
    assert (held["deleted_at_the_api"], held["known_to_the_api"]) == ([third], False)
    assert any(MAYA.encode() in data for data in kept(keyed).values())
    before = [figures(run.journal).counts for run in all_runs(keyed.root / "loader" / "runs")]
    assert erasure.erase(opened(keyed), MAYA) == {"runs": 3, "known": 0, "files": 0, "files_left": 0}
    assert erasure.records(opened(keyed), MAYA) == NOTHING
    assert {name for name, data in kept(keyed).items() if MAYA.encode() in data} == set()
    assert [figures(run.journal).counts for run in all_runs(keyed.root / "loader" / "runs")] == before
    assert latest_run(keyed.root / "loader" / "runs").identity == third
    assert second != first


def test_whom_the_api_is_known_to_have_is_forgotten_in_the_file_too(
    keyed: LoaderInstance, write: Write
) -> None:
    path = write(text([student(0), student(1)]))
    keyed.send(path)
    assert erasure.records(opened(keyed), MAYA)["known_to_the_api"] is True
    assert erasure.erase(opened(keyed), MAYA) == {"runs": 0, "known": 1, "files": 0, "files_left": 1}
    assert {name for name, data in kept(keyed).items() if MAYA.encode() in data} == set()
    assert erasure.records(opened(keyed), MAYA) == {**NOTHING, "files": [str(path)]}  # it is not ours


def test_no_file_brings_them_to_the_api_again(
    keyed: LoaderInstance, receiver: Receiver, write: Write
) -> None:
    erasure.erase(opened(keyed), MAYA)
    rows = [
        student(0),
        student(1),
        student(1, FirstName='M"aya'),
        student(2),
        {**student(1), "SSID": f" {MAYA} "},
    ]
    result = keyed.send(write(text(rows)))
    assert (result.counts, result.told["reasons"]) == (Counts(5, 2, 0, 3), {"erased": 3})
    assert receiver.taken.ids == ["2000000000", "2000000002"]
    assert {name for name, data in kept(keyed).items() if MAYA.encode() in data} == set()
    (told,) = keyed.run("loader", "status", "--row=3").out
    assert told.startswith("row 3: erased. The student was erased here. (batch 1, ")


def test_a_row_that_cannot_be_used_does_not_name_them_either(
    keyed: LoaderInstance, receiver: Receiver, write: Write
) -> None:
    erasure.erase(opened(keyed), MAYA)
    result = keyed.send(write(f"{text([student(0)])}{MAYA}^too few\n"))
    assert (result.counts, result.told["reasons"]) == (Counts(2, 1, 0, 1), {"erased": 1})
    assert {name for name, data in kept(keyed).items() if MAYA.encode() in data} == set()


def test_a_run_that_was_broken_off_goes_on_without_them(
    keyed: LoaderInstance, receiver: Receiver, write: Write
) -> None:
    """Batches that hold them get another key: what was sent under the first one was another body."""
    settings = keyed.root / "staffroom.toml"
    patient = settings.read_text()
    settings.write_text(f"{patient}give_up_minutes = 0.01\nmost_in_flight = 1\n")
    path = write(text([student(0), student(1)]))
    receiver.wish(lost_ack=1)
    with pytest.raises(ApiAway):
        keyed.send(path)
    erasure.erase(opened(keyed), MAYA)
    settings.write_text(patient)
    receiver.wish()
    assert keyed.send(path).counts == Counts(2, 1, 0, 1)
    assert [[row["ssid"] for row in batch] for batch in receiver.taken.batches] == [
        ["2000000000", MAYA],
        ["2000000000"],
    ]


def test_a_downloaded_file_goes_as_a_whole(keyed: LoaderInstance, write: Write) -> None:
    files = keyed.root / "loader" / "files"
    files.mkdir(parents=True)
    (files / "with.zip").write_bytes(zipped({"students.csv": text([student(1)]).encode("latin1")}))
    (files / "with.zip.part.json").write_text("{}")
    (files / "without.csv").write_text(text([student(12), {**student(1), "SSID": f"1{MAYA}"}]), "latin1")
    (files / "cut.zip.part").write_bytes((files / "with.zip").read_bytes()[:60])
    assert erasure.records(opened(keyed), MAYA)["files"] == [
        str(files / "cut.zip.part"),
        str(files / "with.zip"),
    ]
    assert erasure.erase(opened(keyed), MAYA) == {"runs": 0, "known": 0, "files": 2, "files_left": 0}
    assert [path.name for path in files.iterdir()] == ["without.csv"]


def test_while_a_run_is_under_way_they_are_hidden_and_the_rest_has_to_wait(
    keyed: LoaderInstance, receiver: Receiver, write: Write
) -> None:
    instance = opened(keyed)
    with loader_lock(instance, loader_settings(instance)), pytest.raises(LoaderBusy):
        erasure.erase(instance, MAYA)
    assert keyed.send(write(text([student(0), student(1)]))).counts == Counts(2, 1, 0, 1)


def test_modes_and_times_of_what_is_rewritten_stay(
    keyed: LoaderInstance, receiver: Receiver, write: Write
) -> None:
    three_nights(keyed, receiver, write)
    run = latest_run(keyed.root / "loader" / "runs")
    before = [(path.stat().st_mode, path.stat().st_mtime_ns) for path in (run.journal, run.report)]
    erasure.erase(opened(keyed), MAYA)
    after = [(path.stat().st_mode, path.stat().st_mtime_ns) for path in (run.journal, run.report)]
    assert after == before
