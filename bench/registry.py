"""``python -m bench.registry``: how fast the registry takes students in durably, and how fast it drains them.

The receiver is ``staffroom serve`` as shipped, the senders are threads of another process that send bodies
made before. Every figure also stands as a ratio to reading the same JSON with orjson on one core.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson

from bench.batch import memory_row
from bench.command import bench_parser, conclude
from bench.instance import must, staffroom
from bench.measure import MemoryWatch, measure
from bench.report import Row
from bench.serving import server
from staffroom.operations.init import init_instance
from staffroom.registry.fields import FLAGS

BATCH = 1000
SENDERS = 8
PROCESSES = 2
ACCEPT_GOAL, DRAIN_GOAL, UNCHANGED_GOAL_MINUTES = 100_000, 20_000, 10
WHOLE_STATE = 6_400_000
MEMORY_GOAL_MB = 500
LAST_NAMES = ("Lovelace", "Curie", "Noether", "Meitner", "Hopper", "Franklin", "Germain", "Hodgkin")


def main() -> int:
    options = _parser().parse_args()
    if options.send:
        return _send_all(Path(options.send[0]), int(options.send[1]))
    with tempfile.TemporaryDirectory(prefix="staffroom-bench-", dir=options.folder) as folder:
        rows = list(registry_rows(Path(folder), options.students))
    return conclude(rows, strict=options.strict)


def registry_rows(folder: Path, students: int) -> Iterator[Row]:
    """Take in and drain ``students`` that are new, then the same ones, then changed ones."""
    root = folder / "instance"
    make_registry(root)
    yield Row("load of the machine before (0: nobody else)", f"{os.getloadavg()[0]:.1f}")
    parse = _parse_rate()
    yield Row("reading the JSON with orjson, one core", f"{parse:,.0f} students/s", "1.00")
    for what, version in (("new", 0), ("unchanged", 0), ("changed", 1)):
        bodies = folder / "bodies"
        _make_bodies(bodies, students, version=version)
        yield from _accept_rows(root, bodies, students, parse, first=what == "new")
        yield from _drain_rows(root, what, students, parse)
    yield Row("  registry.sqlite3", f"{(root / 'database/registry.sqlite3').stat().st_size / 1e6:,.0f} MB")


def student(number: int, version: int) -> dict[str, Any]:
    """An invented student; another ``version`` differs in flags."""
    school = number % 10_000
    flags = {name: (number * 7 + place + version) % 5 == 0 for place, name in enumerate(FLAGS)}
    return {
        "ssid": f"{1_000_000_000 + number * 7919 % 9_000_000_000}",
        "firstName": f"Ada{'bcdefghij'[number % 9]}",
        "middleName": "M",
        "lastName": LAST_NAMES[number % 8] + "abcdefghij"[number // 8 % 10] + "klmnopqrst"[number // 80 % 10],
        "sex": "Female",
        "birthDate": f"{2003 + number % 15}-0{1 + number % 9}-{10 + number % 18}",
        "externalSsid": f"X{number}",
        "institutionIdentifier": f"{school // 10:07}{school:07}",
        "districtIdentifier": f"{school // 10:07}",
        "gradeLevelWhenAssessed": f"{1 + number % 12:02}",
        "firstEntryDateIntoUsSchool": "2015-08-20",
        "lepEntryDate": "",
        "lepExitDate": "",
        "elpLevel": "",
        "languageCode": "eng",
        "primaryDisabilityType": "",
        "title3ProgramType": None,
        "stateAbbreviation": "CA",
        **flags,
    }


def make_registry(root: Path) -> None:
    """An instance that serves a registry; ``client.json`` in it are its one sender's credentials."""
    init_instance(root, name="Bench State")
    settings = root / "staffroom.toml"
    head, registry = settings.read_text("utf-8").split("[registry]")
    settings.write_text(
        f"{head}[registry]{registry.replace('enabled = false', 'enabled = true', 1)}", "utf-8"
    )
    must(staffroom(root, "migrate"))
    made = must(staffroom(root, "registry", "clients", "add", "bench", "--state=CA", "--json", "--quiet"))
    (root / "client.json").write_text(made, "utf-8")


def _make_bodies(folder: Path, students: int, *, version: int) -> None:
    folder.mkdir(exist_ok=True)
    for number in range(0, students, BATCH):
        rows = [student(one, version) for one in range(number, min(students, number + BATCH))]
        (folder / f"{number // BATCH:06}").write_bytes(gzip.compress(orjson.dumps(rows), 1))


