"""What the pages of operations say."""

from __future__ import annotations

import csv
import io
import json
import os
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from staffroom.accounts import trail
from staffroom.accounts.models import View
from staffroom.config import Instance
from staffroom.events.catalogue import Catalogue, Store, StoredTable
from staffroom.jobs import runs
from staffroom.jobs.in_place import in_place
from staffroom.jobs.models import Run, State
from staffroom.operations.pages import condition as condition_page
from staffroom.tally import Silent
from staffroom.web.paging import ROWS_A_PAGE
from tests.cast import LAKE, LAKE_T1, Cast
from tests.operations.deliveries import BROKEN
from tests.operations.pages.test_access import digest_of_first

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])

COUNTS = {"read": 1204, "kept": 1200, "repeated": 0, "skipped": 4}


def ended(state: State = State.DONE_WITH_SKIPS, *, started_by: str = "schedule", problem: str = "") -> Run:
    run = runs.queue("nightly", started_by=started_by)
    claimed = runs.claim("w1", lease_seconds=60)
    assert claimed is not None
    runs.finish(
        run.id, "w1", runs.Outcome(state, 3, COUNTS, {"version": 7}, problem, "/srv" if problem else "")
    )
    return run


def table(client: Client, url: str) -> list[dict[str, str]]:
    answer = client.get(url)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_runs_the_page_says_how_to_start_one(lake: Instance, ada: Client) -> None:
    assert "Nothing has been run yet. Start a nightly run above." in text(ada, reverse("runs"))


def test_runs_show_their_state_counts_and_who_started_them(lake: Instance, cast: Cast, ada: Client) -> None:
    ended()
    ended(State.FAILED, started_by=str(cast.ada.pk), problem="StoreFull")
    ended(State.DONE, started_by="99999")
    page = text(ada, reverse("runs"))
    for words in ("done, rows skipped", "failed", "the schedule", "Ada Administrator", "a former person"):
        assert words in page
    assert "1,204" in page
    rows = table(ada, f"{reverse('runs')}runs.csv")
    assert [(row["name"], row["state"], row["started_by"], row["problem"]) for row in rows] == [
        ("nightly", "done", "99999", ""),
        ("nightly", "failed", str(cast.ada.pk), "StoreFull"),
        ("nightly", "done_with_skips", "schedule", ""),
    ]
    assert [row["read"] for row in rows] == ["1204"] * 3


def test_the_button_queues_one_night(lake: Instance, cast: Cast, ada: Client) -> None:
    for _ in range(2):
        answer = ada.post(reverse("start-nightly"))
        assert answer.status_code == 302
    run = Run.objects.get()
    assert answer["Location"] == reverse("run", args=[run.id])
    assert (run.name, run.state, run.started_by) == ("nightly", "queued", str(cast.ada.pk))


def test_a_run_under_way_is_followed_without_scripts_until_it_ends(lake: Instance, ada: Client) -> None:
    run = runs.queue("nightly", started_by="schedule")
    runs.claim("w1", lease_seconds=60)
    steps = [{"step": "Logs of openedx", "done": 3, "total": 12, "unit": "files"}]
    runs.keep(run.id, "w1", lease_seconds=60, progress=steps)
    url = reverse("run", args=[run.id])
    answer = ada.get(url)
    assert answer["Refresh"] == "3"
    page = answer.content.decode()
    assert "It is running." in page
    assert "Logs of openedx" in page
    assert "25.0%" in page
    assert "Refresh" not in ada.get(f"{url}?refresh=off")
    assert "Refresh" not in ada.get(f"{url}steps.json")
    assert ada.get(f"{url}steps.json").json()["results"] == [{**steps[0], "share": 0.25}]
    runs.finish(run.id, "w1", runs.Outcome(State.DONE, 0, facts={"version": 7}))
    answer = ada.get(url)
    assert "Refresh" not in answer
    assert "It is done. It published version 7." in answer.content.decode()


