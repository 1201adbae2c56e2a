"""Bytes that come in another order than they stand in, as some clients send them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from asyncssh import SFTPError, SFTPFailure

from staffroom.intake.drop.paths import Place
from staffroom.intake.drop.uploads import AHEAD_BYTES, Bounds, Upload


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[int]:
    descriptor = os.open(tmp_path, os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


def begin(folder: int, *, came: bytes = b"", appends: bool = False, file_bytes: int = 10**9) -> Upload:
    descriptor = os.open(".a.csv.part", os.O_RDWR | os.O_CREAT, 0o600, dir_fd=folder)
    os.write(descriptor, came)
    return Upload(Place(folder, "a.csv"), descriptor, Bounds(file_bytes, 0, True), appends=appends)


def finish(upload: Upload) -> None:
    upload.begin_closing()
    upload.complete()


def test_what_comes_ahead_waits_for_what_stands_before_it(folder: int, tmp_path: Path) -> None:
    upload = begin(folder)
    for offset, data in ((4, b"E"), (2, b"CD"), (0, b"AB"), (5, b"F")):
        upload.write(offset, data)
    finish(upload)
    assert (tmp_path / "a.csv").read_bytes() == b"ABCDEF"


def test_until_then_the_size_is_what_has_come_without_a_gap(folder: int) -> None:
    upload = begin(folder)
    upload.write(0, b"AB")
    upload.write(3, b"D")
    assert upload.state().st_size == 2
    upload.abandon()


def test_a_file_with_a_gap_is_no_delivery(folder: int, tmp_path: Path) -> None:
    upload = begin(folder)
    upload.write(0, b"AB")
    upload.write(3, b"D")
    with pytest.raises(SFTPFailure, match="missing in its middle"):
        finish(upload)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(".a.csv.part", b"AB")]


def test_what_waits_is_bounded(folder: int) -> None:
    upload = begin(folder)
    upload.write(1, b"x" * AHEAD_BYTES)
    with pytest.raises(SFTPFailure, match="missing in its middle"):
        upload.write(1 + AHEAD_BYTES, b"x")
    upload.abandon()


def test_resuming_at_an_earlier_place_cuts_there(folder: int, tmp_path: Path) -> None:
    upload = begin(folder, came=b"ABCDEF")
    upload.write(3, b"x")
    finish(upload)
    assert (tmp_path / "a.csv").read_bytes() == b"ABCx"


def test_appending_goes_on_at_the_end_wherever_the_client_says(folder: int, tmp_path: Path) -> None:
    upload = begin(folder, came=b"AB", appends=True)
    upload.write(0, b"CD")
    upload.write(2, b"EF")
    finish(upload)
    assert (tmp_path / "a.csv").read_bytes() == b"ABCDEF"


def test_what_has_come_is_not_changed(folder: int, tmp_path: Path) -> None:
    upload = begin(folder)
    upload.write(0, b"ABCD")
    with pytest.raises(SFTPFailure, match="cannot be changed"):
        upload.write(1, b"x")
    with pytest.raises(SFTPError):
        finish(upload)
    assert [path.name for path in tmp_path.iterdir()] == [".a.csv.part"]


def test_a_close_after_a_write_that_failed_delivers_nothing(folder: int, tmp_path: Path) -> None:
    upload = begin(folder, file_bytes=3)
    upload.write(0, b"ABC")
    with pytest.raises(SFTPFailure, match="3 bytes at most"):
        upload.write(3, b"D")
    with pytest.raises(SFTPFailure, match="3 bytes at most"):
        finish(upload)
    assert list(tmp_path.iterdir()) == []
