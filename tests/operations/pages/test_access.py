"""Pages of operations are there for administrators; for everybody else they are not there at all."""

from __future__ import annotations

import re
import uuid

import pytest
from django.urls import reverse

from staffroom.config import Instance
from staffroom.intake.ledger import Ledger
from staffroom.jobs import runs
from staffroom.jobs.models import Run
from tests.cast import Cast
from tests.operations.pages.conftest import Browser

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])


def digest_of_first(instance: Instance) -> str:
    return next(one.digest for one in Ledger(instance.root / "ledger.sqlite3").deliveries() if one.skipped)


def pages(instance: Instance) -> list[str]:
    run = runs.queue("nightly", started_by="schedule")
    log = instance.logs / f"runs/{run.id}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text('{"at": "2026-09-02T03:00:00.000+00:00", "run": "x", "talk": "begun"}\n')
    Run.objects.filter(id=run.id).update(log=f"runs/{run.id}.log", state="done")
    digest = digest_of_first(instance)
    return [
        *(
            f"{reverse(name)}{face}"
            for name in ("runs", "deliveries", "trail", "settings", "condition")
            for face in ("", f"{name if name != 'condition' else 'findings'}.csv")
        ),
        reverse("run", args=[run.id]),
        f"{reverse('run', args=[run.id])}steps.json",
        reverse("run-log", args=[run.id]),
        reverse("rejects", args=[digest]),
        f"{reverse('rejects', args=[digest])}rejects.csv",
        reverse("rejects-file", args=[digest]),
        f"{reverse('condition')}tables.json",
    ]


def without_token(page: bytes) -> bytes:
    """The page but for what differs with every request: the form's token, the request's id."""
    return re.sub(rb'value="[A-Za-z0-9]{64}"|[0-9a-f]{32}', b"", page)


def test_administrators_see_every_page(delivered: Instance, cast: Cast, browser: Browser) -> None:
    ada = browser(cast.ada)
    for url in pages(delivered):
        answer = ada.get(url)
        assert answer.status_code == 200, url
        answer.close()


def test_for_staff_and_people_without_a_role_there_is_no_page(
    delivered: Instance, cast: Cast, browser: Browser
) -> None:
    for person in (cast.stella, cast.nora):
        client = browser(person)
        missing = client.get("/there/is/no/such/page/")
        for url in pages(delivered):
            answer = client.get(url)
            assert answer.status_code == 404, url
            if not url.endswith(".json"):
                assert without_token(answer.content) == without_token(missing.content), url


def test_who_has_left_or_not_signed_in_is_asked_to_sign_in(
    delivered: Instance, cast: Cast, browser: Browser
) -> None:
    for person in (cast.ivan, None):
        client = browser(person)
        for url in pages(delivered):
            assert client.get(url).status_code in (302, 401), url


def test_only_administrators_start_and_stop_runs(lake: Instance, cast: Cast, browser: Browser) -> None:
    run = runs.queue("nightly", started_by="schedule")
    urls = (reverse("start-nightly"), reverse("stop-run", args=[run.id]))
    for person, status in ((cast.stella, 404), (None, 302)):
        for url in urls:
            assert browser(person).post(url).status_code == status
    run.refresh_from_db()
    assert (run.state, Run.objects.count()) == ("queued", 1)
    for url in urls:
        assert browser(cast.ada).get(url).status_code == 405


def test_what_is_not_there_is_not_there_for_administrators_either(
    delivered: Instance, cast: Cast, browser: Browser
) -> None:
    ada = browser(cast.ada)
    for url in (
        reverse("run", args=[uuid.uuid4()]),
        reverse("run-log", args=[uuid.uuid4()]),
        reverse("rejects", args=["0" * 64]),
        reverse("rejects-file", args=["0" * 64]),
        "/deliveries/..%2Fsecrets/",
    ):
        assert ada.get(url).status_code == 404, url


def test_a_log_outside_the_folder_of_logs_is_not_there(lake: Instance, cast: Cast, browser: Browser) -> None:
    run = runs.queue("nightly", started_by="schedule")
    Run.objects.filter(id=run.id).update(log="../secrets.toml", state="done")
    ada = browser(cast.ada)
    assert ada.get(reverse("run-log", args=[run.id])).status_code == 404
    page = ada.get(reverse("run", args=[run.id]))
    assert b"signing_key" not in page.content
