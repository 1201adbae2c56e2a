"""Instances with deliveries of their own, and what the store holds of them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from staffroom.config import Instance, load_instance
from staffroom.events.catalogue import Catalogue, Store
from staffroom.events.ingest import ingest, ledger_path
from staffroom.events.store import event_files
from staffroom.intake.ledger import Delivery, Ledger
from staffroom.tally import Counts, Silent

SETTINGS = """
[institution]
name = "A school"
time_zone = "{zone}"

[[sources]]
name = "openedx"
logs = "logs"
exports = "exports"
"""


def make_instance(root: Path, *, zone: str = "UTC", more: str = "") -> Instance:
    for folder in ("logs", "exports"):
        (root / folder).mkdir(parents=True)
    (root / "staffroom.toml").write_text(SETTINGS.format(zone=zone) + more)
    return load_instance(root, {})


def line(number: int, *, day: str = "2024-01-05", **changes: Any) -> bytes:
    """An event of learner 7, told from others by ``number``; ``changes`` replace its fields."""
    event = {
        "username": "ana",
        "event_source": "browser",
        "event_type": "page_close",
        "time": f"{day}T10:{number // 60 % 60:02}:{number % 60:02}.{number:06}+00:00",
        "event": "{}",
        "page": f"https://courses.example.org/{number}",
        "context": {"course_id": "course-v1:A+B+C", "user_id": 7},
    }
    return json.dumps({**event, **changes}).encode()


def deliver(instance: Instance, name: str, lines: Iterable[bytes]) -> Path:
    """Put a log into the source's folder, gzipped where its name says so."""
    text = b"".join(one + b"\n" for one in lines)
    path = instance.root / "logs" / name
    path.write_bytes(gzip.compress(text, mtime=0) if name.endswith(".gz") else text)
    return path


def take(instance: Instance, **options: Any) -> Counts:
    return ingest(instance, **{"processes": 0, "progress": Silent(), **options})


def catalogue(instance: Instance) -> Catalogue:
    return Store(instance.store).current()


def stored(instance: Instance) -> list[dict[str, Any]]:
    """All events of the store, in the order of their ids."""
    files = event_files(Store(instance.store), catalogue(instance))
    rows = [row for file in files for row in pq.read_table(file).to_pylist()]
    return sorted(rows, key=lambda row: (row["source"], row["event_id"]))


def table(instance: Instance, name: str) -> list[dict[str, Any]]:
    """The rows of a course table, in their order."""
    return list(_rows(instance, name))


def _rows(instance: Instance, name: str) -> Iterator[dict[str, Any]]:
    for file in catalogue(instance).tables[name].files:
        yield from pq.read_table(instance.store / file.path).to_pylist()


def deliveries(instance: Instance) -> dict[str, Delivery]:
    """The ledger's entries by name; of a file that has grown, the last."""
    entries = Ledger(ledger_path(instance)).deliveries()
    superseded = {entry.supersedes for entry in entries}
    return {entry.name: entry for entry in entries if entry.digest not in superseded}
