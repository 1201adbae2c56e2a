"""The panels of a school as its page draws them: each value a link that chooses it or takes it back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from html import escape
from math import ceil

from django.http import QueryDict
from django.utils.safestring import SafeString, mark_safe

from staffroom.students.slicing import Slice, SliceValue
from staffroom.web import formats
from staffroom.web.paging import is_page

FEW = 8
"""A panel shows so many values at first."""


@dataclass(frozen=True, slots=True)
class Toggle:
    """A value and the address that chooses it, or takes it back."""

    value: SliceValue
    url: str

    def as_item(self) -> str:
        """As an item of a list; the share is a bar of so many tenths behind it, and nobody has none."""
        value, tenths = self.value, ceil((self.value.share or 0) * 10)
        share = "" if value.share is None else formats.whole_share(value.share)
        current = ' aria-current="true"' if value.chosen else ""
        return (
            f'<li><a href="{escape(self.url)}" data-part="{tenths}"{current}>'
            f"<span>{escape(value.said)}</span> "
            f'<span class="count">{formats.count(value.students)}</span> '
            f'<span class="share">{escape(share)}</span></a></li>'
        )


@dataclass(frozen=True)
class ShownPanel:
    """A panel as the page draws it."""

    slice: Slice
    query: QueryDict

    @property
    def title(self) -> str:
        return self.slice.panel.title

    @cached_property
    def toggles(self) -> list[Toggle]:
        """The values in their order, each with its address."""
        asked = without_pages(self.query)
        name = self.slice.panel.name
        chosen = [value.value for value in self.slice.values if value.chosen]
        made = []
        for value in self.slice.values:
            asked.setlist(name, sorted({*chosen} ^ {value.value}))
            made.append(Toggle(value, f"?{asked.urlencode()}#slices"))
        return made

    @property
    def others(self) -> list[Toggle]:
        """Those that are shown when asked for."""
        return [] if len(self.toggles) <= FEW + 1 else self.toggles[FEW:]

    @property
    def first_items(self) -> SafeString:
        """The list in one go: a template would take most of the page's time for its items."""
        return _items(self.toggles[:FEW] if self.others else self.toggles)

    @property
    def other_items(self) -> SafeString:
        return _items(self.others)

    @property
    def others_open(self) -> bool:
        return any(toggle.value.chosen for toggle in self.others)


def without_pages(query: QueryDict) -> QueryDict:
    """The address as it was asked for, on the first page of every table."""
    asked = query.copy()
    for name in [name for name in asked if is_page(name)]:
        del asked[name]
    return asked


def _items(toggles: Iterable[Toggle]) -> SafeString:
    return mark_safe("".join(toggle.as_item() for toggle in toggles))  # noqa: S308 - made of escaped parts only
