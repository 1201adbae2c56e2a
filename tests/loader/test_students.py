"""The two ways of mapping give the same bytes, and rows are read exactly, whatever stands in them."""

from __future__ import annotations

from pathlib import Path

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from staffroom.loader.batches import chosen, cut
from staffroom.loader.lines import Block, blocks
from staffroom.loader.mapping import load_mapping
from staffroom.loader.rows import Aside, Row, Shape, read_rows
from staffroom.loader.students import Mapped, Mapper, Unknown
from tests.loader.files import AVA, HEADER, line, student

CALIFORNIA = load_mapping("california", Path())


def shape(encoding: str = "latin1") -> Shape:
    return Shape(tuple(HEADER), "^".join(HEADER).encode(), "^", encoding, "SSID")


def mapper(unknown: Unknown | None = None, encoding: str = "latin1") -> Mapper:
    return Mapper(CALIFORNIA, shape(encoding), unknown or Unknown(), ids=True)


def packed(mapped: Mapped) -> tuple[bytes, list[int], list[int], list[str]]:
    end = mapped.ends[len(mapped)]
    return (
        bytes(mapped.data[:end]),
        list(mapped.ends[: len(mapped) + 1]),
        list(mapped.lines),
        list(mapped.ids),
    )


VALUES = st.one_of(
    st.sampled_from(
        ["", "Yes", "YES", "yes", " yes", "No", "KN", "US", "UE", "05", " 05 ", "K2", "ſ", "YEſ"]
    ),
    st.text(
        st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters='^"\\\n\r\ufeff'), max_size=8
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(VALUES, min_size=len(HEADER), max_size=len(HEADER)), min_size=1, max_size=6))
def test_polars_and_the_careful_way_give_the_same_bytes(rows: list[list[str]]) -> None:
    data = "".join(f"{'^'.join(row)}\n" for row in rows).encode()
    quick, slow = Unknown(), Unknown()
    fast = mapper(quick, "utf-8").fast(Block(2, data))
    careful = mapper(slow, "utf-8").careful(Block(2, data))
    if fast is not None:
        assert packed(fast) == packed(careful)
        assert quick.columns == slow.columns
    by_row = Mapper(CALIFORNIA, shape("utf-8"), Unknown())._payload
    assert packed(careful)[0] == b"".join(by_row(row) for row in rows)


def test_plain_blocks_are_mapped_by_polars() -> None:
    data = (line(AVA) + "\n" + line(student(1)) + "\n").encode("latin1")
    assert mapper().fast(Block(2, data)) is not None
    assert mapper().fast(Block(2, data.replace(b"\n", b"\r\n"))) is not None
    assert mapper().fast(Block(2, data.replace(b"Ava", b'"Ava"'))) is None


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 400), st.sampled_from(["", '"', '"x^y"', '"two\nlines"', "\r", "\\", "too^many"]))
def test_where_the_bytes_are_cut_changes_nothing(size: int, odd: str) -> None:
    rows = [student(number, FirstName=odd if number == 2 else "Plain") for number in range(5)]
    data = "".join(f"{line(row)}\n" for row in rows).encode()
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    whole = [packed(one) for one in mapper().rows([data], first_line=2)]
    cuts = [packed(one) for one in mapper().rows(pieces, first_line=2)]
    assert b"".join(one[0] for one in cuts) == b"".join(one[0] for one in whole)
    assert [number for one in cuts for number in one[2]] == [number for one in whole for number in one[2]]


def small(*lines: str) -> list[Row | Aside]:
    made = Shape(("a", "b", "c"), b"a^b^c", "^", "utf-8", "a")
    rows, rest, _ = read_rows("".join(f"{one}\n" for one in lines).encode(), 2, made, last=True)
    assert rest == b""
    return rows


def test_quotes_hold_delimiters_line_ends_and_doubled_quotes() -> None:
    assert small('1^"x^y"^z', '2^"two', 'lines"^z', '3^"say ""hi"""^z') == [
        Row(2, ["1", "x^y", "z"]),
        Row(3, ["2", "two\nlines", "z"]),
        Row(5, ["3", 'say "hi"', "z"]),
    ]


def test_a_stray_quote_is_a_character_and_swallows_nothing() -> None:
    assert small('1^"Bob^z', "2^Bill^z", '3^Bo"b^z', '4^"Bob" Smith^z', '5^"Bob^z', '6^Bill"^z') == [
        Row(2, ["1", '"Bob', "z"]),
        Row(3, ["2", "Bill", "z"]),
        Row(4, ["3", 'Bo"b', "z"]),
        Row(5, ["4", '"Bob" Smith', "z"]),
        Row(6, ["5", '"Bob', "z"]),
        Row(7, ["6", 'Bill"', "z"]),
    ]


def test_odd_rows_are_set_aside_and_headers_and_blank_lines_are_no_rows() -> None:
    assert small("1^2", "", "a^b^c", "1^2^3^4", "1^2^3") == [
        Aside(2, "1", "fields", "2 fields where the header has 3"),
        Aside(5, "1", "fields", "4 fields where the header has 3"),
        Row(6, ["1", "2", "3"]),
    ]


def test_unknown_grades_are_counted_and_become_ungraded() -> None:
    unknown = Unknown()
    data = "".join(f"{line(student(number, GradeLevelWhenAssessed=grade))}\n" for number, grade in enumerate(
        ["K2", "K2", "US", "UE", "KN", "13"]))  # fmt: skip
    mapped = mapper(unknown).fast(Block(2, data.encode()))
    assert mapped is not None
    rows = orjson.loads(b"[" + bytes(mapped.data[1 : mapped.ends[6]]) + b"]")
    assert [row["gradeLevelWhenAssessed"] for row in rows] == ["UG", "UG", "UG", "UG", "KG", "13"]
    assert {name: dict(values) for name, values in unknown.columns.items()} == {
        "GradeLevelWhenAssessed": {"K2": 2}
    }


def test_batches_are_the_same_however_the_blocks_fall() -> None:
    data = "".join(f"{line(student(number))}\n" for number in range(57)).encode()
    small_blocks = [
        mapped
        for block in blocks([data], first_line=2, size=500)
        for mapped in mapper().rows([block.data], first_line=block.first_line)
    ]
    one = [b"".join(batch.body()) for batch in cut(mapper().rows([data], first_line=2), 10)]
    many = list(cut(small_blocks, 10))
    assert [b"".join(batch.body()) for batch in many] == one
    assert [(batch.number, batch.lines) for batch in many][-1] == (6, (52, 58))
    some = list(chosen(many, start_line=15, limit=20))
    assert [(batch.number, batch.to_send, batch.sent_ranges()) for batch in some] == [
        (2, 7, ((15, 21),)),
        (3, 10, ((22, 31),)),
        (4, 3, ((32, 34),)),
    ]
