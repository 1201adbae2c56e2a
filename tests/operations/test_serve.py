"""The site as its own process: it answers, takes its worker along, and ends when told."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from staffroom.operations.init import init_instance
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


def test_two_processes_serve_the_same_styles(instance: TestInstance, soon: Soon) -> None:
    with serving(instance, "--workers=2", "--threads=2") as (_, url):
        soon(lambda: status(f"{url}/sign-in/") == 200)
        manifest = json.loads((instance.root / "cache/static/staticfiles.json").read_text())
        style = manifest["paths"]["web/staffroom.css"]
        assert [status(f"{url}/static/{style}") for _ in range(8)] == [200] * 8


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
