"""``make bench-students``: a whole district is read by educators of every kind; says how long pages take.

The pages are those that readers come to by following links: a new page is measured as soon as it is linked.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import tomlkit

from bench.batch import memory_row
from bench.command import bench_parser, conclude, say
from bench.district import Sizes, fill_district
from bench.instance import PASSWORD
from bench.measure import MemoryWatch
from bench.readers import Browser, Reading
from bench.report import Row, percentile
from bench.serving import server
from staffroom.accounts.start import start_site
from staffroom.config import SETTINGS_FILE, load_instance
from staffroom.operations.init import init_instance

GOAL_SECONDS = 0.15
READING_SECONDS = 180.0

Seconds = dict[str, list[float]]
"""By the title of a reader, what their answers took."""


def main() -> int:
    parser = bench_parser("bench.students", __doc__)
    parser.add_argument("--students", type=int, default=Sizes().students, help="how many students")
    parser.add_argument("--seconds", type=float, default=READING_SECONDS, help="how long readers read")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="staffroom-bench-", dir=options.folder) as folder:
        rows = list(_rows(Path(folder) / "instance", options.students, options.seconds))
    return conclude(rows, strict=options.strict)


def make_district(root: Path, students: int) -> dict[str, int]:
    """A new instance with so many students and all else in proportion; Django is started for it.

    Returns how many rows each table got.
    """
    init_instance(root, name="Bench District")
    settings = root / SETTINGS_FILE
    document = tomlkit.parse(settings.read_text("utf-8"))
    document["students"]["home"]["shows_incidents"] = True
    settings.write_text(tomlkit.dumps(document), "utf-8")
    instance = load_instance(root)
    start_site(instance)
    from staffroom.operations.migrate import migrate_all

    migrate_all(instance)
    usual, share = Sizes(), students / Sizes().students
    sizes = Sizes(
        students,
        round(usual.educators * share),
        round(usual.attendance * share),
        round(usual.notes * share),
    )
    return fill_district(sizes, date.today())  # noqa: DTZ011 - by the clock that the server reads


def _rows(root: Path, students: int, seconds: float) -> Iterator[Row]:
    yield Row("load of the machine before (0: nobody else)", f"{os.getloadavg()[0]:.1f}")
    say(f"Making a district of {students:,} students …")
    started = time.monotonic()
    total = sum(make_district(root, students).values())
    size = (root / "database" / "site.sqlite3").stat().st_size / 1e6
    yield Row(f"{total:,} rows written", f"{time.monotonic() - started:.0f} s, {size:,.0f} MB")
    with server(root) as (port, process):
        watch = MemoryWatch(process.pid)
        watch.start()
        yield from _read(port, seconds)
        yield memory_row("peak memory of the server and what it starts", watch.stop())


def _read(port: int, seconds: float) -> Iterator[Row]:
    """Let everybody read at once; yields a row for each route, those of pages first."""
    from bench.student_readers import as_read, found_addresses, invite, never_read, whole_tables

    readings, exports = [], dict[str, Browser]()
    for reader, email in invite():
        say(f"Following links as {reader.title} …")
        browser = Browser(port)
        browser.sign_in(email, PASSWORD)
        addresses = found_addresses(browser)
        exports |= dict.fromkeys(whole_tables(addresses), browser)
        readings.append((reader.title, browser, Reading(as_read(addresses))))
    say(f"Reading for {seconds:.0f} seconds …")
    for _, browser, reading in readings:
        reading.start([browser])
    time.sleep(seconds)
    taken: dict[str, Seconds] = defaultdict(lambda: defaultdict(list))
    failures: set[str] = set()
    for title, _, reading in readings:
        times = reading.stop()
        failures.update(times.failures)
        for route, values in times.seconds.items():
            taken[route][title] += values
    yield from _latency_rows(taken)
    failed = f"{len(failures)} {', '.join(sorted(failures)[:5])}".strip()
    yield Row("answers that were no 200", failed, "", "none", not failures)
    missed = never_read(set(taken))
    yield Row("pages that nobody came to", ", ".join(missed) or "none")
    for address, browser in exports.items():
        answer = browser.get(address)
        yield Row(f"{address}, alone", f"{answer.seconds:.1f} s, {len(answer.body) / 1e6:.1f} MB")


def _latency_rows(taken: Mapping[str, Seconds]) -> Iterator[Row]:
    yield Row("each with one second to think after an answer", "p50, p95 (answers)")
    for route in sorted(taken, key=lambda name: (" " in name, name)):
        every = [value for values in taken[route].values() for value in values]
        p50, p95 = percentile(every, 0.5), percentile(every, 0.95)
        title, slowest = max(taken[route].items(), key=lambda one: percentile(one[1], 0.5))
        most = f"{1000 * percentile(slowest, 0.5):.0f} {title}" if len(taken[route]) > 1 else title
        is_page = " " not in route
        yield Row(
            f"  {route}",
            f"{1000 * p50:.0f} ms, {1000 * p95:.0f} ms ({len(every)}; {most})",
            "",
            f"p95 under {1000 * GOAL_SECONDS:.0f} ms" if is_page else "",
            p95 < GOAL_SECONDS if is_page else None,
        )


if __name__ == "__main__":
    sys.exit(main())