def _parse_rate() -> float:
    body = orjson.dumps([student(number, 0) for number in range(BATCH)])
    started, rounds = time.perf_counter(), 50
    for _ in range(rounds):
        orjson.loads(body)
    return rounds * BATCH / (time.perf_counter() - started)


def _accept_rows(root: Path, bodies: Path, students: int, parse: float, *, first: bool) -> Iterator[Row]:
    """Send all bodies; the senders are a process of their own and tell how long it took."""
    with server(root, "--workers", str(PROCESSES)) as (port, process):
        watch = MemoryWatch(process.pid)
        watch.start()
        words = [sys.executable, "-m", "bench.registry", "--send", str(bodies), str(port)]
        told = subprocess.run(
            words, check=True, capture_output=True, text=True, env={**os.environ, "CLIENT": str(root)}
        )
        peak = watch.stop()
    if not first:
        return
    rate = students / float(told.stdout)
    what = f"accepted durably, batches of {BATCH:,} as gzip, {SENDERS} senders"
    yield _rate_row(what, rate, parse, ACCEPT_GOAL)
    yield memory_row("  peak memory of the receiver", peak, goal_mb=MEMORY_GOAL_MB)


def _drain_rows(root: Path, what: str, students: int, parse: float) -> Iterator[Row]:
    done = measure(staffroom(root, "registry", "drain", "--quiet", "--json"))
    facts = json.loads(done.output.splitlines()[-1])
    outcome = {"new": "created", "changed": "updated"}.get(what, what)
    assert facts[outcome] == students, facts
    rate = students / done.seconds
    if what == "unchanged":
        minutes = WHOLE_STATE / rate / 60
        yield Row(
            f"drained, {what}: {WHOLE_STATE:,} at this rate",
            f"{rate:,.0f} students/s, {minutes:.1f} min",
            f"{rate / parse:.2f}",
            f"under {UNCHANGED_GOAL_MINUTES} min",
            minutes < UNCHANGED_GOAL_MINUTES,
        )
    else:
        yield _rate_row(f"drained, {what}", rate, parse, DRAIN_GOAL)
    yield Row("  the same by CPU", f"{students / done.cpu_seconds:,.0f} students a CPU-second")
    yield memory_row("  peak memory of the drain", done.peak_mb, goal_mb=MEMORY_GOAL_MB)


def _rate_row(what: str, rate: float, parse: float, goal: int) -> Row:
    return Row(what, f"{rate:,.0f} students/s", f"{rate / parse:.2f}", f"at least {goal:,}", rate >= goal)


@dataclass
class _Senders:
    """Threads that send bodies, each over its own connection; ``failed`` are statuses other than 202."""

    port: int
    bodies: list[bytes]
    headers: dict[str, str]
    failed: list[int]

    def work(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        while True:
            try:
                body = self.bodies.pop()
            except IndexError:
                return
            connection.request("POST", "/api/v1/registry/CA/students/batch", body, self.headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 202:
                self.failed.append(answer.status)


def _send_all(folder: Path, port: int) -> int:
    """In the senders' process: send every body once; prints how many seconds that took."""
    bodies = [path.read_bytes() for path in sorted(folder.iterdir(), reverse=True)]
    senders = _Senders(
        port, bodies, {**token_header(port, Path(os.environ["CLIENT"])), "Content-Encoding": "gzip"}, []
    )
    threads = [threading.Thread(target=senders.work) for _ in range(SENDERS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(time.perf_counter() - started)
    return 1 if senders.failed else 0


def token_header(port: int, root: Path) -> dict[str, str]:
    """A good token of the one sender of the registry in ``root``."""
    facts = json.loads((root / "client.json").read_text("utf-8"))
    names: Sequence[str] = ("client_id", "client_secret")
    form = urlencode({"grant_type": "client_credentials", **{name: facts[name] for name in names}})
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/api/v1/registry/token", form, headers)
    token = json.loads(connection.getresponse().read())["access_token"]
    return {"Authorization": f"Bearer {token}"}


def _parser() -> argparse.ArgumentParser:
    parser = bench_parser("bench.registry", __doc__)
    parser.add_argument("--students", type=int, default=200_000, help="how many (6400000: a whole state)")
    parser.add_argument("--send", nargs=2, metavar=("FOLDER", "PORT"), help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
