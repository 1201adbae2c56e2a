"""How fresh the numbers are, in one sentence that stands on every page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Protocol

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext


class Freshness(Protocol):
    """What ``metrics.store`` says of a table: its last day, its making (UTC), and what failed since."""

    @property
    def through(self) -> date | None: ...
    @property
    def computed_at(self) -> datetime | None: ...
    @property
    def problem(self) -> str | None: ...


def freshness_sentence(freshness: Freshness, *, now: datetime | None = None) -> str:
    """“Through Sunday 7 September, updated today 06:10.” in the institution's zone and reader's language."""
    now = timezone.localtime(now)
    sentences = [_sentence(freshness, now)]
    if freshness.problem:
        sentences.append(gettext("The last update failed; these are the last good numbers."))
    return " ".join(sentences)


def _sentence(freshness: Freshness, now: datetime) -> str:
    through, computed_at = freshness.through, freshness.computed_at
    if computed_at is None:
        return gettext("Not yet computed.")
    updated = _moment(timezone.localtime(computed_at), now)
    if through is None:
        return gettext("Updated {moment}.").format(moment=updated)
    return gettext("Through {day}, updated {moment}.").format(
        day=spelled_day(through, now.date()), moment=updated
    )


def spelled_day(day: date, today: date) -> str:
    """“Sunday 7 September”, with the year where it is another."""
    if day.year == today.year:
        return date_format(day, pgettext("format of a date with its week day", "l j F"))
    return date_format(day, pgettext("format of a date with its week day and year", "l j F Y"))


def _moment(moment: datetime, now: datetime) -> str:
    time = date_format(moment, "H:i")
    days = (now.date() - moment.date()).days
    if days == 0:
        return gettext("today {time}").format(time=time)
    if days == 1:
        return gettext("yesterday {time}").format(time=time)
    return gettext("{day} {time}").format(day=spelled_day(moment.date(), now.date()), time=time)


def is_older_than(freshness: Freshness, hours: int, *, now: datetime | None = None) -> bool:
    """True where the numbers were made longer ago than ``hours``, or never."""
    if freshness.computed_at is None:
        return True
    return (now or timezone.now()) - freshness.computed_at > timedelta(hours=hours)
