"""The page of the loader: who sees it, what its buttons do, what it says of runs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from staffroom.config import Instance, load_instance
from staffroom.jobs import runs
from staffroom.jobs.models import Run, State
from staffroom.loader.settings import loader_settings
from staffroom.operations import loading
from tests.cast import Cast
from tests.loader.conftest import receiver, started_receiver
from tests.loader.files import student
from tests.loader.receiver import Receiver
from tests.operations.pages.conftest import Browser
from tests.operations.pages.loader import set_up, work
from tests.operations.pages.test_access import without_token
from tests.operations.pages.test_pages import table, text

__all__ = ["receiver", "started_receiver"]

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def press(client: Client, action: str) -> str:
    """What the page says after the button was pressed."""
    answer = client.post(reverse("loader-start"), {"action": action}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def newest_name(lake: Instance) -> str:
    instance = load_instance(lake.root)
    return loading.sent_runs(instance, loader_settings(instance))[0].name


def sent(lake: Instance, ada: Client) -> str:
    """Send the file; returns the name of its run."""
    press(ada, "send")
    work(lake)
    return newest_name(lake)


def pages(lake: Instance, ada: Client) -> list[str]:
    name = sent(lake, ada)
    run = reverse("loader-run", args=[name])
    return [
        reverse("loader"),
        *(f"{reverse('loader')}{slug}.csv" for slug in ("last", "work", "connections", "rehearsal", "runs")),
        f"{reverse('loader')}runs.json",
        reverse("loader-settings"),
        *(f"{reverse('loader-settings')}{slug}.json" for slug in ("secrets", "changes")),
        run,
        *(f"{run}{slug}.csv" for slug in ("sent", "outcome", "aside")),
        f"{run}aside.json",
        reverse("loader-report", args=[name]),
    ]


def test_administrators_see_every_page_and_for_others_there_is_none(
    lake: Instance, cast: Cast, browser: Browser, receiver: Receiver
) -> None:
    set_up(lake, receiver, student(1), {**student(2), "Sex": "?"})
    ada = browser(cast.ada)
    urls = pages(lake, ada)
    for url in urls:
        answer = ada.get(url)
        assert answer.status_code == 200, url
        answer.close()
    for person, status in ((cast.stella, 404), (cast.nora, 404), (cast.ivan, 302), (None, 302)):
        client = browser(person)
        missing = client.get("/there/is/no/such/page/")
        for url in urls:
            answer = client.get(url)
            assert answer.status_code in (status, 401 if status == 302 else status), url
            if status == 404 and not url.endswith(".json"):
                assert without_token(answer.content) == without_token(missing.content), url


def test_only_administrators_press_buttons_and_only_by_post(
    lake: Instance, cast: Cast, browser: Browser, receiver: Receiver
) -> None:
    set_up(lake, receiver, student(1))
    before = (lake.root / "staffroom.toml").read_text()
    save = reverse("loader-settings-save", args=["loader"])
    posts = [
        *((reverse("loader-start"), {"action": name}) for name in ("check", "rehearse", "send", "resume")),
        (reverse("loader-stop"), {}),
        (save, {"rows_a_batch": "1"}),
    ]
    for person, status in ((cast.stella, 404), (cast.nora, 404), (None, 302)):
        for url, data in posts:
            assert browser(person).post(url, data).status_code == status
    for url, _ in posts:
        assert browser(cast.ada).get(url).status_code == 405
    assert Run.objects.count() == 0
    assert (lake.root / "staffroom.toml").read_text() == before


def test_a_button_of_another_site_does_nothing(lake: Instance, cast: Cast, receiver: Receiver) -> None:
    set_up(lake, receiver, student(1))
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.ada)
    urls = (reverse("loader-start"), reverse("loader-stop"), reverse("loader-settings-save", args=["loader"]))
    assert [client.post(url, {"action": "send"}).status_code for url in urls] == [400, 400, 400]
    assert Run.objects.count() == 0


def test_without_settings_the_page_says_how_to_begin(lake: Instance, ada: Client) -> None:
    page = text(ada, reverse("loader"))
    assert "The loader is not set up." in page
    assert "Send now" not in page
    assert reverse("loader-settings") in page
    assert "cannot be used" in press(ada, "send")
    assert Run.objects.count() == 0


def test_settings_that_cannot_be_used_are_told_and_nothing_starts(lake: Instance, ada: Client) -> None:
    path = lake.root / "staffroom.toml"
    path.write_text(path.read_text().replace("\n[loader]\n", '\n[loader]\ngrand = "<b>x</b>"\n'))
    assert "grand: is not a setting." in text(ada, reverse("loader"))
    assert "grand: is not a setting." in press(ada, "send")
    with path.open("a") as file:
        file.write("[loader\n")
    for url in (reverse("loader"), reverse("loader-settings")):
        assert "cannot be read as TOML" in text(ada, url)
    assert "cannot be read as TOML" in press(ada, "check")
    assert Run.objects.count() == 0


def test_what_is_no_button_is_not_there(lake: Instance, ada: Client, receiver: Receiver) -> None:
    set_up(lake, receiver, student(1))
    assert ada.post(reverse("loader-start"), {"action": "nightly"}).status_code == 404
    assert ada.post(reverse("loader-start")).status_code == 404
    assert Run.objects.count() == 0


def test_the_test_of_the_connections_sends_nothing_and_says_what_each_end_gives(
    lake: Instance, ada: Client, receiver: Receiver
) -> None:
    set_up(lake, receiver, student(1))
    assert "The test of the connections waits for a worker." in press(ada, "check")
    work(lake)
    rows = table(ada, f"{reverse('loader')}connections.csv")
    assert [(row["part"], row["good"]) for row in rows] == [
        ("mapping", "true"),
        ("file", "true"),
        ("token", "true"),
        ("api", "true"),
    ]
    assert rows[2]["said"] == f"{receiver.url}/token gives one."
    assert "4 of 4 parts are good." in text(ada, reverse("loader"))
    assert receiver.taken.students == []

    receiver.wish(token="refused")
    press(ada, "check")
    work(lake)
    rows = table(ada, f"{reverse('loader')}connections.csv")
    assert [row["part"] for row in rows if row["good"] == "false"] == ["token", "api"]
    page = text(ada, reverse("loader"))
    assert "2 of 4 parts are good." in page
    assert "opensesame" not in page
    assert "opensesame" not in (lake.logs / Run.objects.all()[0].log).read_text()


def test_a_dry_run_says_what_would_be_sent(lake: Instance, ada: Client, receiver: Receiver) -> None:
    set_up(lake, receiver, *(student(n) for n in range(250)), {**student(900), "FirstName": "a^b"})
    assert "The dry run waits for a worker." in press(ada, "rehearse")
    work(lake)
    page = text(ada, reverse("loader"))
    assert "251 rows were read; 250 would be sent in 3 batches. Nothing was sent." in page
    assert table(ada, f"{reverse('loader')}rehearsal.csv") == [
        {"what": "would_send", "count": "250"},
        {"what": "repeated", "count": "0"},
        {"what": "repeated_students", "count": "0"},
        {"what": "fields", "count": "1"},
    ]
    assert "Nothing was sent yet." in page
    assert "Go on" not in page
    assert receiver.taken.students == []


def test_sending_shows_what_became_of_the_file(lake: Instance, ada: Client, receiver: Receiver) -> None:
    set_up(lake, receiver, *(student(n) for n in range(250)), {**student(900), "FirstName": "a^b"})
    assert "The run waits for a worker." in press(ada, "send")
    work(lake)
    assert len(receiver.taken.students) == 250
    page = text(ada, reverse("loader"))
    assert "students.csv is done: 251 rows read, 250 taken, 0 unchanged, 1 set aside." in page
    (row,) = table(ada, f"{reverse('loader')}runs.csv")
    names = ("file", "complete", "read", "taken", "unchanged", "set_aside")
    assert [row[name] for name in names] == ["students.csv", "true", "251", "250", "0", "1"]
    assert int(row["students_per_second"]) > 0
    assert "Go on" not in page
    run = Run.objects.get()
    assert (run.state, run.lane) == ("done_with_skips", "loader")
    url = reverse("loader-run", args=[newest_name(lake)])
    assert table(ada, f"{url}outcome.csv") == [
        {"what": "created", "rows": "250"},
        {"what": "fields", "rows": "1"},
    ]


def test_a_run_under_way_is_followed_without_scripts(lake: Instance, ada: Client, receiver: Receiver) -> None:
    set_up(lake, receiver, student(1))
    press(ada, "send")
    run = runs.claim("w1", lease_seconds=60)
    assert run is not None
    steps = [
        {"step": "Bytes fetched", "done": 3, "total": 12, "unit": "bytes"},
        {"step": "Students", "done": 1200, "total": None, "unit": "students"},
    ]
    runs.keep(run.id, "w1", lease_seconds=60, progress=steps)
    Run.objects.filter(id=run.id).update(started_at=timezone.now() - timedelta(seconds=10))
    answer = ada.get(reverse("loader"))
    page = answer.content.decode()
    assert answer["Refresh"] == "3"
    assert "Send students: It is running." in page
    assert "25.0%" in page
    assert "1,200" in page
    assert "Stop" in page
    assert "Send now" not in page
    assert "Refresh" not in ada.get(f"{reverse('loader')}?refresh=off")
    rows = table(ada, f"{reverse('loader')}work.csv")
    assert [(row["step"], row["done"], row["total"]) for row in rows] == [
        ("Bytes fetched", "3", "12"),
        ("Students", "1200", ""),
    ]
    assert 100 <= int(rows[1]["rate"]) <= 120
    runs.finish(run.id, "w1", runs.Outcome(State.DONE, 0))
    assert "Refresh" not in ada.get(reverse("loader"))


def test_two_clicks_start_one_run(lake: Instance, ada: Client, receiver: Receiver) -> None:
    set_up(lake, receiver, student(1))
    press(ada, "send")
    for action in ("send", "send", "check", "rehearse", "resume"):
        assert "The loader is busy already" in press(ada, action)
    run = Run.objects.get()
    claimed = runs.claim("w1", lease_seconds=60)
    assert claimed == run
    assert "The loader is busy already" in press(ada, "send")
    assert Run.objects.count() == 1
