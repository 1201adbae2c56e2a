"""A OneRoster delivery as one of our sources: the rows of its file, with what the other files say of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from staffroom.errors import DeliveryError
from staffroom.students.importing.deliveries import OpenExport
from staffroom.students.importing.items import Item, item_of
from staffroom.students.rows.declaration import EVERYTHING, Fault, PassedOver, Reading, Source
from staffroom.students.rows.oneroster.bundle import Bundle
from staffroom.students.rows.oneroster.rows import (
    FORMATS,
    TOLD,
    TOLD_BY_DEMOGRAPHICS,
    Format,
    homerooms,
)
from staffroom.tally import Reject

HOMEROOMS = Format("enrollments", homerooms)


@dataclass(slots=True)
class OneRosterItems:
    """Iterate once."""

    opened: OpenExport
    source: Source
    reading: Reading
    mended_facts: dict[str, int] = field(default_factory=dict)

    @property
    def absent(self) -> frozenset[str]:
        """Columns of our source that OneRoster has no field for, or that this delivery lacks."""
        if self.source.name != "students":
            return frozenset()
        told = TOLD | (TOLD_BY_DEMOGRAPHICS if self._blocks("demographics.csv") is not None else frozenset())
        return frozenset(self.source.columns) - told

    def __iter__(self) -> Iterator[Item]:
        bundle = Bundle(self.opened.access.name, self._blocks, self.reading)
        yield from _items(FORMATS[self.source.name], bundle)
        if self.source.name == "educators":
            for item in _items(HOMEROOMS, bundle):
                if not isinstance(item.ended, PassedOver):  # every other enrolment is another source's
                    yield item
        for reject in bundle.rejects:
            yield _reject(reject)

    def _blocks(self, name: str) -> Iterator[bytes] | None:
        for member in self.opened.members:
            if member.name.replace("\\", "/").rpartition("/")[2].lower() == name.lower():
                return self.opened.blocks(member)
        return None


def check_oneroster(source: Source, place: str) -> None:
    """Raises DeliveryError for a source that OneRoster does not give."""
    if source.name not in FORMATS:
        raise DeliveryError(
            place,
            f"is OneRoster, which gives no {source.name}.",
            next_step=f"It gives {', '.join(FORMATS)}.",
        )


def _items(form: Format, bundle: Bundle) -> Iterator[Item]:
    for line in bundle.needed_lines(form.file):
        if isinstance(line, Reject):
            yield _reject(line)
        else:
            yield item_of(line, form.rows(line.fields, bundle))


def _reject(reject: Reject) -> Item:
    return Item(reject.line, [], reject.data, Fault(reject.reason, "", EVERYTHING))
