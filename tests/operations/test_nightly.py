"""The nightly run as its own process, over real deliveries."""

from __future__ import annotations

import gzip
import re
import signal
from pathlib import Path
from typing import Any

from staffroom.events.catalogue import Store
from staffroom.metrics.catalogue import METRICS
from tests.instances import TestInstance
from tests.jobs.conftest import Soon
from tests.operations.deliveries import BROKEN, deliver, event


def last_run(instance: TestInstance) -> dict[str, Any]:
    return instance.runs()[-1]


def tables(root: Path) -> dict[str, tuple[str, ...]]:
    """The files of every metric's table."""
    catalogue = Store(root / "store").current()
    return {
        metric.name: tuple(file.path for file in table.files)
        for metric in METRICS
        if (table := catalogue.table(metric.name)) is not None
    }


def test_a_night_takes_in_computes_publishes_and_keeps_its_row(either: TestInstance) -> None:
    deliver_two_days(either.root)
    done = either.run("nightly")
    rejects = either.root / "rejects"
    assert (done.code, done.out) == (
        3,
        [f"nightly: read 5, kept 3, repeated 1, skipped 1. version: 2. rejects: {rejects}."],
    )
    assert_taken_in_and_published(either)


def test_a_night_by_a_worker_does_the_same(instance: TestInstance) -> None:
    deliver_two_days(instance.root)
    instance.run("jobs", "queue", "nightly")
    assert instance.run("worker", "--until-idle").code == 0
    assert_taken_in_and_published(instance)


def deliver_two_days(root: Path) -> None:
    """Five lines: three events, one of them twice, and one line that cannot be used."""
    deliver(root, "2026-09-01", event("2026-09-01", 1), event("2026-09-01", 3), BROKEN)
    deliver(root, "2026-09-02", event("2026-09-01", 3), event("2026-09-02", 5))


def assert_taken_in_and_published(instance: TestInstance) -> None:
    (run,) = instance.runs()
    counts = {"read": 5, "kept": 3, "repeated": 1, "skipped": 1}
    assert (run["state"], run["counts"], run["exit_code"], run["problem"]) == (
        "done_with_skips",
        counts,
        3,
        "",
    )
    assert (run["started_by"], run["facts"]["version"]) == ("command line", 2)
    assert next(step["step"] for step in run["progress"]) == "Wait for the store"
    assert {step["done"] == step["total"] for step in run["progress"] if step["total"]} == {True}
    assert set(tables(instance.root)) == {metric.name for metric in METRICS}


def test_a_night_that_could_not_take_a_file_says_so(instance: TestInstance) -> None:
    whole = deliver(instance.root, "2026-09-01")
    damaged = whole.with_name("tracking.log-20260902.gz")
    damaged.write_bytes(gzip.compress(event("2026-09-02", 5) + b"\n")[:-8] + b"\0" * 8)
    done = instance.run("nightly")
    see = "staffroom events deliveries --problems"
    assert (done.code, done.out) == (
        3,
        [f"nightly: read 2, kept 2, repeated 0, skipped 0. version: 2. files not taken: 1. see: {see}."],
    )
    run = last_run(instance)
    assert (run["state"], run["exit_code"], run["facts"]) == (
        "done_with_skips",
        3,
        {"version": 2, "files_not_taken": 1, "see": see},
    )


def test_a_night_whose_file_is_cut_says_so_and_so_does_check_until_it_is_whole(
    instance: TestInstance,
) -> None:
    path = deliver(instance.root, "2026-09-01")
    whole = path.read_bytes()
    path.write_bytes(whole[:-8])
    done = instance.run("nightly")
    see = "staffroom events deliveries --problems"
    assert (done.code, done.out) == (
        3,
        [f"nightly: read 2, kept 2, repeated 0, skipped 0. version: 2. files cut short: 1. see: {see}."],
    )
    run = last_run(instance)
    assert (run["state"], run["facts"]) == (
        "done_with_skips",
        {"version": 2, "files_cut_short": 1, "see": see},
    )
    note = (
        f"note: source openedx: {path.name} came cut short or damaged. "
        f"See '{see}', and have it delivered again."
    )
    assert note in instance.run("check").out
    path.write_bytes(whole)
    instance.run("nightly")
    assert note not in instance.run("check").out


def test_a_night_without_anything_new_is_done(instance: TestInstance) -> None:
    done = instance.run("nightly", "--json", "--quiet")
    assert done.code == 0
    assert done.facts == [
        {"result": "nightly", "read": 0, "kept": 0, "repeated": 0, "skipped": 0, "version": 1}
    ]
    assert last_run(instance)["state"] == "done"


def test_of_two_nights_at_once_the_second_says_so_and_changes_nothing(
    instance: TestInstance, soon: Soon
) -> None:
    deliver(instance.root, "2026-09-01")
    with Store(instance.root / "store").writing():  # the first one waits for us, holding the lock of nights
        first = instance.start("nightly")
        soon(lambda: bool(instance.runs()))
        second = instance.run("nightly")
    assert second.code == 1
    assert second.out == []
    (words,) = second.err
    since = re.search(r"since (\S+)\)", words)
    assert since is not None
    assert words == (
        f"staffroom: {instance.root}/nightly.lock: another nightly run is under way "
        f"(process {first.pid}, since {since[1]}). Nothing was changed. "
        "Wait until it has ended; 'staffroom jobs list' shows how far it is."
    )
    first.communicate(timeout=60)
    assert first.returncode == 0
    assert [run["state"] for run in instance.runs()] == ["done"]


