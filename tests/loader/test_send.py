"""A file's students reach the API: exactly those, each once, whatever the API and the file do."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import pytest

from staffroom.errors import StaffroomError
from staffroom.loader.errors import (
    ApiAway,
    ColumnMissing,
    EverythingRefused,
    Forbidden,
    NothingToSend,
    NotTheApi,
    SignInPage,
    StatusUntold,
    TokenRefused,
)
from staffroom.tally import Counts
from tests.loader.conftest import LoaderInstance, Write
from tests.loader.files import AVA, HEADER, line, student, text, write_many, zipped
from tests.loader.receiver import Receiver

AVA_SENT = {
    "ssid": "1000000001", "firstName": "Ava", "middleName": "", "lastName": "Nuñez", "sex": "Female",
    "birthDate": "2009-03-14", "externalSsid": "S1", "institutionIdentifier": "01610002",
    "districtIdentifier": "0161", "gradeLevelWhenAssessed": "KG", "hispanicOrLatino": True,
    "americanIndianOrAlaskaNative": False, "asian": True, "blackOrAfricanAmerican": False, "white": False,
    "nativeHawaiianOrPacificIsland": False, "twoOrMoreRaces": False, "firstEntryDateIntoUsSchool": "",
    "iDEAIndicator": False, "lepStatus": False, "lepEntryDate": "", "lepExitDate": "", "elpLevel": "",
    "section504Status": False, "disadvantageStatus": False, "languageCode": "", "migrantStatus": False,
    "title3ProgramType": None, "primaryDisabilityType": "", "stateAbbreviation": "CA",
}  # fmt: skip


def report(instance: LoaderInstance) -> dict[str, object]:
    (path,) = instance.root.glob("loader/runs/*/report.json")
    found: dict[str, object] = json.loads(path.read_text())
    return found


def rows_aside(instance: LoaderInstance) -> list[dict[str, object]]:
    """The rows of the report in the order of the file."""
    found = report(instance)["rows"]
    assert isinstance(found, list)
    return sorted(found, key=lambda row: int(row["row"]))


def test_a_student_arrives_with_all_thirty_fields(
    instance: LoaderInstance, receiver: Receiver, write: Write
) -> None:
    result = instance.send(write(text([AVA])))
    assert receiver.taken.batches == [[AVA_SENT]]
    assert result.counts == Counts(1, 1, 0, 0)


def test_every_student_arrives_once_though_answers_are_lost_and_the_api_is_pressed(
    instance: LoaderInstance, receiver: Receiver, tmp_path: Path
) -> None:
    receiver.wish(answers_429=0.05, answers_503=0.05, reset=0.05, lost_ack=0.05)
    ids = write_many(tmp_path / "many.csv", 5_000)
    result = instance.send(tmp_path / "many.csv")
    taken = receiver.taken
    assert taken.ids == ids
    assert result.counts == Counts(5_000, 5_000, 0, 0)
    assert taken.met["lost acks"] > 0 and taken.met["replays"] >= taken.met["lost acks"]


def test_killed_at_any_moment_and_started_again_it_sends_exactly_the_files_students(
    instance: LoaderInstance, receiver: Receiver, tmp_path: Path
) -> None:
    instance.set(receiver, api="most_in_flight = 2")
    receiver.wish(lost_ack=0.03, answers_503=0.03, slow_seconds=0.01)
    ids = write_many(tmp_path / "many.csv", 10_000)
    words = ("loader", "send", f"--localfile={tmp_path / 'many.csv'}", "--json")
    kills = 0
    for wait in (0.0, 0.2):
        run = instance.start(*words)
        before = receiver.count
        while receiver.count == before and run.poll() is None:
            time.sleep(0.05)
        time.sleep(wait)
        if run.poll() is None:
            run.send_signal(signal.SIGKILL)
            kills += 1
        run.communicate()
    done = instance.run(*words)
    taken = receiver.taken
    assert taken.ids == ids  # none missing, none twice
    assert done.code == 0
    assert {name: done.facts[-1][name] for name in ("read", "kept", "repeated", "skipped")} in (
        {"read": 10_000, "kept": 10_000, "repeated": 0, "skipped": 0},
        {"read": 10_000, "kept": 0, "repeated": 10_000, "skipped": 0},  # the last kill came after the end
    )
    assert kills > 0
    figures = report(instance)
    assert (figures["read"], figures["taken"], figures["complete"]) == (10_000, 10_000, True)


def test_a_run_that_is_done_is_sent_again_only_on_request(
    instance: LoaderInstance, receiver: Receiver, tmp_path: Path
) -> None:
    ids = write_many(tmp_path / "many.csv", 250)
    instance.send(tmp_path / "many.csv")
    assert instance.send(tmp_path / "many.csv").counts == Counts(250, 0, 250, 0)
    assert len(receiver.taken.batches) == 3
    assert instance.send(tmp_path / "many.csv", again=True).counts == Counts(250, 250, 0, 0)
    assert receiver.taken.ids == sorted(ids * 2)


@pytest.mark.parametrize(("dates", "requests"), [("named", 4), ("unnamed", None)])
def test_one_bad_date_does_not_keep_its_neighbours_out(
    instance: LoaderInstance, receiver: Receiver, write: Write, dates: str, requests: int | None
) -> None:
    receiver.wish(dates=dates)
    rows = [
        student(number, DateofBirth="3/14/2009" if number in (7, 150) else "2009-03-14")
        for number in range(200)
    ]
    result = instance.send(write(text(rows)))
    taken = receiver.taken
    assert taken.ids == [row["SSID"] for number, row in enumerate(rows) if number not in (7, 150)]
    assert result.counts == Counts(200, 198, 0, 2)
    if requests is not None:
        assert taken.met["requests"] == requests
    detail = "birthDate: not a date" if dates == "named" else "400: A value cannot be parsed."
    assert rows_aside(instance) == [
        {"row": 9, "id": "2000000007", "what": "refused", "detail": detail},
        {"row": 152, "id": "2000000150", "what": "refused", "detail": detail},
    ]


def test_an_api_that_refuses_every_row_ends_the_run(
    instance: LoaderInstance, receiver: Receiver, tmp_path: Path
) -> None:
    write_many(tmp_path / "many.csv", 5_000)
    receiver.wish(answer=400)
    with pytest.raises(EverythingRefused, match="refused each of the first"):
        instance.send(tmp_path / "many.csv")


def test_batches_that_are_too_large_are_halved(
    instance: LoaderInstance, receiver: Receiver, tmp_path: Path
) -> None:
    receiver.wish(largest=30_000)
    ids = write_many(tmp_path / "many.csv", 300)
    assert instance.send(tmp_path / "many.csv").counts == Counts(300, 300, 0, 0)
    assert receiver.taken.ids == ids
    assert len(receiver.taken.batches) == 12


@pytest.mark.parametrize(
    ("wishes", "error", "words"),
    [
        ({"answer": "page"}, NotTheApi, "answers with a page for people"),
        ({"answer": "redirect"}, SignInPage, r"redirects \(302\)"),
        ({"answer": 403}, Forbidden, "does not let this account"),
        ({"answer": 404}, NotTheApi, r"is not there \(404\)"),
        ({"tokens": "none good"}, TokenRefused, r"takes none of our tokens \(401, 3 times in a row\)"),
        ({"token": "refused"}, TokenRefused, r"answers 400 \(invalid_client\)"),
        ({"token": "page"}, TokenRefused, "something else than a token"),
    ],
)
def test_what_no_retry_can_mend_ends_the_run_with_a_clear_word(
    instance: LoaderInstance,
    receiver: Receiver,
    write: Write,
    wishes: dict[str, object],
    error: type[StaffroomError],
    words: str,
) -> None:
    receiver.wish(**wishes)
    with pytest.raises(error, match=words):
        instance.send(write(text([AVA])))
    assert receiver.taken.batches == []
    receiver.wish()
    assert instance.send(write(text([AVA]))).counts == Counts(1, 1, 0, 0)  # what was wrong is mended


def test_an_api_that_is_away_is_given_up_and_the_run_goes_on_later(
    instance: LoaderInstance, receiver: Receiver, tmp_path: Path
) -> None:
    instance.set(receiver, api="give_up_minutes = 0.02")
    ids = write_many(tmp_path / "many.csv", 300)
    receiver.wish(answer="reset")
    with pytest.raises(ApiAway, match="has taken nothing for"):
        instance.send(tmp_path / "many.csv")
    receiver.wish()
    instance.send(tmp_path / "many.csv")
    assert receiver.taken.ids == ids


def test_a_token_that_expires_in_the_middle_is_renewed(
    instance: LoaderInstance, receiver: Receiver, tmp_path: Path
) -> None:
    receiver.wish(tokens="checked", token_seconds=0.3, token_told_seconds=3600, slow_seconds=0.02)
    instance.set(receiver, api="most_in_flight = 2")
    ids = write_many(tmp_path / "many.csv", 6_000)
    instance.send(tmp_path / "many.csv")
    taken = receiver.taken
    assert taken.ids == ids
    assert taken.met["401"] > 0 and taken.met["token password"] > 1


def test_client_credentials_give_a_token_too(
    instance: LoaderInstance, receiver: Receiver, write: Write
) -> None:
    instance.set(receiver, api='grant = "client_credentials"')
    receiver.wish(tokens="checked")
    instance.send(write(text([AVA])))
    assert receiver.taken.met["token client_credentials"] == 1


def test_retry_after_is_honoured(instance: LoaderInstance, receiver: Receiver, write: Write) -> None:
    receiver.wish(answers_429=1.0, after="1")
    path = write(text([AVA]))
    run = instance.start("loader", "send", f"--localfile={path}")
    while receiver.taken.met.get("429", 0) == 0:
        time.sleep(0.02)
    time.sleep(0.7)
    assert receiver.taken.met["429"] == 1
    receiver.wish()
    run.communicate()
    assert run.returncode == 0


@pytest.mark.parametrize("status", ["own", "known"])
def test_a_status_is_followed_to_its_end_and_its_rows_join_the_report(
    instance: LoaderInstance, receiver: Receiver, write: Write, status: str
) -> None:
    receiver.wish(status=status)
    rows = [student(number, Sex="Unknown" if number in (3, 130) else "Male") for number in range(150)]
    result = instance.send(write(text(rows)))
    assert result.counts == Counts(150, 148, 0, 2)
    detail = "sex: not known" if status == "own" else "sex: unknown"
    assert rows_aside(instance) == [
        {"row": 5, "id": "2000000003", "what": "refused", "detail": detail},
        {"row": 132, "id": "2000000130", "what": "refused", "detail": detail},
    ]


@pytest.mark.parametrize("status", ["endless", "missing"])
def test_a_status_that_never_ends_is_not_waited_for_for_ever(
    instance: LoaderInstance, receiver: Receiver, write: Write, status: str
) -> None:
    instance.set(receiver, api="follow_minutes = 0.02")
    receiver.wish(status=status)
    path = write(text([AVA]))
    with pytest.raises(StatusUntold, match="taken by the API: 1 student\\."):
        instance.send(path)
    receiver.wish()
    assert instance.send(path).counts == Counts(1, 1, 0, 0)  # asked once more, not sent once more
    assert receiver.taken.met["requests"] == 1


def test_an_answer_without_a_location_is_taken_and_said(
    instance: LoaderInstance, receiver: Receiver, write: Write
) -> None:
    receiver.wish(location="none")
    result = instance.send(write(text([AVA])))
    assert result.counts == Counts(1, 1, 0, 0)
    assert result.facts(json=False)["batches_without_status"] == 1


def test_a_dry_run_does_everything_but_send(
    instance: LoaderInstance, receiver: Receiver, write: Write
) -> None:
    rows = [student(0), student(1, GradeLevelWhenAssessed="K2")]
    path = write(text(rows) + "2000000002^too^few\n")
    done = instance.run("loader", "send", f"-f{path}", "--dryrun")
    assert done.out == [
        "Dry run, nothing was sent: read 3, kept 2, repeated 0, skipped 1. would send: 2. in batches: 1. "
        f"to: {receiver.url}/batch."
    ]
    assert done.code == 3
    assert receiver.taken.met == {"token password": 1, "most in flight": 0}
    assert not list(instance.root.glob("loader/runs/*"))


def test_number_and_start_line_choose_rows_by_their_line(
    instance: LoaderInstance, receiver: Receiver, tmp_path: Path
) -> None:
    write_many(tmp_path / "many.csv", 500)
    assert instance.send(tmp_path / "many.csv", start_line=102, limit=150).counts == Counts(150, 150, 0, 0)
    assert receiver.taken.ids == [f"{2_000_000_100 + number}" for number in range(150)]


def test_rows_that_cannot_be_used_are_set_aside_with_their_reason(
    instance: LoaderInstance, receiver: Receiver, write: Write
) -> None:
    instance.set(receiver, loader='encoding = "cp1252"')
    good = text([AVA, student(1)]).encode("cp1252")
    bad_bytes = line(student(2, FirstName="\x81?")).encode("latin1") + b"\n"
    long = line(student(3, FirstName="x" * 10_000_000)).encode() + b"\n"
    quote = b'2000000004^"never closed^' + b"\n"
    rows = good + bad_bytes + long + quote + line(student(5)).encode()
    result = instance.send(write(rows))
    assert receiver.taken.ids == ["1000000001", "2000000001", "2000000005"]
    assert result.counts == Counts(6, 3, 0, 3)
    assert report(instance)["rows"] == [
        {"row": 4, "id": "2000000002", "what": "encoding", "detail": "bytes 81 in FirstName"},
        {"row": 5, "id": "2000000003", "what": "too_long", "detail": "its line 5 is longer than 1 MiB"},
        {
            "row": 6,
            "id": "2000000004",
            "what": "quote",
            "detail": "A quote in it is neither text nor closed.",
        },
    ]


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (b"", StaffroomError, "is empty"),
        (text([]).encode(), NothingToSend, "holds a header and no students"),
        (
            text([AVA], [name for name in HEADER if name != "Sex"]).encode("latin1"),
            ColumnMissing,
            "lacks Sex",
        ),
        (
            zipped({"a.csv": text([AVA]).encode("latin1")})[:-30],
            StaffroomError,
            "ends too early|truncated|cut",
        ),
        (
            zipped({"a.csv": text([AVA]).encode("latin1"), "b.csv": b"SSID^Name\n1^2\n"}),
            ColumnMissing,
            "b.csv: its header lacks",
        ),
    ],
    ids=["empty", "header alone", "column missing", "truncated zip", "members with different headers"],
)
def test_a_file_that_cannot_be_sent_is_refused_before_its_first_row_leaves(
    instance: LoaderInstance,
    receiver: Receiver,
    write: Write,
    content: bytes,
    error: type[StaffroomError],
    words: str,
) -> None:
    with pytest.raises(error, match=words):
        instance.send(write(content))
    assert receiver.taken.batches == []


def test_a_zip_with_a_wrong_checksum_ends_as_failed_and_says_what_was_sent(
    instance: LoaderInstance, receiver: Receiver, write: Write, tmp_path: Path
) -> None:
    write_many(tmp_path / "many.csv", 60_000)
    archive = bytearray(zipped({"many.csv": (tmp_path / "many.csv").read_bytes()}))
    directory = archive.rindex(b"PK\x01\x02")
    for place in (14, directory + 16):  # the checksum, in the member's header and in the directory
        archive[place] ^= 0xFF
    with pytest.raises(StaffroomError, match="checksum"):
        instance.send(write(bytes(archive)))
    found = report(instance)
    assert found["complete"] is False
    assert found["taken"] == len(receiver.taken.students) > 0


def test_members_of_an_archive_follow_each_other_and_their_headers_are_no_rows(
    instance: LoaderInstance, receiver: Receiver, write: Write
) -> None:
    other = [*reversed(HEADER)]
    members = {
        "a.csv": text([AVA, student(1)]).encode("latin1"),
        "b.csv": text([student(2)], other).encode("latin1") + "^".join(other).encode() + b"\n",
    }
    assert instance.send(write(zipped(members))).counts == Counts(3, 3, 0, 0)
    assert receiver.taken.ids == ["1000000001", "2000000001", "2000000002"]
    done = instance.run("loader", "status", "--row=5")  # 1 and 4 are headers
    assert done.out[0].startswith("row 5: processed.")
    done = instance.run("loader", "status", "--student=2000000002")
    assert done.out[0].startswith("row 5: processed.")


def test_two_rows_of_one_student_end_with_the_last(
    instance: LoaderInstance, receiver: Receiver, write: Write
) -> None:
    rows = [student(number) for number in range(250)]
    rows[240] = student(3, FirstName="Last")
    result = instance.send(write(text(rows)))
    batches = receiver.taken.batches
    assert [row["firstName"] for row in batches[-1]] == ["Last"]
    assert len(batches) == 4
    assert result.facts(json=False)["repeated_students"] == 1


def test_of_two_runs_at_once_the_second_is_refused_and_the_first_sends_all(
    instance: LoaderInstance, receiver: Receiver, tmp_path: Path
) -> None:
    instance.set(receiver, api="most_in_flight = 1")
    receiver.wish(slow_seconds=1.5)
    ids = write_many(tmp_path / "many.csv", 2_000)
    words = ("loader", "send", f"--localfile={tmp_path / 'many.csv'}")
    first = instance.start(*words)
    while not receiver.count:
        time.sleep(0.02)
    second = instance.run(*words)
    assert (second.code, first.poll()) == (1, None)
    assert "another run is under way (process" in second.err[-1]
    receiver.wish()
    first.communicate(timeout=60)
    assert (first.returncode, receiver.taken.ids) == (0, ids)


def test_ctrl_c_leaves_a_state_to_go_on_from_and_prints_how(
    instance: LoaderInstance, receiver: Receiver, tmp_path: Path
) -> None:
    instance.set(receiver, api="most_in_flight = 1")
    receiver.wish(slow_seconds=0.05)
    ids = write_many(tmp_path / "many.csv", 5_000)
    run = instance.start("loader", "send", f"--localfile={tmp_path / 'many.csv'}")
    while receiver.count < 3:
        time.sleep(0.05)
    run.send_signal(signal.SIGINT)
    _, talk = run.communicate(timeout=30)
    assert run.returncode == 1
    words = f"--instance={instance.root} --localfile={tmp_path / 'many.csv'}"
    assert f"To go on: staffroom loader send {words}" in talk
    receiver.wish()
    instance.send(tmp_path / "many.csv")
    assert receiver.taken.ids == ids


def test_secrets_and_tokens_are_printed_nowhere(
    instance: LoaderInstance, receiver: Receiver, write: Write
) -> None:
    receiver.wish(tokens="checked")
    done = instance.run("loader", "send", f"-f{write(text([AVA]))}", "--json")
    everything = "\n".join(
        [*done.out, *done.err, *(path.read_text() for path in instance.root.glob("loader/runs/*/*"))]
    )
    assert done.code == 0
    assert "opensesame" not in everything and "token-0" not in everything and "Ava" not in everything
