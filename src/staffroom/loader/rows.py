"""Lines become rows of fields, exactly, whatever stands in them: the careful way, one line at a time.

A quote opens a field only at its start and closes it only before a delimiter or the end of the row. A quote
that does neither is a character like any other; so is one that never closes. A quoted field may hold line
ends, but lines that are whole rows by themselves are never joined into one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from staffroom.errors import SettingsError

LONGEST_ROW = 1024 * 1024
"""A row of more bytes is set aside."""

MOST_LINES = 100
"""A quoted field whose end does not come within so many lines has no end."""

REASONS = {
    "fields": "It has more or fewer fields than the header.",
    "quote": "A quote in it is neither text nor closed.",
    "encoding": "It has bytes that are no characters in the encoding of the settings.",
    "too_long": "It is longer than 1 MiB.",
    "refused": "The API refused it.",
    "erased": "The student was erased here.",
    "superseded": "A later row of the same student was taken in its place.",
}
"""The vocabulary of ``Aside.reason``."""

SUPERSEDED = "superseded"
ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Aside:
    """A row that was not sent or not taken: where it stands, whose it is as far as known, and why."""

    line: int
    id: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``line`` is the physical line on which it begins."""

    line: int
    fields: list[str]


@dataclass(frozen=True, slots=True)
class Shape:
    """How the rows of a member are written: its header and what separates and encodes its fields."""

    header: tuple[str, ...]
    header_line: bytes
    delimiter: str
    encoding: str
    id_column: str

    @property
    def separator(self) -> bytes:
        return self.delimiter.encode()


def check_encoding(encoding: str, *, place: str) -> None:
    """Raises SettingsError for an encoding that is unknown or whose letters may hold a delimiter."""
    ascii_text = "".join(map(chr, range(128)))
    try:
        fits = ascii_text.encode(encoding) == ascii_text.encode("ascii") and all(
            bytes([byte, ord("^")]).decode(encoding, "replace").endswith("^") for byte in range(128, 256)
        )
    except (LookupError, UnicodeError):
        fits = False
    if not fits:
        raise SettingsError(
            place, f"is {encoding!r}, which no file can be read in.", next_step="Use utf-8, cp1252 or latin1."
        )


def header_of(line: bytes, delimiter: str, encoding: str) -> tuple[str, ...]:
    """The names of the columns. Raises UnicodeDecodeError."""
    line = line.removeprefix(b"\xef\xbb\xbf").rstrip(b"\r\n")
    fields = split_quoted(line, delimiter.encode())
    names = fields if isinstance(fields, list) else line.split(delimiter.encode())
    return tuple(name.decode(encoding).strip() for name in names)


def read_rows(
    data: bytes, first_line: int, shape: Shape, *, last: bool
) -> tuple[list[Row | Aside], bytes, int]:
    """The rows of whole lines; what a quoted field may continue in the next block; the line of that rest.

    Blank lines and repeated headers are no rows. With ``last`` nothing follows, so nothing is left over.
    """
    lines = data.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    rows: list[Row | Aside] = []
    at = 0
    while at < len(lines):
        line = lines[at].removesuffix(b"\r")
        if line == shape.header_line or (not line.strip() and shape.separator not in line):
            at += 1
            continue
        if len(line) > LONGEST_ROW:
            rows.append(aside(line, first_line + at, shape, "too_long", f"{len(line):,} bytes"))
            at += 1
            continue
        fields, used = _fields(lines, at, shape)
        if used == 0 and not last:
            return rows, b"\n".join(lines[at:]) + b"\n", first_line + at
        rows.append(_row(fields, line, first_line + at, shape))
        at += used or 1
    return rows, b"", first_line + at


