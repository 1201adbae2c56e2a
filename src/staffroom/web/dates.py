"""A range of days in the address: ``?from=2026-09-07&to=2026-09-13``, or a preset of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from staffroom.metrics.declaration import msg
from staffroom.web import formats
from staffroom.web.words import say

SWAPPED = msg("The dates stood in reverse order; they were swapped.")
USUAL = msg(
    "Shown from {day} on: before that lies a pause of more than a year, and next to nothing before the "
    "pause. “Everything” shows all days."
)
IMPOSSIBLE = msg("“{text}” is not a date; it was ignored.")

PRESETS = (
    (7, msg("Last 7 days")),
    (28, msg("Last 4 weeks")),
    (None, msg("Everything")),
)

EARLIEST, LATEST = date(1000, 1, 1), date(9000, 1, 1)
"""Dates beyond these are taken for these, so that a day more or less is still a date."""


@dataclass(frozen=True, slots=True)
class Preset:
    """One ready-made choice of the date form. ``query`` is the address's query, empty for everything."""

    label: str
    query: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class DateRange:
    """Days from ``start`` to ``end``, both included; None is open. ``notices`` are finished sentences."""

    start: date | None = None
    end: date | None = None
    notices: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    """The first and the last day for which there are numbers: presets count back from the last."""
    usual: date | None = None
    """The day with which the range begins unless asked, where that is not the first with numbers."""
    is_usual: bool = False
    """Whether nothing was asked for, and the range begins with ``usual``."""

    @classmethod
    def read(
        cls,
        query: Mapping[str, str],
        *,
        since: date | None = None,
        until: date | None = None,
        usual: date | None = None,
    ) -> DateRange:
        """The range that ``query`` asks for; what cannot be is put right or ignored, and said.

        Where it asks for none, the range begins with ``usual``, if there is such a day.
        """
        start, bad_start = _read_day(query.get("from", ""))
        end, bad_end = _read_day(query.get("to", ""))
        notices = [say(IMPOSSIBLE, text=text) for text in (bad_start, bad_end) if text]
        if start and end and start > end:
            start, end = end, start
            notices.append(say(SWAPPED))
        if usual and not (start or end):
            notices.append(say(USUAL, day=formats.day(usual)))
            return cls(usual, None, tuple(notices), since, until, usual, is_usual=True)
        return cls(start, end, tuple(notices), since, until, usual)

    def __contains__(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    @property
    def whole(self) -> bool:
        """True where nothing was asked to be left out."""
        return self.is_usual or (self.start is None and self.end is None)

    @property
    def first_shown(self) -> date | None:
        """What the form's first field holds: the chosen day, else the first with numbers."""
        return self.start or self.since

    @property
    def last_shown(self) -> date | None:
        return self.end or self.until

    @property
    def query(self) -> str:
        """The range as it stands in an address, without the question mark; empty for what is usual."""
        if self.is_usual:
            return ""
        parts = [("from", self.start), ("to", self.end)]
        return "&".join(f"{name}={day.isoformat()}" for name, day in parts if day)

    def presets(self) -> tuple[Preset, ...]:
        """Last 7 days, last 4 weeks, everything; without a last day only everything."""
        return tuple(self._preset(days, label) for days, label in PRESETS if days is None or self.until)

    def _preset(self, days: int | None, label: str) -> Preset:
        wanted = replace(self, start=self.since if self.usual else None, end=None, is_usual=False)
        if days and self.until:
            wanted = replace(self, start=self.until - timedelta(days=days - 1), end=self.until)
        chosen = (wanted.first_shown, wanted.last_shown) == (self.first_shown, self.last_shown)
        return Preset(say(label), wanted.query, chosen)


def in_reach(day: date) -> date:
    """``day``, or the nearest that may be reckoned with in every time zone."""
    return min(max(day, EARLIEST), LATEST)


def _read_day(text: str) -> tuple[date | None, str]:
    """(the day, ""), or (None, what could not be read)."""
    text = text.strip()
    try:
        return (in_reach(date.fromisoformat(text)) if text else None), ""
    except ValueError:
        return None, text[:40]
