"""A raw value as its reader's language writes it: counts, durations, shares, days and instants."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext, ngettext, pgettext

from staffroom.metrics.declaration import Kind

UNKNOWN = "–"
"""Stands where nothing is known, which is not zero."""


Show = Callable[[object], str]


def show(value: object, kind: Kind) -> str:
    """``value`` of a column of ``kind`` as text for a page; None is a dash."""
    return shower(kind)(value)


def shower(kind: Kind) -> Show:
    """``show`` for the many values of a column: the reader's language is asked for once."""
    language, zone = get_language(), timezone.get_current_timezone_name()

    def shown(value: object) -> str:
        if value is None:
            return UNKNOWN
        if isinstance(value, str):
            return value
        return _shown(value, kind, language, zone)

    return shown


@lru_cache(maxsize=50_000, typed=True)
def _shown(value: object, kind: Kind, language: str | None, zone: str) -> str:  # noqa: ARG001 - in use now
    """Numbers and dates come again and again, and writing one takes longer than finding it here."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, int | float):
        return _number(value, kind)
    return str(value)


def _number(value: float, kind: Kind) -> str:
    if kind is Kind.SHARE:
        return share(value)
    if kind in (Kind.SECONDS, Kind.OFFSET):
        return duration(value)
    return count(value)


def count(value: float) -> str:
    """1234 as “1,234”; a fraction keeps one place."""
    return _count(value, get_language())


def share(value: float) -> str:
    """0.954 as “95.4%”, in Spanish “95,4 %”."""
    return _share(value, get_language())


def whole_share(value: float) -> str:
    """0.954 as “95%”, for a glance; what is above nothing is at least “<1%”."""
    if 0 < value < 0.01:
        return "<" + _whole_share(0.01, get_language())
    return _whole_share(value, get_language())


@lru_cache(maxsize=1_000)
def _whole_share(value: float, language: str | None) -> str:  # noqa: ARG001 - number_format asks for it itself
    number = number_format(round(value * 100), use_l10n=True)
    return pgettext("a number of per cent", "{number}%").format(number=number)


@lru_cache(maxsize=50_000)
def _count(value: float, language: str | None) -> str:  # noqa: ARG001 - number_format asks for it itself
    places = 0 if float(value).is_integer() else 1
    return number_format(round(value, 1), decimal_pos=places, use_l10n=True, force_grouping=True)


@lru_cache(maxsize=50_000)
def _share(value: float, language: str | None) -> str:  # noqa: ARG001 - number_format asks for it itself
    number = number_format(round(value * 100, 1), decimal_pos=1, use_l10n=True, force_grouping=True)
    return pgettext("a number of per cent", "{number}%").format(number=number)


def duration(seconds: float) -> str:
    """3723 as “1:02:03”, 65 as “1:05”; fractions of a second are cut off."""
    sign, whole = ("-" if seconds < 0 else ""), int(abs(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{sign}{hours}:{minutes:02}:{rest:02}" if hours else f"{sign}{minutes}:{rest:02}"


def time_spent(seconds: float) -> str:
    """A duration in a sentence, as exact as it is read: “650 hours”, “2 h 34 min”, “14 min”, “35 s”."""
    return _time_spent(seconds).replace(" ", "\u00a0")


def _time_spent(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes >= 10 * 60:
        hours = round(minutes / 60)
        return ngettext("{count} hour", "{count} hours", hours).format(count=count(hours))
    if minutes >= 60:
        return gettext("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)
    if minutes:
        return gettext("{count} min").format(count=minutes)
    return gettext("{count} s").format(count=int(seconds))


def change(value: float, text: str) -> str:
    """``text``, the size of a change, with the sign of ``value``: “+12 visits”, “−5 visits”, “no change”."""
    if not value:
        return gettext("no change")
    return f"+{text}" if value > 0 else f"−{text}"


def day(value: date) -> str:
    """“7 Sep 2026”."""
    return date_format(value, pgettext("format of a date in a table", "j M Y"))


def month(value: date) -> str:
    """“September 2026”, of any of its days."""
    return date_format(value, pgettext("format of a month with its year", "F Y"))


def instant(value: datetime) -> str:
    """“7 Sep 2026 06:10” in the institution's zone; a value without a zone is UTC."""
    value = value if timezone.is_aware(value) else value.replace(tzinfo=UTC)
    return date_format(timezone.localtime(value), pgettext("format of an instant in a table", "j M Y H:i"))
