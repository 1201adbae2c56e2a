"""What the query of a request asks for: which rows, of which days, in which form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from staffroom.courses.api.doors import Unusable
from staffroom.courses.spans import within_days, within_weeks
from staffroom.metrics.declaration import Column, Kind, Metric
from staffroom.metrics.store import Where
from staffroom.web.dates import DateRange, in_reach

DEFAULT_LIMIT = 100
LARGEST_LIMIT = 5000
LARGEST_OFFSET = 2**53

DATE_KINDS = (Kind.DAY, Kind.WEEK, Kind.INSTANT)


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows ``offset`` to ``offset + limit``; a ``limit`` of None is all of them."""

    limit: int | None = DEFAULT_LIMIT
    offset: int = 0

    @classmethod
    def read(cls, query: Mapping[str, str], *, everything: bool = False) -> Slice:
        """``everything``: without a ``limit`` in the query all rows are meant, as in a CSV."""
        limit = _number(query, "limit", 1, LARGEST_LIMIT)
        offset = _number(query, "offset", 0, LARGEST_OFFSET) or 0
        return cls(limit or (None if everything else DEFAULT_LIMIT), offset)

    def after(self, total: int) -> Slice | None:
        """The slice that follows, where there are more than these of ``total`` rows."""
        if self.limit is None or self.offset + self.limit >= total:
            return None
        return Slice(self.limit, self.offset + self.limit)


def date_column(metric: Metric) -> Column | None:
    """The column to which ``from`` and ``to`` apply: the first that holds a day, a week or an instant."""
    return next((column for column in metric.columns if column.kind in DATE_KINDS), None)


def within_dates(metric: Metric, query: Mapping[str, str], zone: ZoneInfo) -> tuple[Where, ...]:
    """``from`` and ``to`` (ISO dates of the institution, both included) as conditions."""
    start, end = _day(query, "from"), _day(query, "to")
    if start and end and start > end:
        raise Unusable("from", "no later than to")
    column = date_column(metric)
    if column is None or not (start or end):
        return ()
    dates = DateRange(start, end)
    if column.kind is Kind.WEEK:
        return within_weeks(column.name, dates)
    if column.kind is Kind.DAY:
        return within_days(column.name, dates)
    conditions: tuple[Where, ...] = ()
    if start:
        conditions += (Where(column.name, ">=", _midnight(start, zone)),)
    if end:
        conditions += (Where(column.name, "<", _midnight(end + timedelta(days=1), zone)),)
    return conditions


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The beginning of ``day`` in ``zone`` as UTC without a zone, as tables keep instants."""
    return datetime.combine(day, time(), zone).astimezone(UTC).replace(tzinfo=None)


def _number(query: Mapping[str, str], name: str, least: int, most: int) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 16 and least <= int(text) <= most):
        raise Unusable(name, f"a whole number from {least} to {most}")
    return int(text)


def _day(query: Mapping[str, str], name: str) -> date | None:
    text = query.get(name)
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Unusable(name, "a date such as 2026-09-07") from None
    if len(text) != 10:  # 20260907 and 2026-W37-1 are ISO dates too, but not those of OpenAPI
        raise Unusable(name, "a date such as 2026-09-07")
    return in_reach(day)
