"""The lines of a delivered file, whatever state it arrives in."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

import pytest

from staffroom.errors import DeliveryError
from staffroom.intake.reading import KEPT_OF_TOO_LONG, LONGEST_LINE, LineReader
from staffroom.tally import Reject

TEXT = b"".join(b'{"line": %d}\n' % number for number in range(1, 5001))
CUT_PROBLEM = "It ends too early: its whole lines were taken, the rest is missing."


@dataclass(frozen=True)
class Read:
    lines: list[tuple[int, bytes]]
    rejects: list[Reject]
    problem: str | None
    consumed: int


def read(folder: Path, data: bytes) -> Read:
    path = folder / "tracking.log-20240105.gz"
    path.write_bytes(data)
    reader = LineReader(path)
    lines: list[tuple[int, bytes]] = []
    consumed = 0
    for block in reader:
        lines += enumerate(block.lines, block.first)
        consumed += block.consumed
    return Read(lines, reader.rejects, reader.problem, consumed)


def numbered(text: bytes) -> list[tuple[int, bytes]]:
    return list(enumerate(text.splitlines(), 1))


def test_a_plain_file_gives_its_lines_with_their_numbers(tmp_path: Path) -> None:
    assert read(tmp_path, b"a\n\nb\r\nc") == Read([(1, b"a"), (2, b""), (3, b"b\r"), (4, b"c")], [], None, 7)


def test_a_gzip_file_is_known_by_its_content_not_its_name(tmp_path: Path) -> None:
    zipped = gzip.compress(TEXT)
    assert read(tmp_path, zipped) == Read(numbered(TEXT), [], None, len(zipped))
    assert read(tmp_path, TEXT) == Read(numbered(TEXT), [], None, len(TEXT))


@pytest.mark.parametrize("padding", [b"", b"\0" * 200_000])
def test_members_of_a_gzip_file_follow_each_other(tmp_path: Path, padding: bytes) -> None:
    half = TEXT.index(b"\n", len(TEXT) // 2) - 3  # in the middle of a line
    data = gzip.compress(TEXT[:half]) + padding + gzip.compress(TEXT[half:]) + padding
    whole = read(tmp_path, data)
    assert (whole.lines, whole.rejects, whole.problem) == (numbered(TEXT), [], None)


@pytest.mark.parametrize("data", [b"", gzip.compress(b"", mtime=0)], ids=["zero bytes", "empty gzip"])
def test_an_empty_file_has_no_lines(tmp_path: Path, data: bytes) -> None:
    empty = read(tmp_path, data)
    assert (empty.lines, empty.rejects, empty.problem) == ([], [], None)


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_a_gzip_file_that_was_cut_gives_its_whole_lines_and_the_line_it_breaks_off_in(
    tmp_path: Path, kept: float
) -> None:
    zipped = gzip.compress(TEXT)
    cut = read(tmp_path, zipped[: int(len(zipped) * kept)])
    assert cut.problem == CUT_PROBLEM
    assert cut.lines == numbered(TEXT)[: len(cut.lines)]
    assert len(cut.rejects) <= 1  # none where it breaks off at the end of a line
    for reject in cut.rejects:
        assert (reject.line, reject.reason) == (len(cut.lines) + 1, "cut")
        assert (TEXT.splitlines()[len(cut.lines)] + b"\n").startswith(reject.data)


def test_a_gzip_file_that_lacks_only_its_checksum_gives_all_lines(tmp_path: Path) -> None:
    assert read(tmp_path, gzip.compress(TEXT)[:-3]).lines == numbered(TEXT)


@pytest.mark.parametrize("length", [1, 2, 9])
def test_a_gzip_file_that_ends_in_its_header_has_no_lines(tmp_path: Path, length: int) -> None:
    cut = read(tmp_path, gzip.compress(TEXT)[:length] if length > 1 else b"\x1f\x8b")
    assert (cut.lines, cut.rejects, cut.problem) == ([], [], CUT_PROBLEM)


def test_a_wrong_checksum_gives_an_error_that_names_the_file(tmp_path: Path) -> None:
    zipped = gzip.compress(TEXT)
    with pytest.raises(DeliveryError, match=r"tracking.log-20240105.gz: its checksum"):
        read(tmp_path, zipped[:-8] + b"\0\0\0\0" + zipped[-4:])


def test_bytes_after_the_end_of_a_gzip_file_are_reported(tmp_path: Path) -> None:
    told = read(tmp_path, gzip.compress(TEXT) + b"hello")
    assert (told.lines, told.rejects) == (numbered(TEXT), [])
    assert told.problem == "Bytes after its end are not gzip and were ignored."


@pytest.mark.parametrize("zipped", [False, True])
def test_a_line_that_is_too_long_is_set_aside_with_its_beginning(tmp_path: Path, zipped: bool) -> None:
    long = b"x" * (LONGEST_LINE + 1)
    text = b"a\n" + long + b"\nb\n" + long
    found = read(tmp_path, gzip.compress(text, 1) if zipped else text)
    beginning = long[:KEPT_OF_TOO_LONG]
    assert found.lines == [(1, b"a"), (3, b"b")]
    assert found.rejects == [Reject(2, "too_long", beginning), Reject(4, "too_long", beginning)]


@pytest.mark.parametrize("length", [200_000, LONGEST_LINE])
def test_long_lines_are_lines(tmp_path: Path, length: int) -> None:
    long = b"x" * length
    assert read(tmp_path, b"a\n" + long + b"\nb\n").lines == [(1, b"a"), (2, long), (3, b"b")]
