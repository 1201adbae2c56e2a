"""Names as people type them: without accents, in parts, in any order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_ACUTE = "´"
"""Typed for an apostrophe; Unicode takes it apart into a space and a mark."""
_MARKS = re.compile(
    "['’‘ʼ`\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
"""Apostrophes, and what stands above and below letters."""
_BETWEEN = re.compile('[-‐‑–—\u05be,.;:/()"“”]')
_LETTERS = {
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "ı": "i",
    "ħ": "h",
    "ŋ": "n",
}
"""Letters that Unicode does not take apart into a plain one and its mark."""
_APART = "\0"


def folded(text: str) -> str:
    """Small, without accents and apostrophes, a space for a hyphen: “O’Neill-Łukasz” is “oneill lukasz”."""
    text = text.replace(_ACUTE, "").casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        for letter, plain in _LETTERS.items():
            text = text.replace(letter, plain)
    return _BETWEEN.sub(" ", _MARKS.sub("", text))


def folded_all(texts: Iterable[str]) -> list[str]:
    """Each text ``folded``, all in one go: 20,000 names take 17 ms so, one by one 29."""
    texts = [text.replace(_APART, " ") for text in texts]
    return folded(_APART.join(texts)).split(_APART) if texts else []


def words_of(text: str) -> tuple[str, ...]:
    """What somebody searches for, word by word, each once."""
    return tuple(dict.fromkeys(folded(text).split()))


def holds(text: str, words: Iterable[str]) -> bool:
    """Whether each of ``words`` stands somewhere in ``text``, which is folded."""
    return all(word in text for word in words)
