"""The demo's files, taken in: nothing is lost, nothing counted twice, and only learners are shown."""

from __future__ import annotations

import shutil
from collections import Counter

import pytest

from staffroom.config import SETTINGS_FILE, Instance, load_instance
from staffroom.demo.flow import leave_out
from staffroom.demo.people import TEAM, TEST_ACCOUNT
from staffroom.demo.term import ZONE_NAME
from staffroom.events.ingest import ingest
from staffroom.events.rejects import read_rejects
from staffroom.intake.ledger import Ledger
from staffroom.metrics.catalogue import METRICS
from staffroom.metrics.compute import compute
from staffroom.metrics.scope import Everything
from staffroom.metrics.store import open_published
from staffroom.operations.init import init_instance
from staffroom.tally import Counts, Silent
from tests.demo.conftest import Delivered


@pytest.fixture(scope="module")
def taken_in(delivered: Delivered, tmp_path_factory: pytest.TempPathFactory) -> tuple[Instance, Counts]:
    """An instance with the demo's files in it, read and computed up to the term's last day."""
    root = tmp_path_factory.mktemp("taken") / "instance"
    init_instance(root, time_zone=ZONE_NAME)
    leave_out(TEST_ACCOUNT.username, root / SETTINGS_FILE)
    for kind in ("logs", "exports"):
        shutil.copytree(getattr(delivered, kind), root / "deliveries/openedx" / kind, dirs_exist_ok=True)
    instance = load_instance(root)
    counts = ingest(instance, progress=Silent())
    compute(instance, as_of=delivered.university.last_day)
    return instance, counts


def test_every_line_is_kept_repeated_or_set_aside_as_the_manifest_says(
    delivered: Delivered, taken_in: tuple[Instance, Counts]
) -> None:
    truth, (_, counts) = delivered.manifest, taken_in
    assert counts == Counts(
        read=truth.lines + truth.export_rows,
        kept=truth.events + truth.export_rows,
        repeated=truth.repeats,
        skipped=sum(truth.rejects.values()),
    )


def test_the_lines_set_aside_are_those_that_were_broken_each_with_its_reason(
    delivered: Delivered, taken_in: tuple[Instance, Counts]
) -> None:
    instance, _ = taken_in
    reasons: Counter[str] = Counter()
    for delivery in Ledger(instance.root / "ledger.sqlite3").deliveries():
        reasons.update(reject.reason for reject in read_rejects(instance.rejects, delivery.digest))
    assert reasons == Counter(delivered.manifest.rejects)


def test_each_content_is_in_the_ledger_once_with_its_lines(
    delivered: Delivered, taken_in: tuple[Instance, Counts]
) -> None:
    entries = Ledger(taken_in[0].root / "ledger.sqlite3").deliveries()
    logs = [(entry.read, entry.skipped) for entry in entries if entry.kind == "log"]
    truth = [(file.lines, sum(file.rejects.values())) for file in delivered.manifest.read]
    assert sorted(logs) == sorted(truth)


def test_the_team_and_the_test_account_are_in_no_learner_table(taken_in: tuple[Instance, Counts]) -> None:
    published = open_published(taken_in[0].store)
    hidden = {str(member.account.user_id) for member in TEAM} | {str(TEST_ACCOUNT.user_id)}
    for metric in METRICS:
        if metric.names_learners:
            rows = published.read(metric.name, within=Everything(), columns=("learner_id",))
            shown = {row[0] for row in rows.rows}
            assert (metric.name, shown & hidden) == (metric.name, set())
            assert (metric.name, bool(shown)) == (metric.name, True)


def test_those_who_were_ever_enrolled_are_the_learners_of_the_manifest(
    delivered: Delivered, taken_in: tuple[Instance, Counts]
) -> None:
    published = open_published(taken_in[0].store)
    rows = published.read("enrolment_summary", within=Everything(), columns=("course_id",))
    assert Counter(row[0] for row in rows.rows) == Counter(delivered.manifest.learners)
