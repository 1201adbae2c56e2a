"""Pages of a long table."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from staffroom.web.paging import Paging


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 1),
        ("page=3", 3),
        ("page=0", 1),
        ("page=-1", 1),
        ("page=x", 1),
        ("page=²", 1),
        ("page=99999999999", 1),
    ],
)
def test_the_page_asked_for_and_nonsense_is_the_first(query: str, number: int) -> None:
    assert Paging.of(RequestFactory().get(f"/?{query}")).number == number


def test_the_middle_page_of_250_rows() -> None:
    paging = Paging(2).with_total(250)
    assert (paging.window, paging.first_row, paging.last_row) == (slice(25, 50), 26, 50)
    assert (paging.pages, paging.previous, paging.next) == (10, 1, 3)


def test_a_page_behind_the_last_leads_back() -> None:
    paging = Paging(19).with_total(250)
    assert (paging.first_row, paging.previous, paging.next) == (0, 10, None)


def test_no_rows_are_one_page() -> None:
    paging = Paging().with_total(0)
    assert (paging.pages, paging.first_row, paging.last_row, paging.previous, paging.next) == (
        1,
        0,
        0,
        None,
        None,
    )


def test_all_rows_are_one_page() -> None:
    paging = Paging(1, None).with_total(250)
    assert (paging.window, paging.first_row, paging.last_row, paging.pages) == (slice(None), 1, 250, 1)
