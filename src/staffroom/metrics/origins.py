"""What a table was made from: digests of code, settings and inputs. An unchanged table is not made again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from staffroom.events.catalogue import Catalogue, StoredTable
from staffroom.metrics.catalogue import tables_of, views_of
from staffroom.metrics.declaration import Metric

EVENTS = "events"
EVENT_PREFIX = "events/"
WRITER_VERSION = 1
"""Raised when the writer's files change their form; every table is then made again."""


def event_tables(catalogue: Catalogue, as_of: date) -> tuple[tuple[date, StoredTable], ...]:
    """The days of events up to ``as_of``, in order, each with its table."""
    days = (
        (date.fromisoformat(name.removeprefix(EVENT_PREFIX)), table)
        for name, table in catalogue.tables.items()
        if name.startswith(EVENT_PREFIX)
    )
    return tuple(sorted((day, table) for day, table in days if day <= as_of and table.files))


def made_from(metric: Metric, catalogue: Catalogue, as_of: date) -> Mapping[str, str]:
    """The digests of what ``metric`` is made from, as ``catalogue`` has it now."""
    inputs = sorted(tables_of(metric))
    return {
        "code": _digest(_code(metric)),
        "settings": _digest(_file_digests("settings", catalogue, as_of)) if "settings" in inputs else "",
        "inputs": _digest(
            line for name in inputs if name != "settings" for line in _file_digests(name, catalogue, as_of)
        ),
    }


def _code(metric: Metric) -> Iterator[str]:
    yield str(WRITER_VERSION)
    yield metric.sql
    for view in views_of(metric.inputs):
        yield f"{view.name}: {view.sql}"
    for column in metric.columns:
        yield f"{column.name} {column.sql_type}"
    yield f"{metric.key} {metric.by_learner} {metric.fast}"


def _file_digests(name: str, catalogue: Catalogue, as_of: date) -> Iterator[str]:
    if name == EVENTS:
        for day, events in event_tables(catalogue, as_of):
            yield f"{day} {' '.join(sorted(file.digest for file in events.files))}"
        return
    table = catalogue.table(name)
    if table is not None:
        yield f"{name} {' '.join(file.digest for file in table.files)}"


def _digest(lines: Iterable[str]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for line in lines:
        digest.update(line.encode())
        digest.update(b"\n")
    return digest.hexdigest()
