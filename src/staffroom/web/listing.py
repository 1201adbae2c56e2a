"""A table that its address searches, sorts and pages: ``?q=``, ``?sort=`` and ``?page=``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest

from staffroom.metrics.declaration import Column
from staffroom.web.arrangement import Arrangement, Order
from staffroom.web.paging import Paging
from staffroom.web.tables import Link, Table


def listed(
    request: HttpRequest,
    columns: tuple[Column, ...],
    rows: Iterable[dict[str, Any]],
    *,
    sort: str,
    searched: Sequence[str],
    links: Mapping[str, Link] | None = None,
    orders: Mapping[str, Order] | None = None,
) -> Table:
    """The rows that match, those of one page; ``paging.total`` says how many match.

    ``sort`` (``-`` before it: descending) is how they stand where the address names no column; empty is as
    they come. ``orders`` makes of a column's values what they are sorted by.
    """
    wanted = Arrangement.read(request.GET, columns, default=sort, searched=searched, orders=orders)
    found = wanted.arranged(rows)
    paging = Paging.of(request).with_total(len(found))
    return Table(
        columns=columns, rows=found[paging.window], links=links or {}, paging=paging, arrangement=wanted
    )
