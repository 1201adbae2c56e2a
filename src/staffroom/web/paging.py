"""One page of many rows: ``?page=2``, ``?by_unit-page=2``. CSV and JSON hold all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpRequest

from staffroom.web.request import face_of

ROWS_A_PAGE = 25
PAGE = "page"
"""The parameter of a page's only long list."""


def page_of(slug: str) -> str:
    """The parameter of a section whose table stands beside other long ones."""
    return f"{slug}-{PAGE}"


def is_page(parameter: str) -> bool:
    """Whether a parameter of the address says which page of some table is shown."""
    return parameter == PAGE or parameter.endswith(f"-{PAGE}")


@dataclass(frozen=True, slots=True)
class Paging:
    """Which rows are shown. ``size`` is None where all are; ``total`` counts all rows, once it is known.

    ``parameter`` is that of the address.
    """

    number: int = 1
    size: int | None = ROWS_A_PAGE
    total: int = 0
    parameter: str = PAGE

    @classmethod
    def of(cls, request: HttpRequest, *, size: int = ROWS_A_PAGE, parameter: str = PAGE) -> Paging:
        """The page asked for; nonsense is the first page, and a CSV or JSON face gets everything."""
        if face_of(request) != "html":
            return cls(1, None)
        text = request.GET.get(parameter, "1")
        number = max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1
        return cls(number, size, parameter=parameter)

    def with_total(self, total: int) -> Paging:
        return replace(self, total=total)

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size if self.size else 0

    @property
    def window(self) -> slice:
        """The rows of this page, cut out of a list or a queryset."""
        return slice(self.offset, self.offset + self.size) if self.size else slice(None)

    @property
    def first_row(self) -> int:
        return self.offset + 1 if self.offset < self.total else 0

    @property
    def last_row(self) -> int:
        return min(self.offset + self.size, self.total) if self.size else self.total

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size)) if self.size else 1

    @property
    def previous(self) -> int | None:
        return min(self.number - 1, self.pages) if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None
