"""What a table was made from: digests of code, settings and inputs. An unchanged table is not made again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from staffroom.events.catalogue import Catalogue
from staffroom.metrics.catalogue import is_metric, tables_of, views_of
from staffroom.metrics.declaration import Metric, Unit

EVENTS = "events"
ACCOUNTS = frozenset({"people", "course_team", "excluded_accounts"})
"""Tables that say who is a learner."""

SEEN_EVENTS = "seen_events"
SEEN_ACCOUNTS = "seen_accounts"
"""What the last run saw of events and accounts, so that the next knows whom a change concerns."""

INTERNAL = frozenset({SEEN_EVENTS, SEEN_ACCOUNTS})
"""Tables that only runs read."""

WRITER_VERSION = 1
"""Raised when the writer's files change their form; every table is then made again."""


def made_from(metric: Metric, catalogue: Catalogue) -> dict[str, str]:
    """The digests of what ``metric`` is made from, as ``catalogue`` has it.

    A metric by learner rests on events and accounts, even where it reads only another metric.
    """
    tables = tables_of(metric)
    by_learner = metric.unit is Unit.LEARNER_IN_COURSE
    exports = sorted(name for name in tables - ACCOUNTS - {EVENTS, "settings"} if not is_metric(name))
    return {
        "code": _digest(_code(metric)),
        "settings": digest_of(("settings",) if "settings" in tables else (), catalogue),
        "events": digest_of((SEEN_EVENTS,) if by_learner or EVENTS in tables else (), catalogue),
        "accounts": digest_of((SEEN_ACCOUNTS,) if by_learner or tables & ACCOUNTS else (), catalogue),
        "exports": digest_of(exports, catalogue),
        "metrics": digest_of(sorted(name for name in tables if is_metric(name)), catalogue),
    }


def digest_of(names: Iterable[str], catalogue: Catalogue) -> str:
    """One digest of all files of the named tables."""
    tables = ((name, catalogue.table(name)) for name in names)
    return _digest(f"{name} {file.digest}" for name, table in tables if table for file in table.files)


def _code(metric: Metric) -> Iterator[str]:
    yield str(WRITER_VERSION)
    yield metric.sql
    for view in views_of(metric.inputs):
        yield f"{view.name}: {view.sql}"
    for column in metric.columns:
        yield f"{column.name} {column.sql_type}"
    yield f"{metric.key} {metric.by_learner} {metric.fast}"


def _digest(lines: Iterable[str]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for line in lines:
        digest.update(line.encode())
        digest.update(b"\n")
    return digest.hexdigest()
