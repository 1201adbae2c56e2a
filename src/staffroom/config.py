"""One instance's settings and secrets, read once at the edge and passed on as frozen values.

An instance is a folder: ``staffroom.toml`` (public settings, commented), ``secrets.toml`` (readable by
its owner alone) and the data. Each room declares its own section as a frozen dataclass; a key that the
dataclass does not have is an error that suggests the nearest one.
"""

from __future__ import annotations

import dataclasses
import difflib
import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from staffroom.errors import SettingsError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

SETTINGS_FILE = "staffroom.toml"
SECRETS_FILE = "secrets.toml"
SECRET_PREFIX = "STAFFROOM_SECRET_"  # noqa: S105 - the name of a variable, not a secret

LANGUAGES = {"en": "English", "es": "Español"}
"""The languages that pages speak, each with its own name for itself."""

LEAST = "least"

T = TypeVar("T", bound="DataclassInstance")


def at_least(least: int, *, default: int) -> int:
    """The field of a whole number that may not be smaller."""
    return field(default=default, metadata={LEAST: least})


@dataclass(frozen=True, slots=True)
class Institution:
    """Who this instance serves."""

    name: str = "Unnamed institution"
    """Stands on every page."""
    time_zone: str = "UTC"
    """Days, weeks and the schedule are of this zone, such as America/Santiago. Another one later needs
    a rebuild of the store."""
    school_year_starts: str = "08-01"
    """Month and day, MM-DD."""
    language: str = "en"
    """The language of pages for those who state none: en or es."""
    demo: bool = False
    """Marks every page as a demonstration with invented people."""

    @property
    def zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise SettingsError(
                f"{SETTINGS_FILE} [institution] time_zone",
                f"{self.time_zone!r} is not a known time zone.",
                next_step="Use a name such as 'America/Santiago' or 'UTC'.",
            ) from None

    def check(self) -> None:
        """Raises SettingsError where nothing could begin: an unknown time zone or language."""
        self.zone  # noqa: B018 - raises for an unknown one
        if self.language not in LANGUAGES:
            raise SettingsError(
                f"{SETTINGS_FILE} [institution] language",
                f"{self.language!r} is not a language that pages speak.",
                next_step=f"Use one of {', '.join(map(repr, LANGUAGES))}.",
            )

    def school_year(self, day: date) -> date:
        """The first day of the school year that holds ``day``."""
        month, first = (int(part) for part in self.school_year_starts.split("-"))
        start = date(day.year, month, first)
        return start if start <= day else date(day.year - 1, month, first)


@dataclass(frozen=True)
class Instance:
    """One institution's folder, opened. ``sections`` are the raw tables of ``staffroom.toml``."""

    root: Path
    institution: Institution
    sections: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def store(self) -> Path:
        """Events, course tables and published metric tables, with their catalogue."""
        return self.root / "store"

    @cached_property
    def rejects(self) -> Path:
        """Rows set aside, one file a delivery."""
        return self.root / "rejects"

    @cached_property
    def database(self) -> Path:
        """SQLite files of the site, where SQLite is used."""
        return self.root / "database"

    @cached_property
    def logs(self) -> Path:
        return self.root / "logs"

    @cached_property
    def cache(self) -> Path:
        """What can be made again: drawn charts, collected static files."""
        return self.root / "cache"

    def path(self, text: str) -> Path:
        """A path of the settings: relative ones start at the instance's folder."""
        return self.root / Path(text).expanduser()

    def section(self, name: str, shape: type[T]) -> T:
        """The section ``[name]`` as the room's own dataclass ``shape``; missing keys take its defaults."""
        return fit(shape, self.sections.get(name, {}), place=f"{SETTINGS_FILE} [{name}]")

    def secret(self, name: str) -> str:
        """The secret ``name``, from ``STAFFROOM_SECRET_<NAME>`` or ``secrets.toml``."""
        try:
            return self.secrets[name]
        except KeyError:
            raise SettingsError(
                f"secret {name}",
                "is missing.",
                next_step=f"Set {SECRET_PREFIX}{name.upper()} or add it to {SECRETS_FILE}.",
            ) from None


def load_instance(root: Path, environment: Mapping[str, str] | None = None) -> Instance:
    """Read an instance's settings and secrets. Raises SettingsError in words an operator can act on."""
    root = root.resolve()
    return parse_instance(root, _read_toml(root / SETTINGS_FILE), environment)


def parse_instance(
    root: Path, settings: dict[str, Any], environment: Mapping[str, str] | None = None
) -> Instance:
    """The instance in ``root`` as it is with these settings. Raises SettingsError."""
    environment = os.environ if environment is None else environment
    institution = fit(Institution, settings.pop("institution", {}), place=f"{SETTINGS_FILE} [institution]")
    return Instance(root, institution, settings, _read_secrets(root / SECRETS_FILE, environment))


def fit(shape: type[T], values: Mapping[str, Any], *, place: str) -> T:
    """``values`` as the dataclass ``shape``; an unknown key or a wrong type is a SettingsError."""
    fields = {item.name: item for item in dataclasses.fields(shape)}
    hints = _hints(shape)
    for key, value in values.items():
        if key not in fields:
            near = difflib.get_close_matches(key, fields, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Known keys: {', '.join(fields)}."
            raise SettingsError(f"{place} {key}", "is not a setting.", next_step=hint)
        _check_type(value, hints[key], place=f"{place} {key}")
        _check_size(value, fields[key], place=f"{place} {key}")
    ready = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    missing = [name for name, item in fields.items() if name not in ready and _required(item)]
    if missing:
        raise SettingsError(place, f"lacks {', '.join(missing)}.", next_step="Add it to the section.")
    return shape(**ready)


@cache
def _hints(shape: type[Any]) -> dict[str, Any]:
    """Its types, which take longer to find than all else together."""
    return get_type_hints(shape)


def _required(item: dataclasses.Field[Any]) -> bool:
    return item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING


def _check_type(value: object, expected: object, *, place: str) -> None:
    simple = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}
    if expected not in simple:
        return
    fits = isinstance(value, expected) and not (isinstance(value, bool) and expected is not bool)
    if fits or (expected is float and isinstance(value, int) and not isinstance(value, bool)):
        return
    raise SettingsError(place, f"is {value!r}, which is not {simple[expected]}.")


def _check_size(value: object, setting: dataclasses.Field[Any], *, place: str) -> None:
    least = setting.metadata.get(LEAST)
    if least is not None and isinstance(value, int) and value < least:
        raise SettingsError(place, f"must be at least {least}.")


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            str(path),
            "does not exist.",
            next_step="Run 'staffroom init DIR' or name the folder with --instance.",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            str(path),
            f"cannot be read as TOML: {error}.",
            happened="No setting was read.",
            next_step="Correct it at that place: a line is 'name = value', texts stand in double quotes, "
            "and each name stands once in its section.",
        ) from None
    except OSError as error:
        raise SettingsError(
            str(path),
            f"cannot be opened: {error.strerror}.",
            next_step="Run Staffroom as the account that owns it.",
        ) from None


def _read_secrets(path: Path, environment: Mapping[str, str]) -> dict[str, str]:
    secrets: dict[str, str] = {}
    if path.exists():
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise SettingsError(
                str(path), "can be read by others than its owner.", next_step=f"Run 'chmod 600 {path}'."
            )
        secrets = {key: str(value) for key, value in _read_toml(path).items()}
    for name, value in environment.items():
        if name.startswith(SECRET_PREFIX):
            secrets[name.removeprefix(SECRET_PREFIX).lower()] = value
    return secrets
