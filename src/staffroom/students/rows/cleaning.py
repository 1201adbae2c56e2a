"""Bytes of an SIS export become clean text: encodings, escapes and line ends, each mended and counted.

A line end that was taken out of the middle of a field is kept as ``JOINED``, so that line numbers stay those
of the file; ``records`` makes a space of it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from staffroom.intake.texts import MARK, Misfit, decoded

JOINED = "\0"
"""Stands for a line end within a field; a NUL of the file itself is dropped, for no database takes it."""

LONGEST_RUN = 64 * 1024
"""Of backslashes and carriage returns: what follows a longer one is not looked at together with it."""

_WIDE = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_ESCAPE = re.compile(r'(\\+)("|\r\n)')
_HELD_BACK = re.compile(r"[\\\r]+\Z")


@dataclass(slots=True)
class Mended:
    """What was mended in one file."""

    other_encoding: int = 0
    """Bytes that were not of the file's encoding and were read in the second one."""
    unreadable: int = 0
    """Bytes that are no character in either; a replacement character stands for each."""
    quotes: int = 0
    """Quotes that were escaped with a backslash."""
    line_ends: int = 0
    """Line ends that were escaped with a backslash."""
    carriage_returns: int = 0
    """Carriage returns in the middle of a line."""
    nulls: int = 0
    """NUL characters."""

    @property
    def facts(self) -> dict[str, int]:
        return {name: count for name, count in asdict(self).items() if count}


def clean(
    blocks: Iterable[bytes],
    mended: Mended,
    *,
    encoding: str = "utf-8",
    second_encoding: str = "cp1252",
    backslash_escapes: bool = True,
) -> Iterator[str]:
    """The text of ``blocks`` with ``\\n`` as the only line end. Raises SettingsError for unknown encodings.

    Genuine UTF-8 stays; single bytes that are none are read as ``second_encoding``. UTF-16 is known by its
    byte order mark, whatever the settings say.
    """
    blocks = iter(blocks)
    head = next(blocks, b"")
    found = next((name for mark, name in _WIDE.items() if head.startswith(mark)), encoding)
    fallback = _Fallback(second_encoding, mended)
    texts = decoded(_again(head, blocks), found, fallback.report, otherwise=fallback.text)
    return _mend(texts, mended, backslash_escapes=backslash_escapes)


def _again(head: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from blocks


class _Fallback:
    """Reads what does not fit the first encoding in the second."""

    def __init__(self, encoding: str, mended: Mended) -> None:
        self._encoding = encoding
        self._mended = mended

    def report(self, misfit: Misfit) -> None:
        """``text`` counts."""

    def text(self, data: bytes) -> str:
        text = data.decode(self._encoding, "replace") if self._encoding else MARK * len(data)
        unreadable = text.count(MARK)
        self._mended.unreadable += unreadable
        self._mended.other_encoding += len(text) - unreadable
        return text


def _mend(texts: Iterable[str], mended: Mended, *, backslash_escapes: bool) -> Iterator[str]:
    returns = _Returns(mended)
    rest = ""
    for text in texts:
        nulls = text.count("\0")
        if nulls:
            mended.nulls += nulls
            text = text.replace("\0", "")
        text = rest + text
        held = _HELD_BACK.search(text)
        if held is not None and len(held[0]) < LONGEST_RUN:
            text, rest = text[: held.start()], held[0]
        else:
            rest = ""
        if text:
            yield returns.mend(_unescape(text, mended) if backslash_escapes else text)
    if rest:
        yield returns.mend(rest)


def _unescape(text: str, mended: Mended) -> str:
    if "\\" not in text:
        return text

    def plain(match: re.Match[str]) -> str:
        slashes, what = match[1], match[2]
        if len(slashes) % 2 == 0:  # each escapes the next; what follows is not escaped
            return match[0]
        if what == '"':
            mended.quotes += 1
            return slashes[:-1] + '""'
        mended.line_ends += 1
        return slashes[:-1] + JOINED

    return _ESCAPE.sub(plain, text)


class _Returns:
    """Makes one line end of all. What a carriage return alone means shows in the file's first block."""

    def __init__(self, mended: Mended) -> None:
        self._mended = mended
        self._alone = ""

    def mend(self, text: str) -> str:
        if "\r" not in text:
            self._alone = self._alone or " "
            return text
        text = text.replace("\r\n", "\n")
        self._alone = self._alone or (" " if "\n" in text else "\n")
        alone = text.count("\r")
        if alone and self._alone == " ":
            self._mended.carriage_returns += alone
        return text.replace("\r", self._alone)
