"""Names are found as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffroom.students.names import folded, folded_all, holds, words_of


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Zoë Núñez", "zoe nunez"),
        ("O'Neill-Łukasz", "oneill lukasz"),
        ("D’Angelo, Søren", "dangelo  soren"),
        ("Đorđe Nguyễn", "dorde nguyen"),
        ("Æsir Straße", "aesir strasse"),
        ("İstanbul Işık", "istanbul isik"),
        ("مُحَمَّد", "محمد"),
        ("Ｍｉｒａ", "mira"),
        ("", ""),
    ],
)
def test_a_name_is_folded(name: str, plain: str) -> None:
    assert folded(name) == plain


@pytest.mark.parametrize(
    ("asked", "found"),
    [("nunez zoe", True), ("zo", True), ("NÚÑ", True), ("zoe zoe", True), ("zoe perez", False), ("", True)],
)
def test_words_are_found_in_any_order_and_in_parts(asked: str, found: bool) -> None:
    assert holds(folded("Zoë Núñez"), words_of(asked)) is found


@given(st.lists(st.text()))
def test_many_are_folded_as_each_is_by_itself(texts: list[str]) -> None:
    assert folded_all(texts) == [folded(text.replace("\0", " ")) for text in texts]


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)