def test_a_run_that_failed_names_the_error_and_the_place(lake: Instance, ada: Client) -> None:
    run = ended(State.FAILED, problem="StoreFull")
    assert "It failed. The error was StoreFull, at /srv." in text(ada, reverse("run", args=[run.id]))


def test_stopping_a_run_and_stopping_it_again(lake: Instance, ada: Client) -> None:
    run = runs.queue("nightly", started_by="schedule")
    url = reverse("stop-run", args=[run.id])
    assert b"The run was asked to stop" in ada.post(url, follow=True).content
    run.refresh_from_db()
    assert run.state == "stopped"
    assert b"The run had ended already." in ada.post(url, follow=True).content


def test_the_log_is_shown_line_by_line_and_can_be_taken_whole(lake: Instance, ada: Client) -> None:
    run = ended()
    Run.objects.filter(id=run.id).update(log=f"runs/{run.id}.log")
    path = lake.logs / f"runs/{run.id}.log"
    path.parent.mkdir(parents=True)
    facts = [
        {"at": "2026-09-02T03:00:00.000+00:00", "run": str(run.id), "started": 12},
        {
            "at": "2026-09-02T03:00:01.000+00:00",
            "run": str(run.id),
            "step": "Read",
            "done": 1200,
            "total": 5000,
            "unit": "files",
        },
        {"at": "2026-09-02T03:00:02.000+00:00", "run": str(run.id), "talk": "<script>alert(1)</script>"},
    ]
    path.write_text("".join(json.dumps(fact) + "\n" for fact in facts) + '{"at": "2026')
    page = text(ada, reverse("run", args=[run.id]))
    assert "Read: 1,200 of 5,000 files" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    rows = table(ada, f"{reverse('run', args=[run.id])}log.csv")
    assert [row["text"] for row in rows] == [
        '{"at": "2026',
        "<script>alert(1)</script>",
        "Read: 1,200 of 5,000 files",
        '{"started": 12}',
    ]
    whole = ada.get(reverse("run-log", args=[run.id]))
    assert b"".join(whole) == path.read_bytes()


def test_a_run_without_a_log_says_why(lake: Instance, ada: Client) -> None:
    waiting = runs.queue("nightly", started_by="command line")
    assert "It has not begun." in text(ada, reverse("run", args=[waiting.id]))
    kept = "Its log was kept long enough, or says nothing yet."
    assert runs.claim("w1", lease_seconds=60) is not None
    assert kept in text(ada, reverse("run", args=[waiting.id]))


def test_a_run_from_a_terminal_shows_its_log_as_well(lake: Instance, ada: Client) -> None:
    with in_place("nightly", progress=Silent(), lease_seconds=60, logs=lake.logs) as typed:
        typed.write({"started": 12})
        with typed.progress.step("Logs of openedx", total=2, unit="files") as step:
            step.advance()
            step.advance()
        typed.outcome = runs.Outcome(State.DONE, 0, counts={"read": 5}, facts={"version": 3})
    url = reverse("run", args=[typed.run.id])
    assert [row["text"] for row in table(ada, f"{url}log.csv")] == [
        '{"read": 5, "version": 3, "ended": 0}',
        "Logs of openedx: 2 of 2 files",
        "Logs of openedx: 1 of 2 files",
        '{"started": 12}',
        f'{{"started": {os.getpid()}}}',
    ]
    assert "The last 5 lines of the log, the newest first." in text(ada, url)


def test_deliveries_without_any(lake: Instance, ada: Client) -> None:
    page = text(ada, reverse("deliveries"))
    assert "Nothing has been imported yet" in page
    assert not (lake.root / "ledger.sqlite3").exists()


