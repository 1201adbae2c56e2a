"""A file of students, whole or still arriving: its members, who it is, and its rows mapped in order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from staffroom.intake.archives.unpacking import Member, RandomAccess, read_member
from staffroom.loader.errors import NothingToSend
from staffroom.loader.mapping import Mapping
from staffroom.loader.rows import Shape, header_of
from staffroom.loader.settings import LoaderSettings
from staffroom.loader.students import Mapped, Mapper, Unknown

LONGEST_HEADER = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StudentFile:
    """A file and what is in it. ``whole`` says whether all of it is here, or it still arrives."""

    name: str
    access: RandomAccess
    members: tuple[Member, ...]
    whole: bool

    def read(self, member: Member) -> Iterator[bytes]:
        return read_member(self.access, member)


@dataclass(slots=True)
class Read:
    """What a reading has met: columns without use, by member; values that no table knows."""

    unknown: Unknown = field(default_factory=Unknown)
    unused: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, Any]:
        """What was met, as a report tells it."""
        unknown = {name: dict(values) for name, values in self.unknown.columns.items()}
        return {"unknown_values": unknown, "unused_columns": self.unused}


def students_in(
    access: RandomAccess, members: tuple[Member, ...], *, whole: bool, first_only: bool
) -> StudentFile:
    """The file of these members, or of the first."""
    return StudentFile(access.name, access, members[:1] if first_only else members, whole)


def members_digest(file: StudentFile) -> str:
    """What an archive's own checksums say of its content; empty where it has none."""
    if any(member.crc is None for member in file.members):
        return ""
    facts = [(member.name, member.size, member.crc) for member in file.members]
    return hashlib.blake2b(repr(facts).encode(), digest_size=16).hexdigest()


def content_digest(file: StudentFile, path: Path) -> str:
    """What tells this file's content from any other: an archive's checksums, else a digest of the file."""
    if digest := members_digest(file):
        return digest
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def check_headers(file: StudentFile, mapping: Mapping, settings: LoaderSettings) -> None:
    """Raises ColumnMissing or NothingToSend for any member, before a row is sent; only for a whole file."""
    for member in file.members:
        _, shape = _headed(file, member, mapping, settings)
        mapping.check_header(shape.header, place=f"{file.name} {member.name}")


def read_students(
    file: StudentFile, mapping: Mapping, settings: LoaderSettings, read: Read, *, ids: bool
) -> Iterator[Mapped]:
    """All rows of all members, lines numbered through. Raises ColumnMissing, NothingToSend …"""
    line = 1
    rows = 0
    for member in file.members:
        pieces, shape = _headed(file, member, mapping, settings)
        read.unused[member.name] = mapping.check_header(shape.header, place=f"{file.name} {member.name}")
        counter = _LineCounter(pieces)
        mapper = Mapper(mapping, shape, read.unknown, ids=ids)
        for mapped in mapper.rows(counter.pieces(), first_line=line + 1):
            rows += len(mapped)
            yield mapped
        line += 1 + counter.lines
    if not rows:
        raise NothingToSend(file.name, "holds a header and no students.", happened="Nothing was sent.")


def _headed(
    file: StudentFile, member: Member, mapping: Mapping, settings: LoaderSettings
) -> tuple[Iterator[bytes], Shape]:
    """The member's bytes after its header, and what the header says."""
    pieces = file.read(member)
    head = b""
    while b"\n" not in head and len(head) <= LONGEST_HEADER:
        piece = next(pieces, b"")
        if not piece:
            break
        head += piece
    first, _, rest = head.partition(b"\n")
    first = first.removesuffix(b"\r")
    if not first.strip() or len(first) > LONGEST_HEADER:
        problem = "is empty" if not head else "begins with no header"
        raise NothingToSend(f"{file.name} {member.name}", f"{problem}.", happened="Nothing of it was sent.")
    try:
        header = header_of(first, settings.delimiter, settings.encoding)
    except UnicodeDecodeError:
        raise NothingToSend(
            f"{file.name} {member.name}",
            f"its header is not written in {settings.encoding}.",
            happened="None of its rows was sent.",
            next_step="Set [loader] encoding.",
        ) from None
    shape = Shape(header, first, settings.delimiter, settings.encoding, mapping.id_column)
    return _after(rest, pieces), shape


def _after(rest: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    if rest:
        yield rest
    yield from pieces


class _LineCounter:
    """Passes a member's bytes on and counts its physical lines, the last one whether it is ended or not."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._ends = 0
        self._last = b"\n"

    def pieces(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self._ends += piece.count(b"\n")
            self._last = piece[-1:] or self._last
            yield piece

    @property
    def lines(self) -> int:
        return self._ends + (self._last != b"\n")
