"""A row of a batch becomes a record, or the reasons why it cannot; no row's fault touches its neighbours.

Nearly every value has been seen before (grades, days, schools, names), so each field remembers what it made
of a text; only new texts are read by the field's own rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from staffroom.registry.fields import (
    FLAGS,
    NAMES,
    OPEN_FLAGS,
    REQUIRED_FLAGS,
    SSID,
    STATE,
    TEXTS,
    Record,
    Text,
)

REMEMBERED = 50_000
"""So many texts of a field are remembered; the rest are read again and again."""
LONGEST_REMEMBERED = 200
LONGEST_SHOWN = 40
"""Of what was sent, an error repeats no more than so many characters."""

_TEXT_COUNT, _REQUIRED_COUNT = len(TEXTS), len(REQUIRED_FLAGS)
_values = itemgetter(*NAMES)
_BOOL, _MAYBE = {bool}, {bool, type(None)}
_WORDS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with a field of a row. ``row`` counts from 1; ``field`` is empty for the whole row."""

    row: int
    ssid: str
    field: str
    code: str
    message: str


Faults = tuple[RowError, ...]


class Judge:
    """Reads the rows of batches of one ``state``; it is kept from batch to batch for what it remembers."""

    def __init__(self, state: str) -> None:
        self.state = state
        self._seen: list[dict[Any, str]] = [{"": "", None: ""} if not text.required else {} for text in TEXTS]
        self._lookups = [
            seen.get if text.repeats else text.read for seen, text in zip(self._seen, TEXTS, strict=True)
        ]

    def read(self, number: int, row: object) -> Record | Faults:
        """The record of a row, or what is wrong with it, field by field."""
        if type(row) is not dict:
            return (RowError(number, "", "", "not_an_object", "A row has to be a JSON object."),)
        try:
            values = _values(row)
            texts = [lookup(value) for lookup, value in zip(self._lookups, values, strict=False)]
        except (AttributeError, KeyError, TypeError):  # a field is not there, or holds something strange
            return self._read_slowly(number, row)
        flags = values[_TEXT_COUNT:]
        if len(row) != len(NAMES) or ({*map(type, flags)} != _BOOL and not _are_flags(flags)):
            return self._read_slowly(number, row)
        if None in texts:
            for place, text in enumerate(texts):
                if text is None:
                    texts[place] = text = self._read_text(place, values[place])
                    if text is None:
                        return self._read_slowly(number, row)
        if texts[STATE] != self.state:
            return self._read_slowly(number, row)
        return [*texts, *flags]

    def _read_text(self, place: int, value: object) -> str | None:
        """The text as it is kept, '' for none; None where it breaks the field's rule."""
        field = TEXTS[place]
        if value is None or type(value) is not str:
            return "" if value is None and not field.required else None
        trimmed = value.strip()
        read = field.read(trimmed) if trimmed else (None if field.required else "")
        seen = self._seen[place]
        if read is not None and field.repeats and len(value) <= LONGEST_REMEMBERED and len(seen) < REMEMBERED:
            seen[value] = read
        return read

    def _read_slowly(self, number: int, row: Mapping[str, Any]) -> Record | Faults:
        ssid = shown(row.get(TEXTS[SSID].name))
        errors: list[RowError] = []
        record: Record = []
        for place, field in enumerate(TEXTS):
            text = self._read_text(place, row.get(field.name))
            record.append(text)
            if text is None:
                errors.append(RowError(number, ssid, field.name, *_fault(field, row.get(field.name))))
            elif place == STATE and text != self.state:
                told = f"The batch is of {self.state}, this student of {text}."
                errors.append(RowError(number, ssid, field.name, "wrong_state", told))
        for name in FLAGS:
            value = row.get(name)
            flag = _WORDS.get(value.strip().lower(), value) if type(value) is str else value
            record.append(flag)
            if fault := _flag_fault(name, flag):
                errors.append(RowError(number, ssid, name, *fault))
        errors += [
            RowError(number, ssid, shown(name), "unknown_field", "There is no such field.")
            for name in sorted(row.keys() - {*NAMES})[:LONGEST_SHOWN]
        ]
        return tuple(errors) or record


def _are_flags(flags: tuple[Any, ...]) -> bool:
    """Whether those that have to be known are, and the others are flags or null."""
    return {*map(type, flags[:_REQUIRED_COUNT])} == _BOOL and {*map(type, flags)} <= _MAYBE


def shown(value: object) -> str:
    """As much of what was sent as an error may repeat: a short text, printable."""
    text = value if isinstance(value, str) else ""
    short = text.strip()[:LONGEST_SHOWN]
    return short if short.isprintable() else "".join(c if c.isprintable() else "?" for c in short)


def _fault(field: Text, value: object) -> tuple[str, str]:
    """The code and message of a text that was not taken; it never repeats the value."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return "required", "It may not be empty."
    if not isinstance(value, str):
        return "wrong_type", "It has to be a text."
    return field.code, f"It has to be {field.rule}."


def _flag_fault(name: str, flag: object) -> tuple[str, str] | None:
    if type(flag) is bool or (flag is None and name in OPEN_FLAGS):
        return None
    if flag is None:
        return "required", "It has to be true or false."
    return "wrong_type", "It has to be true or false."
