"""What a night deletes: what is older than its setting, and nothing else."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.utils import timezone

from staffroom.accounts import trail
from staffroom.accounts.models import View
from staffroom.config import Instance, load_instance
from staffroom.events.catalogue import Catalogue, Store
from staffroom.events.ingest import ingest
from staffroom.jobs import runs
from staffroom.jobs.models import Run, State
from staffroom.loader.runs import loader_lock
from staffroom.loader.settings import loader_settings
from staffroom.operations.init import init_instance
from staffroom.operations.retention import drop_old
from staffroom.tally import Silent
from tests.cast import LAKE, make_cast
from tests.operations.deliveries import deliver

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])

KEPT = {"rejects_days": 180, "logs_days": 90, "runs_days": 400, "trail_days": 1095}


@pytest.fixture
def lake(tmp_path: Path) -> Instance:
    return load_instance(init_instance(tmp_path / "lake"))


def keeping(instance: Instance, **days: int) -> Instance:
    return replace(instance, sections={**instance.sections, "retention": {**KEPT, **days}})


def age(path: Path, days: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    then = time.time() - days * 86400
    os.utime(path, (then, then))
    return path


def test_nothing_is_old_in_a_new_instance(lake: Instance) -> None:
    assert drop_old(lake) == {}


def test_files_go_a_day_after_their_time(lake: Instance) -> None:
    stays = [age(lake.rejects / "a.parquet", 179), age(lake.logs / "runs/a.log", 89)]
    goes = [age(lake.rejects / "b.parquet", 181), age(lake.logs / "runs/b.log", 91)]
    assert drop_old(lake) == {"rejects": 1, "logs": 1}
    assert [path.exists() for path in (*stays, *goes)] == [True, True, False, False]


def test_what_the_loader_downloaded_goes_before_what_it_noted(lake: Instance) -> None:
    loader = lake.root / "loader"
    stays = [age(loader / "files" / "new.zip", 29), age(loader / "runs/new-1/run.json", 399)]
    goes = [age(loader / "files" / "old.zip", 31), age(loader / "runs/old-1/run.json", 401)]
    at_work = age(loader / "runs/old-2/run.json", 401), age(loader / "runs/old-2/journal.jsonl", 3)
    with loader_lock(lake, loader_settings(lake)):
        assert drop_old(lake) == {}
    assert drop_old(lake) == {"loader_files": 1, "loader_runs": 1}
    assert [path.exists() for path in (*stays, *at_work, *goes)] == [True] * 4 + [False] * 2


def test_runs_and_the_trail_go_by_their_own_time(lake: Instance) -> None:
    cast = make_cast()
    trail.record(cast.stella, "courses/time.html", course_id=LAKE, learners=[("openedx", "7")])
    View.objects.update(at=timezone.now() - timedelta(days=1096))
    trail.record(cast.stella, "courses/visits.html", course_id=LAKE, learners=[("openedx", "7")])
    for name in ("metrics compute", "nightly"):
        Run.objects.create(
            name=name, state=State.DONE, started_by="1", finished_at=timezone.now() - timedelta(days=401)
        )
    assert drop_old(lake) == {"runs": 1, "trail": 1}
    assert [view.what for view in View.objects.all()] == ["courses/visits.html"]
    last = runs.last_nightly()
    assert last is not None and last.name == "nightly"


def test_sessions_go_once_they_have_ended(lake: Instance) -> None:
    for key, minutes in (("over", -1), ("open", 1)):
        Session.objects.create(session_key=key, expire_date=timezone.now() + timedelta(minutes=minutes))
    assert drop_old(lake) == {"sessions": 1}
    assert list(Session.objects.values_list("session_key", flat=True)) == ["open"]


def test_failed_sign_ins_go_by_their_own_time(lake: Instance) -> None:
    for typed, days in (("old@lake.example", 31), ("new@lake.example", 29)):
        attempt = AccessAttempt.objects.create(username=typed, failures_since_start=1)
        AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=timezone.now() - timedelta(days=days))
    assert drop_old(lake) == {"failed_sign_ins": 1}
    assert [attempt.username for attempt in AccessAttempt.objects.all()] == ["new@lake.example"]
    assert drop_old(keeping(lake, failed_sign_ins_days=28)) == {"failed_sign_ins": 1}


def test_deliveries_stay_unless_a_setting_lets_them_go(lake: Instance) -> None:
    old = age(deliver(lake.root, "2026-09-01"), 31)
    new = age(deliver(lake.root, "2026-09-02"), 29)
    ingest(lake, progress=Silent())
    untaken = age(deliver(lake.root, "2026-09-03"), 31)
    assert drop_old(lake) == {}
    assert drop_old(keeping(lake, deliveries_days=30)) == {"deliveries": 1}
    assert [path.exists() for path in (old, new, untaken)] == [False, True, True]


def test_the_last_three_versions_stay_however_old(lake: Instance) -> None:
    store = Store(lake.store)
    for _ in range(5):
        store.publish(Catalogue())
    for path in lake.store.glob("catalogue-*.json"):
        age(path, 2)
    assert drop_old(lake) == {"store": 2}
    assert store.current().number == 5
    assert len(list(lake.store.glob("catalogue-*.json"))) == 3
