"""What OpenSSH's own client delivers, and what it leaves half done."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from tests.intake.drop.served import Served, cut, digest, wait_until


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_file_lands_whole_under_its_name(drop: Served, export: Path) -> None:
    drop.talk(f"put {export} logs/students.csv")
    assert names(drop.landing) == ["students.csv"]
    assert digest(drop.landing / "students.csv") == digest(export)
    assert (drop.landing / "students.csv").stat().st_mode & 0o777 == 0o600


def test_while_it_comes_it_has_a_hidden_name(drop: Served, export: Path) -> None:
    with drop.slow(f"put {export} logs/students.csv"):
        drop.coming("students.csv")
        assert names(drop.landing) == [".students.csv.part"]


def test_a_cut_upload_is_no_delivery_and_is_resumed(drop: Served, export: Path) -> None:
    with drop.slow(f"put {export} logs/students.csv") as client:
        drop.coming("students.csv")
        cut(client)
    wait_until(lambda: drop.log[-1]["message"] == "session ended")
    kept = (drop.landing / ".students.csv.part").stat().st_size
    assert (names(drop.landing), drop.log[-1]["ended"], drop.log[-1]["left_undone"]) == (
        [".students.csv.part"],
        "broken",
        1,
    )
    assert f" {kept} " in drop.talk("ls -l logs").out
    drop.talk(f"reput {export} logs/students.csv")
    assert names(drop.landing) == ["students.csv"]
    assert digest(drop.landing / "students.csv") == digest(export)
    wait_until(lambda: drop.log[-1]["message"] == "session ended")
    assert drop.log[-1]["received"] == 3_000_000 - kept


def test_put_a_resumes_as_well(drop: Served, export: Path) -> None:
    drop.landing.joinpath(".students.csv.part").write_bytes(export.read_bytes()[:1_234_567])
    drop.talk(f"put -a {export} logs/students.csv")
    assert digest(drop.landing / "students.csv") == digest(export)


def test_what_was_left_yesterday_is_not_continued_with_todays_tail(drop: Served, export: Path) -> None:
    left = drop.landing / ".students.csv.part"
    left.write_bytes(b"yesterday" * 1000)
    os.utime(left, (time.time() - 13 * 3600,) * 2)
    assert "students.csv" not in drop.talk("ls -l logs").out
    drop.talk(f"put -a {export} logs/students.csv", f"put {export} logs/students.csv")
    assert digest(drop.landing / "students.csv") == digest(export)


def test_a_complete_delivery_is_not_appended_to(drop: Served, tmp_path: Path, export: Path) -> None:
    short = tmp_path / "short"
    short.write_bytes(b"a delivery")
    talk = drop.talk(f"put {short} logs/students.csv", f"reput {export} logs/students.csv")
    assert "Permission denied" in talk.err
    assert (drop.landing / "students.csv").read_bytes() == b"a delivery"


def test_a_delivery_of_the_same_name_takes_the_place_of_the_old_one_at_once(
    drop: Served, export: Path
) -> None:
    old = drop.landing / "students.csv"
    old.write_bytes(b"of yesterday")
    with drop.slow(f"put {export} logs/students.csv"):
        drop.coming("students.csv")
        assert old.read_bytes() == b"of yesterday"
    drop.talk(f"put {export} logs/students.csv")
    assert digest(old) == digest(export)


def test_where_nothing_may_be_replaced_the_old_one_stays(closed: Served, export: Path) -> None:
    closed.account("lake", "openedx", "replace = false")
    closed.start()
    closed.landing.joinpath("students.csv").write_bytes(b"of yesterday")
    talk = closed.talk(
        f"put {export} logs/students.csv",
        f"put {export} logs/new.tmp",
        "rename logs/new.tmp logs/students.csv",
    )
    assert talk.err.count("Failure") == 2
    assert closed.landing.joinpath("students.csv").read_bytes() == b"of yesterday"
    closed.talk("rename logs/new.tmp logs/other.csv")
    assert names(closed.landing) == ["other.csv", "students.csv"]


def test_what_comes_under_a_temporary_name_is_delivered_by_its_rename(drop: Served, export: Path) -> None:
    drop.talk(f"put {export} logs/students.csv.filepart")
    assert names(drop.landing) == [".students.csv.filepart.held"]
    drop.talk("rename logs/students.csv.filepart logs/students.csv")
    assert names(drop.landing) == ["students.csv"]
    assert digest(drop.landing / "students.csv") == digest(export)
    assert [line["file"] for line in drop.log if line["message"] == "delivered"] == ["logs/students.csv"]


def test_half_a_file_under_a_temporary_name_cannot_be_renamed(drop: Served, export: Path) -> None:
    with drop.slow(f"put {export} logs/students.tmp") as client:
        drop.coming("students.tmp")
        cut(client)
    wait_until(lambda: drop.log[-1]["message"] == "session ended")
    drop.talk("rename logs/students.tmp logs/students.csv")
    assert names(drop.landing) == [".students.tmp.part"]
    drop.talk(f"reput {export} logs/students.tmp", "rename logs/students.tmp logs/students.csv")
    assert digest(drop.landing / "students.csv") == digest(export)


def test_a_session_may_rename_what_it_delivered_itself_and_nothing_else(drop: Served, export: Path) -> None:
    drop.talk(f"put {export} logs/one.csv", "rename logs/one.csv logs/two.csv")
    assert names(drop.landing) == ["two.csv"]
    drop.talk("rename logs/two.csv logs/three.csv", "rename logs/two.csv logs/.hidden")
    assert names(drop.landing) == ["two.csv"]


def test_two_uploads_of_one_name_do_not_mix(drop: Served, export: Path, tmp_path: Path) -> None:
    """Bruno's file comes while Ada's is coming: he is told so, and hers lands."""
    other = tmp_path / "other"
    other.write_bytes(b"bruno" * 1000)
    with drop.slow(f"put {export} logs/students.csv", kilobits=16_000) as ada:
        drop.coming("students.csv")
        bruno = drop.talk(f"put {other} logs/students.csv", "rm logs/students.csv")
        assert bruno.err.count("Failure") == 2
        ada.wait(30)
    assert digest(drop.landing / "students.csv") == digest(export)


def test_a_drop_that_is_killed_in_the_middle_delivers_nothing_and_goes_on(drop: Served, export: Path) -> None:
    with drop.slow(f"put {export} logs/students.csv"):
        drop.coming("students.csv")
        drop.stop(signal.SIGKILL)
    assert names(drop.landing) == [".students.csv.part"]
    drop.start()
    assert [session["ended"] for session in drop.sessions()] == ["lost"]
    drop.talk(f"reput {export} logs/students.csv")
    assert names(drop.landing) == ["students.csv"]
    assert digest(drop.landing / "students.csv") == digest(export)


def test_a_drop_that_is_stopped_keeps_what_has_come_and_ends_well(drop: Served, export: Path) -> None:
    with drop.slow(f"put {export} logs/students.csv"):
        come = drop.coming("students.csv")
        assert drop.stop() == 0
    assert names(drop.landing) == [".students.csv.part"]
    assert (drop.landing / ".students.csv.part").stat().st_size >= come
    assert [(line["message"], line.get("ended")) for line in drop.log[-2:]] == [
        ("session ended", "stopped"),
        ("drop ended", None),
    ]
    assert [session["ended"] for session in drop.sessions()] == ["stopped"]


def test_ctrl_c_stops_it_as_well(drop: Served) -> None:
    assert drop.stop(signal.SIGINT) == 0


def test_many_deliver_at_once(closed: Served, export: Path) -> None:
    closed.account("lake", "openedx")
    closed.account("hill", "hill", "connections = 2")
    closed.start()
    batches = []
    for number in range(6):
        user, name = ("hill", f"{number}") if number % 3 == 0 else ("lake", f"logs/{number}")
        batch = closed.root / f"batch{number}"
        batch.write_text(f"put {export} {name}.csv\n", "utf-8")
        batches.append(subprocess.Popen(closed.sftp("-b", str(batch), user=user), stdout=subprocess.DEVNULL))
    assert [batch.wait(60) for batch in batches] == [0] * 6
    landed = [*(closed.root / "deliveries/hill").iterdir(), *closed.landing.iterdir()]
    assert sorted(path.name for path in landed) == [f"{number}.csv" for number in range(6)]
    assert {digest(path) for path in landed} == {digest(export)}
    assert sorted(
        (one["account"], one["files"], one["bytes"], one["ended"]) for one in closed.sessions()
    ) == [
        *[("hill", 1, 3_000_000, "left")] * 2,
        *[("lake", 1, 3_000_000, "left")] * 4,
    ]
