"""The reader's way of writing numbers and dates, as D3 (inside Vega) wants it told."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Any

from django.utils.dates import MONTHS, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format, get_format
from django.utils.translation import pgettext


def number_locale() -> dict[str, Any]:
    return {
        "decimal": str(get_format("DECIMAL_SEPARATOR")),
        "thousands": str(get_format("THOUSAND_SEPARATOR")),
        "grouping": [3],
        "currency": ["", ""],
        "percent": pgettext("a number of per cent", "{number}%").format(number=""),
    }


def time_locale() -> dict[str, Any]:
    """D3 counts week days from Sunday, Python from Monday."""
    short = pgettext("format of a month in three letters", "M")
    sunday_first = [calendar.SUNDAY, *range(calendar.SUNDAY)]
    return {
        "dateTime": "%A %-d %B %Y %H:%M",
        "date": "%-d %B %Y",
        "time": "%H:%M",
        "periods": ["", ""],
        "days": [str(WEEKDAYS[day]) for day in sunday_first],
        "shortDays": [str(WEEKDAYS_ABBR[day]) for day in sunday_first],
        "months": [str(MONTHS[month]) for month in range(1, 13)],
        "shortMonths": [date_format(date(2000, month, 1), short) for month in range(1, 13)],
    }
