"""What a file's columns become in a payload, declared in TOML: another state's file or API needs no code."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping as Pairs
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson

from staffroom.config import fit
from staffroom.errors import SettingsError
from staffroom.loader.errors import ColumnMissing

KINDS = ("text", "flag", "mapped", "constant", "null")


LONGEST_WORD = 8


@dataclass(frozen=True, slots=True)
class Table:
    """A section ``[maps.<name>]``: a value becomes another; ``same`` stay, what is in neither ``default``."""

    default: str
    same: tuple[str, ...] = ()
    values: Pairs[str, str] = field(default_factory=dict)

    @property
    def known(self) -> dict[str, str]:
        """What each known value becomes."""
        return {**{value: value for value in self.same}, **self.values}


@dataclass(frozen=True, slots=True)
class Field:
    """One key of the payload and what it is made of: ``kind`` is one of KINDS."""

    key: str
    kind: str
    columns: tuple[str, ...] = ()
    strip: bool = True
    blank_is_null: bool = False
    table: Table | None = None
    constant: Any = None

    @property
    def fixed(self) -> bytes:
        """The JSON of a field that no column decides."""
        return orjson.dumps(self.constant)


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping. ``digest`` is of its text: another mapping makes other batches."""

    name: str
    id_key: str
    true_words: tuple[str, ...]
    fields: tuple[Field, ...]
    removal: Pairs[str, str]
    """What is sent for a student to be deleted; ``{id}`` stands for the id."""
    digest: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a file must have, each once, in the order of the payload."""
        return tuple(dict.fromkeys(column for field in self.fields for column in field.columns))

    @property
    def id_column(self) -> str:
        """The column that names a student."""
        return next(field.columns[0] for field in self.fields if field.key == self.id_key)

    def removal_of(self, student: str) -> dict[str, str]:
        """What asks for one student to be deleted."""
        return {key: student if value == "{id}" else value for key, value in self.removal.items()}

    def check_header(self, header: Sequence[str], *, place: str) -> tuple[str, ...]:
        """The columns of ``header`` that the mapping has no use for. Raises ColumnMissing."""
        missing = [column for column in self.columns if column not in header]
        twice = [column for column in self.columns if header.count(column) > 1]
        if missing or twice:
            what = f"lacks {', '.join(missing)}" if missing else f"has {', '.join(twice)} more than once"
            raise ColumnMissing(
                place,
                f"its header {what}.",
                happened="None of its rows was sent.",
                next_step=f"Is the delimiter right? Else mend the file or the mapping {self.name}.",
            )
        return tuple(column for column in header if column not in self.columns)


def load_mapping(name: str, root: Path) -> Mapping:
    """The mapping of that file below ``root``, or the one that Staffroom brings along under that name.

    Raises SettingsError where it does not hold together.
    """
    place = f"mapping {name}"
    path = root / name if name.endswith(".toml") else files(__package__) / "mappings" / f"{name}.toml"
    try:
        text = path.read_text("utf-8")
        content = tomllib.loads(text)
    except OSError:
        known = sorted(
            item.name.removesuffix(".toml") for item in (files(__package__) / "mappings").iterdir()
        )
        raise SettingsError(
            place, "is not there.", next_step=f"Name a .toml file, or one of {', '.join(known)}."
        ) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            place, f"cannot be read as TOML: {error}.", next_step="Correct the file at that place."
        ) from None
    return _mapping(content, place, name, hashlib.blake2b(text.encode(), digest_size=8).hexdigest())


def _mapping(content: dict[str, Any], place: str, name: str, digest: str) -> Mapping:
    unknown = [key for key in content if key not in ("id", "true_words", "fields", "maps", "removal")]
    if unknown:
        raise SettingsError(
            place, f"has {unknown[0]!r}, which is not id, true_words, fields, maps or removal."
        )
    tables = {
        key: fit(Table, value, place=f"{place} [maps.{key}]")
        for key, value in content.get("maps", {}).items()
    }
    given = content.get("fields", {})
    fields = tuple(_field(key, value, tables, f"{place} field {key}") for key, value in given.items())
    id_key = content.get("id")
    named = [field for field in fields if field.key == id_key]
    if not named or named[0].kind != "text" or len(named[0].columns) != 1:
        raise SettingsError(f"{place} id", "must name a field that is the text of one column.")
    words = tuple(str(word) for word in content.get("true_words", ["yes"]))
    if not all(word.isascii() and word == word.lower() and 0 < len(word) <= LONGEST_WORD for word in words):
        raise SettingsError(
            f"{place} true_words", f"must be small ASCII words of up to {LONGEST_WORD} letters."
        )
    removal = {key: str(value) for key, value in content.get("removal", {"id": "{id}"}).items()}
    return Mapping(name, str(id_key), words, fields, removal, digest)


def _field(key: str, value: Any, tables: dict[str, Table], place: str) -> Field:
    kinds = [kind for kind in KINDS if isinstance(value, dict) and kind in value]
    if len(kinds) != 1:
        raise SettingsError(place, f"must be exactly one of {', '.join(KINDS)}.")
    kind = kinds[0]
    options = {"strip", "blank_is_null"} if kind == "text" else {"by"} if kind == "mapped" else set()
    unknown = [option for option in value if option != kind and option not in options]
    if unknown:
        raise SettingsError(f"{place} {unknown[0]}", f"is nothing that a {kind} field has.")
    if kind in ("constant", "null"):
        return Field(key, kind, constant=value["constant"] if kind == "constant" else None)
    columns = tuple(value[kind]) if isinstance(value[kind], list) and kind == "text" else (value[kind],)
    if not columns or not all(isinstance(column, str) and column for column in columns):
        raise SettingsError(place, "must name a column.")
    if kind == "mapped" and value.get("by") not in tables:
        raise SettingsError(place, f"must say by which of [maps] ({', '.join(tables) or 'there is none'}).")
    return Field(
        key,
        kind,
        columns,
        strip=bool(value.get("strip", True)),
        blank_is_null=bool(value.get("blank_is_null", False)),
        table=tables.get(value.get("by", "")),
    )
