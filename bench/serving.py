"""The serving stage: eight readers while a night's run publishes a new version in the background."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from bench.batch import memory_row
from bench.instance import PASSWORD, READER, BenchInstance, must, staffroom
from bench.measure import Measured, MemoryWatch, measure
from bench.readers import Browser, Reading, Times, find_addresses
from bench.report import Row, percentile

READERS = 8
PAGE_GOAL_SECONDS = 0.1
PAGES_FOLLOWED = 60
SERVER_STARTS_SECONDS = 30


def serving_rows(bench: BenchInstance, *, seconds: float) -> Iterator[Row]:
    """Serve, read for ``seconds`` at least, publish meanwhile; yields the rows."""
    token = _people(bench.root)
    with server(bench.root) as (port, process):
        watch = MemoryWatch(process.pid)
        watch.start()
        reading, before = _readers(port, token)
        started = time.monotonic()
        time.sleep(min(5.0, seconds / 4))
        bench.deliver_last_day()
        night = measure(staffroom(bench.root, "nightly", "--quiet", "--json"))
        time.sleep(max(0.0, seconds - (time.monotonic() - started)))
        times = reading.stop()
        peak = watch.stop()
    yield from _latency_rows(times)
    yield _night_row(night, before)
    yield memory_row("  peak memory of the server and what it starts", peak)


def _people(root: Path) -> str:
    """An administrator who reads; returns a token for the API."""
    must(staffroom(root, "migrate"))
    must(
        staffroom(root, "accounts", "create", READER, "--administrator", "--password-stdin"),
        stdin=f"{PASSWORD}\n",
    )
    return must(staffroom(root, "accounts", "token", "issue", READER)).split()[-1]


@contextmanager
def server(root: Path, *words: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """``staffroom serve`` as shipped, on a free port; ended by its own process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (root / "logs" / "bench.log").open("ab") as log:
        process = subprocess.Popen(
            staffroom(root, "serve", "--port", str(port), "--quiet", *words), stderr=log
        )
    try:
        _wait_for(port, process)
        yield port, process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SERVER_STARTS_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            Browser(port).get("/health")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"the server did not answer on port {port}")


def _readers(port: int, token: str) -> tuple[Reading, int]:
    """Everybody signed in and reading; and the number of addresses they choose from."""
    first = _signed_in(port)
    addresses = find_addresses(first, limit=PAGES_FOLLOWED)
    addresses["API"] = _api_addresses(Browser(port, token=token))
    browsers = [first, *(_signed_in(port) for _ in range(READERS - 1))]
    reading = Reading(addresses)
    reading.start(browsers)
    return reading, sum(map(len, addresses.values()))


def _signed_in(port: int) -> Browser:
    browser = Browser(port)
    browser.sign_in(READER, PASSWORD)
    return browser


def _api_addresses(browser: Browser) -> list[str]:
    """Every metric of the three first courses."""
    from staffroom.metrics.catalogue import METRICS

    courses = json.loads(browser.get("/api/v1/courses/").body)["results"]
    names = [metric.name for metric in METRICS if metric.shown and metric.columns[0].name == "course_id"]
    return [
        f"/api/v1/courses/{quote(course['course_id'], safe='')}/metrics/{name}/?limit=100"
        for course in courses[:3]
        for name in names
    ]


def _latency_rows(times: Times) -> Iterator[Row]:
    yield Row(f"{READERS} readers, one second to think, while a version is published", "p50, p95")
    for kind, seconds in sorted(times.seconds.items(), key=lambda item: item[0] != "page"):
        p50, p95 = percentile(seconds, 0.5), percentile(seconds, 0.95)
        goal = f"p95 under {PAGE_GOAL_SECONDS * 1000:.0f} ms" if kind == "page" else ""
        met = p95 < PAGE_GOAL_SECONDS if kind == "page" else None
        result = f"{p50 * 1000:.0f} ms, {p95 * 1000:.0f} ms"
        yield Row(f"  {kind} ({len(seconds)} answers)", result, "", goal, met)
    failed = ", ".join(sorted(set(times.failures))[:5])
    yield Row(
        "  answers that were no 200",
        f"{len(times.failures)} {failed}".strip(),
        "",
        "none",
        not times.failures,
    )


def _night_row(night: Measured, addresses: int) -> Row:
    result = f"{night.seconds:.2f} s, {night.peak_mb:,.0f} MB"
    return Row(
        f"  the night that was published ({addresses} addresses)",
        result,
        met=night.code in (0, 3),
        goal="done",
    )
