"""Bytes of a named encoding become text; those that do not fit are reported with their place, and marked."""

from __future__ import annotations

import codecs
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from staffroom.errors import SettingsError

MARK = "\N{REPLACEMENT CHARACTER}"
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
_MARKING = "staffroom.misfit"


@dataclass(frozen=True, slots=True)
class Misfit:
    """Bytes that the encoding has no character for; MARK stands for them in the text."""

    offset: int
    """Of the first of them, from the start of the member."""
    line: int
    """The physical line, from 1."""
    data: bytes


def decoded(
    blocks: Iterable[bytes],
    encoding: str,
    report: Callable[[Misfit], None],
    *,
    otherwise: Callable[[bytes], str] | None = None,
) -> Iterator[str]:
    """The text of ``blocks``, without a byte order mark. Raises SettingsError for an unknown encoding.

    ``otherwise`` says what stands for bytes that do not fit, in the place of MARK.
    """
    decoding = _Decoding(check_encoding(encoding), report, otherwise)
    for block in blocks:
        if text := decoding.text(block):
            yield text
    if text := decoding.text(b"", final=True):
        yield text


def check_encoding(encoding: str) -> str:
    """The name of the decoder. Raises SettingsError for an unknown encoding."""
    try:
        found = codecs.lookup(encoding)
        if not found._is_text_encoding:  # base64 and its like; the standard library asks the same way
            raise LookupError(encoding)
    except LookupError:
        raise SettingsError(
            f"encoding {encoding!r}",
            "is not known.",
            next_step="Use a name such as 'utf-8', 'latin-1' or 'cp1252'.",
        ) from None
    return "utf-8" if found.name == "utf-8-sig" else found.name  # the mark goes in either case


class _Decoding:
    def __init__(
        self,
        encoding: str,
        report: Callable[[Misfit], None],
        otherwise: Callable[[bytes], str] | None,
    ) -> None:
        self._otherwise = otherwise
        self._decoder = codecs.getincrementaldecoder(encoding)(_MARKING)
        self._report = report
        self._offset, self._line = 0, 1
        """Of the first byte that has not become text."""
        self._seen, self._line_seen = 0, 1
        """Up to where in the bytes at hand lines have been counted."""
        self._is_first = True

    def text(self, block: bytes, *, final: bool = False) -> str:
        data = len(self._decoder.getstate()[0]) + len(block)
        self._seen, self._line_seen = 0, self._line
        _at_work.decoding = self
        text = self._decoder.decode(block, final)
        self._offset += data - len(self._decoder.getstate()[0])
        self._line += text.count("\n")
        if self._is_first and text:
            self._is_first = False
            text = text.removeprefix(BYTE_ORDER_MARK)
        return text

    def misfit(self, error: UnicodeDecodeError) -> str:
        """What stands for the bytes at fault."""
        data = error.object
        self._line_seen += data.count(b"\n", self._seen, error.start)
        self._seen = error.start
        fault = data[error.start : error.end]
        self._report(Misfit(self._offset + error.start, self._line_seen, fault))
        return MARK if self._otherwise is None else self._otherwise(fault)


_at_work = threading.local()
"""The decoding that this thread is at: the handler of errors is one for all."""


def _mark(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    text: str = _at_work.decoding.misfit(error)
    return text, error.end


codecs.register_error(_MARKING, _mark)