def test_deliveries_show_what_became_of_each_file(delivered: Instance, ada: Client) -> None:
    page = text(ada, reverse("deliveries"))
    assert "2 deliveries: 4 rows read, 3 kept, 0 repeated, 1 skipped." in page
    assert reverse("rejects", args=[digest_of_first(delivered)]) in page
    rows = table(ada, f"{reverse('deliveries')}deliveries.csv?sort=name")
    assert [(row["name"], row["state"], row["read"], row["kept"], row["skipped"]) for row in rows] == [
        ("tracking.log-20260901.gz", "taken", "2", "1", "1"),
        ("tracking.log-20260902.gz", "taken", "2", "2", "0"),
    ]
    assert "Nothing in this selection" in text(ada, f"{reverse('deliveries')}?q=nothing-like-this")


def test_rejects_show_line_reason_and_exact_bytes(delivered: Instance, cast: Cast, ada: Client) -> None:
    digest = digest_of_first(delivered)
    url = reverse("rejects", args=[digest])
    page = text(ada, url)
    assert "1 line of tracking.log-20260901.gz was set aside." in page
    assert "not UTF-8" in page
    assert f">{escape(BROKEN[:-1].decode())}\\xff</td>" in page
    assert table(ada, f"{url}rejects.csv") == [
        {
            "line": "2",
            "reason": "not_utf8",
            "bytes": str(len(BROKEN)),
            "data": BROKEN[:-1].decode() + "\\xff",
        }
    ]
    whole = ada.get(reverse("rejects-file", args=[digest]))
    assert b"".join(whole) == BROKEN + b"\n"
    views = View.objects.order_by("id").values_list("person_id", "what", "learner_count")
    assert list(views) == [
        (cast.ada.pk, f"operations/rejects/{digest}", 0),
        (cast.ada.pk, f"operations/rejects/{digest}", 0),
        (cast.ada.pk, f"operations/rejects/{digest}.log", 0),
    ]


def trail_of_three(cast: Cast) -> None:
    trail.record(
        cast.stella, "courses/time.html", course_id=LAKE, learners=[("openedx", str(n)) for n in range(9)]
    )
    trail.record(cast.ruth, "courses/visits.csv", course_id=LAKE_T1, learners=[("openedx", "7")])
    trail.record(cast.stella, "courses/visits.csv", course_id=LAKE, learners=[("openedx", "8")])
    old = View.objects.order_by("id").first()
    assert old is not None
    View.objects.filter(pk=old.pk).update(at=datetime(2026, 8, 31, 23, 59, tzinfo=UTC))
    View.objects.exclude(pk=old.pk).update(at=datetime(2026, 9, 1, 0, 0, tzinfo=UTC))


def seen(client: Client, query: str) -> list[tuple[str, str, str]]:
    rows = table(client, f"{reverse('trail')}trail.csv{query}")
    return [(row["person"], row["course_id"], row["learners"]) for row in rows]


def test_the_trail_tells_who_saw_whom_by_person_course_and_day(
    lake: Instance, cast: Cast, ada: Client
) -> None:
    trail_of_three(cast)
    nine = " ".join(f"openedx/{n}" for n in range(9))
    first, second, third = (
        ("Stella Staff", LAKE, nine),
        ("Ruth Run", LAKE_T1, "openedx/7"),
        ("Stella Staff", LAKE, "openedx/8"),
    )
    assert seen(ada, "") == [third, second, first]
    assert seen(ada, "?who=stella@") == [third, first]
    assert seen(ada, f"?who={cast.ruth.pk}") == [second]
    assert seen(ada, "?who=nobody") == []
    assert seen(ada, "?who=²") == []
    assert seen(ada, "?who=stel%00la@") == [third, first]
    assert seen(ada, "?from=0001-01-01&to=9999-12-31") == [third, second, first]
    assert seen(ada, "?course=course-v1%3ALake%2BBIO%2B2024") == [third, first]
    assert seen(ada, "?to=2026-08-31") == [first]
    assert seen(ada, "?from=2026-09-01&to=2026-09-01") == [third, second]
    page = text(ada, reverse("trail"))
    assert "3 views are noted." in page
    assert "openedx/0 openedx/1 openedx/2 openedx/3 openedx/4 …" in page
    assert "Nobody has looked at learners" in text(ada, f"{reverse('trail')}?who=nobody")