def _fields(lines: Sequence[bytes], at: int, shape: Shape) -> tuple[list[bytes] | None, int]:
    """The fields of the row that begins with line ``at`` and how many lines it takes.

    0 lines: the end of its quoted field has not come yet. No fields: a quote cannot be understood.
    """
    line = lines[at].removesuffix(b"\r")
    plain = line.split(shape.separator)
    if b'"' not in line:
        return plain, 1
    if every := _all_quoted(line, shape):
        return every, 1
    alone = plain if len(plain) == len(shape.header) else None
    fields = split_quoted(line, shape.separator)
    if fields is None or (fields is not OPEN and alone and len(fields) != len(alone)):
        return alone, 1
    if fields is not OPEN:
        return list(fields), 1
    for more in range(1, MOST_LINES):
        if at + more >= len(lines):
            return alone, 0
        if b'"' not in lines[at + more]:
            continue
        joined = b"\n".join(lines[at : at + more + 1]).removesuffix(b"\r")
        fields = split_quoted(joined, shape.separator)
        if fields is OPEN and len(joined) <= LONGEST_ROW:
            continue
        followers = lines[at : at + more + 1]
        if not fields or len(fields) != len(shape.header) or _rows_by_themselves(followers, shape):
            return alone, 1
        return list(fields), more + 1
    return alone, 1


def _all_quoted(line: bytes, shape: Shape) -> list[bytes] | None:
    """The fields of a row in which each is quoted and holds no quote; a short way for files written so."""
    if line[:1] == line[-1:] == b'"' and line.count(b'"') == 2 * len(shape.header) and len(line) > 1:
        fields = line[1:-1].split(b'"' + shape.separator + b'"')
        return fields if len(fields) == len(shape.header) else None
    return None


def _rows_by_themselves(lines: Sequence[bytes], shape: Shape) -> bool:
    return all(line.count(shape.separator) == len(shape.header) - 1 for line in lines)


OPEN: tuple[bytes, ...] = ()
"""What ``split_quoted`` gives for a quoted field that does not end."""


def split_quoted(line: bytes, separator: bytes) -> Sequence[bytes] | None:
    """The fields of a row; OPEN where a quoted one does not end; None where a closing quote ends no field."""
    fields: list[bytes] = []
    at = 0
    while True:
        if line[at : at + 1] == b'"':
            end = _closing_quote(line, at + 1)
            if end < 0:
                return OPEN
            if line[end + 1 : end + 2] not in (b"", separator):
                return None
            fields.append(line[at + 1 : end].replace(b'""', b'"'))
            at = end + 1
        else:
            end = line.find(separator, at)
            end = len(line) if end < 0 else end
            fields.append(line[at:end])
            at = end
        if at >= len(line):
            return fields
        at += 1


def _closing_quote(line: bytes, at: int) -> int:
    while (at := line.find(b'"', at)) >= 0 and line[at + 1 : at + 2] == b'"':
        at += 2
    return at


def _row(fields: list[bytes] | None, line: bytes, number: int, shape: Shape) -> Row | Aside:
    if fields is None:
        return aside(line, number, shape, "quote", REASONS["quote"])
    if len(fields) != len(shape.header):
        detail = f"{len(fields)} fields where the header has {len(shape.header)}"
        return aside(line, number, shape, "fields", detail)
    try:
        if b"\0" not in line and len(fields) > 1:
            return Row(number, b"\0".join(fields).decode(shape.encoding).split("\0"))
        return Row(number, [field.decode(shape.encoding) for field in fields])
    except UnicodeDecodeError:
        return _misfit(fields, line, number, shape)


def _misfit(fields: list[bytes], line: bytes, number: int, shape: Shape) -> Aside:
    """The row set aside for the first field that has bytes which are no characters."""
    for name, field in zip(shape.header, fields, strict=True):
        try:
            field.decode(shape.encoding)
        except UnicodeDecodeError as error:
            bad = field[error.start : error.end].hex(" ")
            return aside(line, number, shape, "encoding", f"bytes {bad} in {name}")
    raise AssertionError("fields that fit one by one fit together")


def aside(line: bytes, number: int, shape: Shape, reason: str, detail: str) -> Aside:
    """A row set aside, with its id where the row can still be told apart that far."""
    fields = line[:LONGEST_ROW].split(shape.separator)
    place = shape.header.index(shape.id_column)
    known = fields[place] if place < len(fields) and len(fields[place]) <= 100 else b""
    return Aside(number, known.decode(shape.encoding, "backslashreplace").strip(), reason, detail)
