"""When it happened: the recorded time as an instant, and the institution's day that the instant falls on."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from staffroom.events.openedx.lines import Unusable

_FORM = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?(?:Z|([+-])([0-9]{2}):?([0-9]{2}))?)?"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_MICROSECOND = timedelta(microseconds=1)
_MINUTE = 60 * 1_000_000
_SECONDS = {f":{second:02}.": second * 1_000_000 for second in range(60)}
_MINUTES_REMEMBERED = 4096


Moment = tuple[int, int]
"""Microseconds since 1970 in UTC, and the whole days since 1970 of the zone's date."""


class Clock:
    """Reads recorded times for an institution's time zone.

    Log lines come nearly in order, so the minute that a line falls in was mostly seen before; only its
    seconds are read then. This is a quarter of the time that parsing each text takes.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._minutes: dict[str, Moment] = {}

    def moment(self, recorded: object) -> Moment:
        """The moment that ``time`` says: ISO 8601 to any fraction of a second, UTC where it names no offset.

        A date alone is its midnight. Raises Unusable: ``no_time``, ``impossible_time``.
        """
        if type(recorded) is not str:
            raise Unusable("no_time" if recorded is None else "impossible_time")
        try:
            minute_us, day = self._minutes[recorded[:16]]
            second_us = _SECONDS[recorded[16:20]]
        except KeyError:
            return self._read(recorded)
        fraction = recorded[20:26]
        if recorded[26:] == "+00:00" and len(fraction) == 6 and fraction.isascii() and fraction.isdigit():
            return minute_us + second_us + int(fraction), day
        return self._read(recorded)

    def _read(self, recorded: str) -> Moment:
        if recorded == "":
            raise Unusable("no_time")
        match = _FORM.fullmatch(recorded)
        if match is None:
            raise Unusable("impossible_time")
        year, month, day, hour, minute, second, fraction, sign, offset_hours, offset_minutes = match.groups()
        try:
            instant = datetime(
                int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0),
                int((fraction or "0")[:6].ljust(6, "0")), UTC,
            )  # fmt: skip
            if sign:
                offset = timedelta(hours=int(offset_hours), minutes=int(offset_minutes))
                instant += offset if sign == "-" else -offset
            local = instant.astimezone(self._zone)
        except (ValueError, OverflowError):
            raise Unusable("impossible_time") from None
        happened_us = (instant - _EPOCH) // _MICROSECOND
        day = local.date().toordinal() - _EPOCH_DAY
        self._remember(instant, local, (happened_us - happened_us % _MINUTE, day))
        return happened_us, day

    def _remember(self, instant: datetime, local: datetime, minute: Moment) -> None:
        offset = local.utcoffset()
        if offset is None or offset.seconds % 60:
            return  # a local mean time of old: its days begin within a minute
        if len(self._minutes) >= _MINUTES_REMEMBERED:
            self._minutes.clear()
        self._minutes[instant.isoformat()[:16]] = minute