def test_settings_are_shown_and_secrets_are_not(lake: Instance, ada: Client) -> None:
    page = text(ada, reverse("settings"))
    for value in lake.secrets.values():
        assert value not in page
    rows = {row["setting"]: row for row in table(ada, f"{reverse('settings')}settings.csv")}
    assert rows["institution.name"]["value"] == '"Lake University"'
    assert rows["institution.name"]["default"] == '"Unnamed institution"'
    assert rows["retention.logs_days"] == {
        "setting": "retention.logs_days",
        "value": "90",
        "default": "90",
        "meaning": "Log files.",
    }
    assert rows["schedule.nightly"]["value"] == '"0 3 * * *"'
    assert rows["sources.openedx.logs"]["value"] == '"deliveries/openedx/logs"'


def test_the_condition_is_what_check_finds_and_what_the_store_holds(
    lake: Instance, cast: Cast, ada: Client
) -> None:
    tables = {
        "events/2026-09-01": StoredTable(through="2026-09-01"),
        "video_summary": StoredTable(
            through="2026-09-01", computed_at="2026-09-02T06:10:00+00:00", problem="InvalidInputException"
        ),
    }
    Store(lake.store).publish(Catalogue().with_tables(tables))
    page = text(ada, reverse("condition"))
    assert "Nothing is wrong; 2 things are good to know." in page
    assert "nothing has been taken in yet." in page
    assert "Version 1 is published, with 0 events of 1 day." in page
    assert ada.get(f"{reverse('condition')}tables.json").json()["results"] == [
        {
            "table": "video_summary",
            "rows": 0,
            "bytes": 0,
            "through": "2026-09-01",
            "computed_at": "2026-09-02T06:10:00Z",
            "problem": "InvalidInputException",
        }
    ]


def test_where_nothing_is_wrong_it_is_said_once(
    lake: Instance, ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(condition_page, "findings_of", lambda _: [])
    assert text(ada, reverse("condition")).count("Nothing is wrong") == 1
    assert table(ada, f"{reverse('condition')}findings.csv") == []


def test_a_failed_night_is_said_on_every_page(lake: Instance, ada: Client) -> None:
    ended(State.FAILED, problem="StoreFull")
    assert 'class="notice warning"' in text(ada, reverse("settings"))
    ended(State.DONE)
    assert 'class="notice warning"' not in text(ada, reverse("settings"))


@pytest.mark.parametrize("name", ["runs", "trail"])
def test_lists_ask_as_often_for_three_rows_as_for_one(
    lake: Instance, cast: Cast, ada: Client, name: str
) -> None:
    def queries() -> int:
        total = 0
        with (
            CaptureQueriesContext(connections["default"]) as default,
            CaptureQueriesContext(connections["audit"]) as audit,
        ):
            ada.get(reverse(name))
        total += len(default) + len(audit)
        return total

    def add(person: object) -> None:
        ended(started_by=str(person.pk))  # type: ignore[attr-defined]
        trail.record(person, "x", course_id=LAKE, learners=[("openedx", "1")])  # type: ignore[arg-type]

    add(cast.stella)
    queries()
    one = queries()
    for person in (cast.ruth, cast.nora):
        add(person)
    assert queries() == one


def test_many_runs_are_shown_in_pages_and_taken_whole(lake: Instance, ada: Client) -> None:
    now = timezone.now()
    Run.objects.bulk_create(
        Run(name="nightly", state=State.DONE, started_by="schedule", queued_at=now - timedelta(minutes=n))
        for n in range(150)
    )
    pages = [text(ada, f"{reverse('runs')}?page={n}").count('scope="row"') for n in (1, 2, 6, 7)]
    assert pages == [ROWS_A_PAGE, ROWS_A_PAGE, 150 - 5 * ROWS_A_PAGE, 0]
    assert len(table(ada, f"{reverse('runs')}runs.csv")) == 150
