"""One language's translations as a ``.po`` file for people and a ``.mo`` file for programs."""

from __future__ import annotations

import ast
import re
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from staffroom.site.messages.extraction import Message

Translation = tuple[str, ...]
"""The translated text; singular and plural of a message with a plural. Empty texts are missing."""

PLURAL_FORMS = "nplurals=2; plural=(n != 1);"
_FIELD = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)?\s*(".*")$')
_PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w*\}")


@dataclass(frozen=True)
class Catalogue:
    """A language's folder in ``locale``, and what stands in its ``.po`` file."""

    language: str
    folder: Path
    translations: Mapping[Message, Translation]

    @classmethod
    def read(cls, locale: Path, language: str) -> Catalogue:
        folder = locale / language / "LC_MESSAGES"
        path = folder / "django.po"
        text = path.read_text("utf-8") if path.exists() else ""
        return cls(language, folder, dict(_entries(text)))

    def po(self, found: Mapping[Message, Iterable[str]]) -> str:
        """The ``.po`` file for exactly the messages ``found``, in a fixed order, with where they stand."""
        head = [
            'msgid ""',
            'msgstr ""',
            *(_quoted(f"{line}\n") for line in _header(self.language)),
        ]
        blocks = ["\n".join(head)]
        blocks += [self._block(message, places) for message, places in sorted(found.items())]
        return "\n\n".join(blocks) + "\n"

    def mo(self, found: Iterable[Message]) -> bytes:
        """The compiled catalogue; messages without a translation are left out."""
        texts = {"": "".join(f"{line}\n" for line in _header(self.language))}
        for message in found:
            translation = self.translations.get(message, ())
            if all(translation) and translation:
                texts[_key(message)] = "\0".join(translation)
        return _compiled(texts)

    def faults(self, found: Iterable[Message]) -> list[str]:
        """What a translator still has to do, a sentence each."""
        sentences = []
        for message in sorted(found):
            translation = self.translations.get(message, ())
            if not translation or not all(translation):
                sentences.append(f"{self.language}: {message.text!r} is not translated.")
            elif any(_placeholders(text) - _placeholders(*_texts(message)) for text in translation):
                sentences.append(f"{self.language}: {message.text!r} has other placeholders.")
            elif _placeholders(*_texts(message)) - _placeholders(*translation):
                sentences.append(f"{self.language}: {message.text!r} lacks a placeholder.")
        return sentences

    def _block(self, message: Message, places: Iterable[str]) -> str:
        missing = ("", "") if message.plural else ("",)
        translation = self.translations.get(message) or missing
        lines = [f"#: {place}" for place in sorted(places)]
        if message.context:
            lines.append(f"msgctxt {_quoted(message.context)}")
        lines.append(f"msgid {_quoted(message.text)}")
        if message.plural:
            lines.append(f"msgid_plural {_quoted(message.plural)}")
            lines += [f"msgstr[{index}] {_quoted(text)}" for index, text in enumerate(translation)]
        else:
            lines.append(f"msgstr {_quoted(translation[0])}")
        return "\n".join(lines)


def _entries(text: str) -> Iterable[tuple[Message, Translation]]:
    for block in re.split(r"\n\s*\n", text):
        fields: dict[str, str] = {}
        current = ""
        for line in block.splitlines():
            match = _FIELD.match(line)
            if match:
                current = match.group(1) or current
                fields[current] = fields.get(current, "") + ast.literal_eval(match.group(2))
        if fields.get("msgid"):
            translation = tuple(fields[name] for name in sorted(fields) if name.startswith("msgstr"))
            yield (
                Message(fields["msgid"], fields.get("msgid_plural", ""), fields.get("msgctxt", "")),
                translation,
            )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def _header(language: str) -> list[str]:
    return [
        f"Language: {language}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {PLURAL_FORMS}",
    ]


def _texts(message: Message) -> list[str]:
    return [message.text, message.plural] if message.plural else [message.text]


def _placeholders(*texts: str) -> set[str]:
    return {name for text in texts for name in _PLACEHOLDER.findall(text)}


def _key(message: Message) -> str:
    text = "\0".join(_texts(message))
    return f"{message.context}\x04{text}" if message.context else text


def _compiled(texts: Mapping[str, str]) -> bytes:
    """The GNU ``.mo`` format: a header, two tables of (length, offset), then the texts, sorted."""
    pairs = sorted((key.encode(), value.encode()) for key, value in texts.items())
    count = len(pairs)
    keys_at, values_at = 28, 28 + 8 * count
    offset = 28 + 16 * count
    tables, data = [b"", b""], b""
    for side in (0, 1):
        for pair in pairs:
            tables[side] += struct.pack("<II", len(pair[side]), offset)
            data += pair[side] + b"\0"
            offset += len(pair[side]) + 1
    return struct.pack("<7I", 0x950412DE, 0, count, keys_at, values_at, 0, offset) + b"".join(tables) + data
