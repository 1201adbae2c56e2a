"""A mapping made ready for one header, twice: for rows one by one, and for blocks of them in Polars.

A row's payload begins with a comma, so that payloads beside each other are the inside of a JSON array.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, islice, product

import orjson
import polars as pl

from staffroom.loader.mapping import Field, Mapping

Unknown = Callable[[str, str, int], None]
"""Told of a column, a value in it that its table does not know, and how often."""

MOST_FLAGS = 8
"""So many flags beside each other are looked up as one text out of 2 to that power."""


def is_true(value: str, true_words: Sequence[str]) -> bool:
    """Whether ``value`` is one of the words, whatever its case or width."""
    return unicodedata.normalize("NFKD", value.casefold()) in true_words


def by_row(mapping: Mapping, header: Sequence[str], unknown: Unknown) -> Callable[[Sequence[str]], bytes]:
    """The function from a row's fields to its payload."""
    made = [
        (_key(field, first=number == 0), _value(field, mapping, header, unknown))
        for number, field in enumerate(mapping.fields)
    ]

    def payload(fields: Sequence[str]) -> bytes:
        return b"".join([key + value(fields) for key, value in made]) + b"}"

    return payload


def _key(field: Field, *, first: bool) -> bytes:
    return (b",{" if first else b",") + orjson.dumps(field.key) + b":"


def _value(
    field: Field, mapping: Mapping, header: Sequence[str], unknown: Unknown
) -> Callable[[Sequence[str]], bytes]:
    places = [header.index(column) for column in field.columns]
    if field.kind == "flag":
        return lambda fields: b"true" if is_true(fields[places[0]], mapping.true_words) else b"false"
    if field.kind == "text":
        return lambda fields: _text(field, [fields[place] for place in places])
    if field.kind == "mapped":
        return lambda fields: _looked_up(field, fields[places[0]].strip(), unknown)
    return lambda fields: field.fixed  # noqa: ARG005 - no column decides it


def _text(field: Field, values: list[str]) -> bytes:
    text = "".join(value.strip() for value in values) if field.strip else "".join(values)
    return b"null" if field.blank_is_null and not text else orjson.dumps(text)


def _looked_up(field: Field, value: str, unknown: Unknown) -> bytes:
    assert field.table is not None
    found = field.table.known.get(value)
    if found is None:
        unknown(field.columns[0], value, 1)
        return orjson.dumps(field.table.default)
    return orjson.dumps(found)


def by_polars(
    mapping: Mapping, header: Sequence[str], unknown: Unknown
) -> Callable[[pl.DataFrame], pl.Series | None]:
    """The function from a block of rows to their payloads; None where one of them needs care.

    The values must be free of what JSON escapes. Columns of the block are told by place, not by name.
    """
    columns = {name: str(place) for place, name in reversed(list(enumerate(header)))}
    template = pl.concat_str(_joined(_parts(mapping, columns)))
    flags = [pl.col(columns[field.columns[0]]) for field in mapping.fields if field.kind == "flag"]
    foreign = pl.any_horizontal([(flag.str.len_bytes() != flag.str.len_chars()).any() for flag in flags])
    mapped = [field for field in mapping.fields if field.kind == "mapped"]

    def payloads(frame: pl.DataFrame) -> pl.Series | None:
        if flags and frame.select(foreign).item():
            return None  # a word in other letters may still be a true word
        for field in mapped:
            _count_unknown(field, frame[columns[field.columns[0]]].str.strip_chars(), unknown)
        return frame.select(template).to_series()

    return payloads


def _count_unknown(field: Field, values: pl.Series, unknown: Unknown) -> None:
    assert field.table is not None
    others = values.filter(~values.is_in(list(field.table.known)))
    for value, count in others.value_counts().iter_rows() if len(others) else ():
        unknown(field.columns[0], value, count)


def _parts(mapping: Mapping, columns: dict[str, str]) -> Iterator[str | pl.Expr]:
    """What a payload is put together of: fixed texts and expressions."""
    first = True
    for kind, fields in groupby(mapping.fields, key=lambda field: field.kind):
        while group := list(islice(fields, MOST_FLAGS if kind == "flag" else 1)):
            if kind == "flag":
                yield _flags(group, mapping, columns, first=first)
            else:
                yield _key(group[0], first=first).decode()
                yield from _polars_value(group[0], columns)
            first = False
    yield "}"


def _joined(parts: Iterator[str | pl.Expr]) -> list[pl.Expr]:
    """Fixed texts beside each other as one."""
    joined: list[pl.Expr] = []
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
            continue
        joined += [pl.lit(text), part]
        text = ""
    return [*joined, pl.lit(text)]


def _flags(group: list[Field], mapping: Mapping, columns: dict[str, str], *, first: bool) -> pl.Expr:
    """Flags beside each other, keys and all: their sum as a number says which of all possible texts it is."""
    spellings = [spelling for word in mapping.true_words for spelling in _spellings(word)]
    number = pl.lit(0, dtype=pl.UInt32)
    for place, field in enumerate(group):
        number = number + pl.col(columns[field.columns[0]]).is_in(spellings).cast(pl.UInt32) * (1 << place)
    texts = []
    for chosen in range(1 << len(group)):
        values = ("true" if chosen >> place & 1 else "false" for place in range(len(group)))
        keys = (_key(field, first=first and place == 0).decode() for place, field in enumerate(group))
        texts.append("".join(key + value for key, value in zip(keys, values, strict=True)))
    return pl.lit(pl.Series(texts)).gather(number)


def _spellings(word: str) -> list[str]:
    """All ways to write a word of ASCII letters, small and large."""
    return ["".join(letters) for letters in product(*({letter, letter.upper()} for letter in word))]


def _polars_value(field: Field, columns: dict[str, str]) -> Iterator[str | pl.Expr]:
    chosen = [pl.col(columns[column]) for column in field.columns]
    if field.kind in ("constant", "null"):
        yield field.fixed.decode()
    elif field.kind == "mapped":
        assert field.table is not None
        known = {key: orjson.dumps(value).decode() for key, value in field.table.known.items()}
        default = orjson.dumps(field.table.default).decode()
        yield chosen[0].str.strip_chars().replace_strict(list(known), list(known.values()), default=default)
    elif field.blank_is_null:
        text = pl.concat_str([column.str.strip_chars() if field.strip else column for column in chosen])
        quoted = pl.concat_str([pl.lit('"'), text, pl.lit('"')])
        yield pl.when(text == "").then(pl.lit("null")).otherwise(quoted)
    else:
        yield '"'
        yield from (column.str.strip_chars() if field.strip else column for column in chosen)
        yield '"'
