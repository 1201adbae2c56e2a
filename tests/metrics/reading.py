"""Published tables as tests read them."""

from __future__ import annotations

from typing import Any

from staffroom.metrics.catalogue import metric
from staffroom.metrics.scope import Everything
from staffroom.metrics.store import Published


def everything(published: Published, table: str) -> list[dict[str, Any]]:
    """All rows of a metric in the order of its key."""
    return published.read(table, within=Everything(), order_by=metric(table).key).dicts()
