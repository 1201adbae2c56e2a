"""Texts of declarations, translated when they are shown."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from staffroom.metrics.declaration import Plural


def say(text: str, /, **values: object) -> str:
    """``text``, a msgid, in the reader's language with ``{name}`` filled in. The empty text stays empty."""
    if not text:
        return ""
    translated = gettext(text)
    return translated.format(**values) if values else translated


def say_count(text: Plural, count: int, /, **values: object) -> str:
    """``text`` in the form that ``count`` calls for; ``{count}`` is written as the reader's language does."""
    shown = number_format(count, decimal_pos=0, use_l10n=True, force_grouping=True)
    return ngettext(text.one, text.many, count).format(count=shown, **values)
