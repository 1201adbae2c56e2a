"""Bytes of every encoding become text; what does not fit is reported with its place, nothing is dropped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffroom.errors import SettingsError
from staffroom.intake.texts import Misfit, decoded


def text_of(data: bytes, encoding: str, size: int = 7) -> tuple[str, list[Misfit]]:
    misfits: list[Misfit] = []
    blocks = [data[start : start + size] for start in range(0, len(data), size)]
    return "".join(decoded(blocks, encoding, misfits.append)), misfits


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16", "iso-8859-15"])
def test_what_fits_becomes_text(encoding: str) -> None:
    text = "SSID^FirstName\n1^Zoë\n2^Señor Ñu\n"
    assert text_of(text.encode(encoding), encoding) == (text, [])


def test_a_mark_of_byte_order_is_no_text() -> None:
    assert text_of("\ufeffSSID\n".encode(), "utf-8", size=1) == ("SSID\n", [])
    assert text_of("SSID\n\ufeff".encode(), "utf-8") == ("SSID\n\ufeff", [])


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_bytes_that_do_not_fit_are_reported_with_their_place(size: int) -> None:
    data = "é\nb\n".encode() + b"Zo\xeb^Se\xf1or\nd\xc3"
    assert text_of(data, "utf-8", size) == (
        "é\nb\nZo\ufffd^Se\ufffdor\nd\ufffd",
        [Misfit(7, 3, b"\xeb"), Misfit(11, 3, b"\xf1"), Misfit(16, 4, b"\xc3")],
    )


def test_the_five_bytes_that_cp1252_has_no_character_for() -> None:
    text, misfits = text_of(bytes(range(0x80, 0xA0)), "cp1252")
    assert [misfit.data for misfit in misfits] == [b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"]
    assert len(text) == 32


@pytest.mark.parametrize("encoding", ["utf-9", "base64", "rot13", ""])
def test_an_encoding_that_is_none(encoding: str) -> None:
    with pytest.raises(SettingsError, match="is not known"):
        text_of(b"x", encoding)


@given(st.binary(max_size=60), st.integers(1, 20))
def test_every_byte_becomes_text_or_is_reported(data: bytes, size: int) -> None:
    text, misfits = text_of(data, "utf-8", size)
    assert text == data.decode("utf-8", "replace").removeprefix("\ufeff")
    for misfit in misfits:
        assert data[misfit.offset : misfit.offset + len(misfit.data)] == misfit.data
        assert misfit.line == 1 + data[: misfit.offset].count(b"\n")
