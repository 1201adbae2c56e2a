"""Bytes of exports become clean text: what is text stays, what is dirt is mended and counted."""

from __future__ import annotations

import pytest

from staffroom.students.rows.cleaning import Mended, clean
from staffroom.students.rows.records import Record, Records
from staffroom.tally import Reject


def cleaned(data: bytes, size: int = 3, **options: str) -> tuple[str, dict[str, int]]:
    mended = Mended()
    blocks = [data[start : start + size] for start in range(0, len(data), size)]
    text = "".join(clean(blocks, mended, **options)).replace("\0", " ")  # type: ignore[arg-type]
    return text, mended.facts


@pytest.mark.parametrize(
    ("data", "text", "facts"),
    [
        (b'"hi",\\N,"bye"', '"hi",\\N,"bye"', {}),
        (b"sam\x92s caf\xe9", "sam\N{RIGHT SINGLE QUOTATION MARK}s café", {"other_encoding": 2}),
        (b"s\xf2mething", "sòmething", {"other_encoding": 1}),
        ("Zoë García 李 \U0001f600 שלום".encode(), "Zoë García 李 \U0001f600 שלום", {}),
        ("Zoë ".encode() + b"Mu\xf1oz", "Zoë Muñoz", {"other_encoding": 1}),
        (b"a\x81b", "a\ufffdb", {"unreadable": 1}),
        (b'"hi there \\"friend\\" person"', '"hi there ""friend"" person"', {"quotes": 2}),
        (b'"hi there friend\\\\",\\N', '"hi there friend\\\\",\\N', {}),
        (b'"three \\\\\\" of them"', '"three \\\\"" of them"', {"quotes": 1}),
        (b'"mom sick\\\r\n\\\\","2015-03-01"', '"mom sick \\\\","2015-03-01"', {"line_ends": 1}),
        (b'"hi there\\\r\n person"', '"hi there  person"', {"line_ends": 1}),
        (
            b'"he was saying: \\"no.\\"\\"no way\\" to me\\\\"',
            '"he was saying: ""no.""""no way"" to me\\\\"',
            {"quotes": 4},
        ),
        (b"a\x00b", "ab", {"nulls": 1}),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_dirt_is_mended_and_counted(data: bytes, text: str, facts: dict[str, int], size: int) -> None:
    assert cleaned(data, size) == (text, facts)


def test_a_bare_carriage_return_is_a_space_where_lines_end_otherwise() -> None:
    assert cleaned(b"id,name\r\n1,Mari\rKenobi\r\n", 1000) == (
        "id,name\n1,Mari Kenobi\n",
        {"carriage_returns": 1},
    )


def test_a_bare_carriage_return_is_the_line_end_where_there_is_no_other() -> None:
    assert cleaned(b"id,name\r1,Mari\r2,Amir\r", 1000) == ("id,name\n1,Mari\n2,Amir\n", {})


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_a_byte_order_mark_says_the_encoding(encoding: str) -> None:
    mark = "" if encoding in ("utf-16", "utf-8-sig") else "\ufeff"
    assert cleaned(f"{mark}id,name\n1,Zoë\n".encode(encoding)) == ("id,name\n1,Zoë\n", {})


def test_backslashes_stay_where_they_are_no_escapes() -> None:
    mended = Mended()
    assert "".join(clean([b'"C:\\","x"'], mended, backslash_escapes=False)) == '"C:\\","x"'
    assert mended.facts == {}


def read(text: str, width: int = 0) -> list[tuple[int, list[str]] | tuple[int, str]]:
    records = Records([text])
    records.width = width
    return [
        (item.line, item.fields) if isinstance(item, Record) else (item.line, item.reason) for item in records
    ]


def test_a_quoted_field_may_hold_line_ends_and_quotes() -> None:
    assert read('a,b\n"1\n2","say ""no"""\n\n3,4\n', 2) == [
        (1, ["a", "b"]),
        (2, ["1\n2", 'say "no"']),
        (5, ["3", "4"]),
    ]


def test_a_quote_that_never_closes_costs_its_own_line_alone() -> None:
    lines = ['1,5 ft 10" tall', "2,Amir", '3,"Kylo', "4,Ryan", "5,Mari"]
    assert read("\n".join(lines), 2) == [
        (1, "quote"),
        (2, ["2", "Amir"]),
        (3, "quote"),
        (4, ["4", "Ryan"]),
        (5, ["5", "Mari"]),
    ]


def test_rows_of_another_width_are_set_aside() -> None:
    assert read("1,2\n1\n1,2,3\n1,2,,\n", 2) == [
        (1, ["1", "2"]),
        (2, "fields"),
        (3, "fields"),
        (4, ["1", "2"]),
    ]


def test_a_line_end_that_was_mended_counts_as_a_line() -> None:
    texts = clean([b'"a\\\r\nb",1\r\n2,3\r\n'], Mended())
    items = list(Records(texts))
    assert items == [Record(1, ["a b", "1"], '"a\0b",1'), Record(3, ["2", "3"], "2,3")]


def test_a_line_without_end_is_bounded() -> None:
    blocks = ["1,2\n", *("x" * 300_000 for _ in range(8)), "\n3,4\n"]
    assert list(Records(blocks)) == [
        Record(1, ["1", "2"], "1,2"),
        Reject(2, "too_long", b""),
        Record(3, ["3", "4"], "3,4"),
    ]
