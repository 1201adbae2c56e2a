"""The site as its own process: it answers, takes its worker along, and ends when told."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

import pytest

from staffroom.operations.init import init_instance
from tests.cast import PASSWORD
from tests.instances import TestInstance, environment
from tests.jobs.conftest import Soon


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


@contextmanager
def serving(instance: TestInstance, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    port = free_port()
    with (instance.root / "serve.log").open("w") as log:
        process = subprocess.Popen(
            instance.command("serve", f"--port={port}", *words),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            text=True,
            env=environment(),
        )
        try:
            yield process, f"http://127.0.0.1:{port}"
        finally:
            process.kill()
            process.wait()


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def test_the_site_answers_and_ends_when_told(instance: TestInstance, soon: Soon) -> None:
    with serving(instance) as (process, url):
        soon(lambda: status(f"{url}/health") == 200)
        with urllib.request.urlopen(f"{url}/health") as answer:
            assert json.load(answer)["status"] == "ok"
        with urllib.request.urlopen(f"{url}/runs/") as answer:
            assert answer.url == f"{url}/sign-in/?next=/runs/"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    log = (instance.root / "serve.log").read_text().splitlines()
    assert log[0] == f"Lake University: {url}/ (Ctrl-C ends it)"


def asked(
    url: str, headers: Mapping[str, str], form: Mapping[str, str] | None = None
) -> tuple[HTTPResponse, str]:
    """The answer itself and its text: redirects are not followed. With ``form`` it is posted."""
    place = urlsplit(url)
    method, body, kind = "GET", None, {}
    if form is not None:
        method, body, kind = "POST", urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"}
    with closing(HTTPConnection(place.hostname or "", place.port, timeout=10)) as connection:
        connection.request(method, place.path, body, {**headers, **kind})
        answer = connection.getresponse()
        return answer, answer.read().decode()


def answered(url: str, **headers: str) -> HTTPResponse:
    return asked(url, headers)[0]


@pytest.mark.parametrize(("proxies", "hsts"), [(0, None), (1, "max-age=31536000")])
def test_only_a_trusted_proxy_can_say_that_a_request_came_by_https(
    instance: TestInstance, soon: Soon, proxies: int, hsts: str | None
) -> None:
    instance.add_settings(f'[site]\nbase_url = "https://staffroom.lake.example"\nproxies = {proxies}\n')
    with serving(instance) as (_, url):
        soon(lambda: status(f"{url}/health") == 200)
        answer = answered(f"{url}/sign-in/", **{"X-Forwarded-Proto": "https"})
        assert answer.getheader("Strict-Transport-Security") == hsts
        plain = answered(f"{url}/sign-in/")
        assert plain.getheader("Strict-Transport-Security") is None
        for other in ("X-Forwarded-Protocol", "X-Forwarded-Ssl"):
            other_words = answered(f"{url}/sign-in/", **{other: "ssl" if other.endswith("ol") else "on"})
            assert other_words.getheader("Strict-Transport-Security") is None
        moved = answered(f"{url}/runs/", SCRIPT_NAME="/elsewhere", PATH_INFO="/elsewhere/")
        assert (moved.status, moved.getheader("Location")) == (302, "/sign-in/?next=/runs/")


def test_over_https_the_cookies_of_a_signed_in_person_are_for_https_only(
    instance: TestInstance, soon: Soon
) -> None:
    instance.add_settings('[site]\nbase_url = "https://staffroom.lake.example"\nproxies = 1\n')
    made = instance.run("accounts", "create", "ada@lake.example", STAFFROOM_SECRET_ACCOUNT_PASSWORD=PASSWORD)
    assert made.code == 0, made.err
    proxied = {"Host": "staffroom.lake.example", "X-Forwarded-Proto": "https"}
    with serving(instance) as (_, url):
        soon(lambda: status(f"{url}/health") == 200)
        shown, page = asked(f"{url}/sign-in/", proxied)
        (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page))
        given = SimpleCookie(shown.headers["Set-Cookie"])["csrftoken"]
        signed_in, _ = asked(
            f"{url}/sign-in/",
            {
                **proxied,
                "Origin": "https://staffroom.lake.example",
                "Cookie": f"csrftoken={given.value}",
            },
            {"login": "ada@lake.example", "password": PASSWORD, "csrfmiddlewaretoken": token},
        )
    cookies = SimpleCookie("; ".join(signed_in.headers.get_all("Set-Cookie") or ()))
    assert (signed_in.status, signed_in.headers["Location"]) == (302, "/")
    assert sorted(cookies) == ["csrftoken", "staffroom"]
    for cookie in (given, *cookies.values()):
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
        assert (cookie["domain"], cookie["path"]) == ("", "/")


def test_two_processes_serve_the_same_styles(instance: TestInstance, soon: Soon) -> None:
    with serving(instance, "--workers=2", "--threads=2") as (_, url):
        soon(lambda: status(f"{url}/sign-in/") == 200)
        manifest = json.loads((instance.root / "cache/static/staticfiles.json").read_text())
        style = manifest["paths"]["web/staffroom.css"]
        assert [status(f"{url}/static/{style}") for _ in range(8)] == [200] * 8


def test_all_processes_count_a_persons_requests_together(instance: TestInstance, soon: Soon) -> None:
    instance.add_settings("[courses]\napi_requests_a_minute = 5\n")
    instance.run("accounts", "create", "ada@lake.example", STAFFROOM_SECRET_ACCOUNT_PASSWORD=PASSWORD)
    (secret,) = instance.run("accounts", "token", "issue", "ada@lake.example", "--name=Report").out
    with serving(instance, "--workers=3", "--threads=1") as (_, url):
        soon(lambda: status(f"{url}/health") == 200)
        bearer = {"Authorization": f"Bearer {secret}"}
        found = [answered(f"{url}/api/v1/courses/", **bearer).status for _ in range(20)]
    assert found == [200] * 5 + [429] * 15


def test_the_worker_beside_it_ends_with_it(instance: TestInstance, soon: Soon) -> None:
    for last_word in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
        with serving(instance, "--with-worker") as (process, url):
            soon(lambda url=url: status(f"{url}/health") == 200)  # type: ignore[misc]
            instance.run("jobs", "queue", "nightly")
            soon(lambda: instance.runs()[-1]["state"] == "done")
            process.send_signal(last_word)
            process.wait(60)
            soon(lambda: "Worker has left." in (instance.root / "serve.log").read_text())


def test_without_migrations_it_does_not_start(instance: TestInstance) -> None:
    fresh = TestInstance(init_instance(instance.root.parent / "fresh"))
    done = fresh.run("serve")
    assert done.code == 1
    assert done.err[0].startswith("staffroom: database default: lacks ")
    assert done.err[0].endswith(" migrations. The site was not started. Run 'staffroom migrate'.")


def test_a_port_that_is_taken_is_named(instance: TestInstance) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = instance.run("serve", f"--port={port}")
    assert done.code == 1
    assert done.err[-1] == (
        f"staffroom: http://127.0.0.1:{port}/: cannot be served: the port is taken. "
        "The site was not started. Name another with --port or --host."
    )
    assert not list((instance.root / "logs").iterdir())