def test_an_interrupted_night_says_how_to_go_on_and_goes_on(instance: TestInstance, soon: Soon) -> None:
    deliver(instance.root, "2026-09-01")
    with Store(instance.root / "store").writing():
        night = instance.start("nightly")
        soon(lambda: bool(instance.runs()))
        night.send_signal(signal.SIGINT)
        _, talk = night.communicate(timeout=30)
    assert night.returncode == 1
    assert talk.splitlines()[-1] == (
        f"Stopped. Run it again to go on: staffroom nightly --instance={instance.root}"
    )
    assert last_run(instance)["state"] == "stopped"
    assert instance.run("nightly").out == ["nightly: read 2, kept 2, repeated 0, skipped 0. version: 2."]


def test_a_night_on_the_command_line_can_be_stopped_from_elsewhere(
    instance: TestInstance, soon: Soon
) -> None:
    with Store(instance.root / "store").writing():
        night = instance.start("nightly")
        soon(lambda: bool(instance.runs()))
        instance.run("jobs", "stop", last_run(instance)["id"])
        night.communicate(timeout=30)
    assert (night.returncode, last_run(instance)["state"]) == (1, "stopped")


def test_a_killed_night_is_lost_and_the_next_one_does_its_work(instance: TestInstance, soon: Soon) -> None:
    deliver(instance.root, "2026-09-01")
    with Store(instance.root / "store").writing():
        night = instance.start("nightly")
        soon(lambda: bool(instance.runs()))
        night.send_signal(signal.SIGKILL)
        night.communicate(timeout=30)
    assert last_run(instance)["state"] == "running"
    assert instance.run("nightly").code == 0
    assert [run["state"] for run in instance.runs()] == ["lost", "done"]


def test_a_scheduled_night_waits_for_one_on_the_command_line(instance: TestInstance, soon: Soon) -> None:
    with Store(instance.root / "store").writing():
        night = instance.start("nightly")
        soon(lambda: bool(instance.runs()))
        instance.run("jobs", "queue", "nightly")
        instance.run("worker", "--until-idle")
        assert [run["state"] for run in instance.runs()] == ["running", "queued"]
    night.communicate(timeout=60)
    instance.run("worker", "--until-idle")
    assert [run["state"] for run in instance.runs()] == ["done", "done"]


def test_tables_that_cannot_be_computed_stay_as_they_were_and_the_run_says_so(
    instance: TestInstance,
) -> None:
    """A day of events has become unreadable on the disk: what rests on it keeps its last good files."""
    deliver(instance.root, "2026-09-01")
    assert instance.run("nightly").code == 0
    before = tables(instance.root)
    day = Store(instance.root / "store").current().tables["events/2026-09-01"].files[0].path
    good = (instance.root / "store" / day).read_bytes()
    (instance.root / "store" / day).write_bytes(b"PAR1 and nothing else")
    deliver(instance.root, "2026-09-02")

    done = instance.run("nightly")

    assert done.code == 1
    names = ", ".join(metric.name for metric in METRICS)
    assert done.err[-1].startswith(f"staffroom: {names}: could not be computed (")
    assert done.err[-1].endswith(
        "Pages show their last good version; all others are new. "
        "See the run's log, then run 'staffroom metrics compute'."
    )
    run = last_run(instance)
    assert (run["state"], run["problem"], run["problem_place"]) == ("failed", "MetricsFailed", names[:300])
    assert run["counts"] == {"read": 2, "kept": 2, "repeated": 0, "skipped": 0}
    assert tables(instance.root) == before
    catalogue = Store(instance.root / "store").current()
    assert all(catalogue.tables[metric.name].problem for metric in METRICS)

    (instance.root / "store" / day).write_bytes(good)
    assert instance.run("nightly").code == 0
    assert last_run(instance)["state"] == "done"
    assert tables(instance.root) != before


def test_a_night_whose_source_cannot_be_read_fails_and_leaves_the_last_good_tables(
    instance: TestInstance,
) -> None:
    deliver(instance.root, "2026-09-01")
    assert instance.run("nightly").code == 0
    before = tables(instance.root)
    logs = instance.root / "deliveries" / "openedx" / "logs"
    logs.rename(logs.with_name("elsewhere"))
    done = instance.run("nightly")
    assert (done.code, done.err[-1]) == (
        1,
        f"staffroom: {logs}: cannot be read: No such file or directory. Nothing was taken from it. "
        "Create the folder, or mend its permissions or its setting.",
    )
    run = last_run(instance)
    assert (run["state"], run["problem"], run["problem_place"]) == ("failed", "DeliveryError", str(logs))
    assert tables(instance.root) == before


def test_a_night_with_a_wrong_setting_does_not_begin(instance: TestInstance) -> None:
    """Only the last step asks for it, after the tables are published."""
    delivered = deliver(instance.root, "2026-09-01")
    instance.add_settings("[retention]\ndeliveries_days = -1\n")
    done = instance.run("nightly")
    assert (done.code, done.out, done.err) == (
        2,
        [],
        ["staffroom: staffroom.toml [retention] deliveries_days: must be at least 0."],
    )
    run = last_run(instance)
    assert (run["state"], run["problem"], run["progress"]) == ("failed", "SettingsError", [])
    assert tables(instance.root) == {}
    assert delivered.exists()


def test_a_night_before_the_databases_are_made_says_what_to_do(instance: TestInstance) -> None:
    (instance.root / "database" / "site.sqlite3").unlink()
    done = instance.run("nightly")
    assert (done.code, done.err) == (
        1,
        [
            "staffroom: the database: cannot be used (OperationalError). Nothing was started. "
            "Run 'staffroom migrate', then 'staffroom check'."
        ],
    )
