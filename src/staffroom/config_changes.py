"""Settings are changed in their file: its comments stay, its history grows, and nothing wrong is written.

``staffroom.toml`` remains the one place where settings stand; an operator may edit it at any time.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tomlkit

from staffroom.config import SETTINGS_FILE, Instance, load_instance, parse_instance
from staffroom.durable import replace_file
from staffroom.errors import SettingsError
from staffroom.locks import waited_for

HISTORY_FILE = "settings-history.jsonl"
LOCK_FILE = "settings.lock"


@dataclass(frozen=True, slots=True)
class Change:
    """One setting that was changed: ``setting`` is ``loader.api.url``, ``by`` a person's id.

    ``before`` is None where the file did not have it.
    """

    at: str
    by: str
    setting: str
    before: Any
    after: Any


def change_settings(
    root: Path,
    section: str,
    values: Mapping[str, Any],
    *,
    by: str,
    check: Callable[[Instance], object],
) -> list[Change]:
    """Set ``values`` in ``[section]`` (``loader.api``); returns what is different now.

    ``check`` raises SettingsError for an instance that must not be: then the file stays as it is.
    """
    with waited_for(root / LOCK_FILE):  # two people who save at once do so one after the other
        path = (root / SETTINGS_FILE).resolve()  # where it is a link, the file behind it
        load_instance(root)  # who says in plain words what is wrong with a file edited by hand
        document = tomlkit.parse(path.read_text("utf-8"))
        changes = list(_set(document, section, values, by))
        if not changes:
            return []
        text = tomlkit.dumps(document)
        check(parse_instance(root, _whole(path, text)))
        if not os.access(path, os.W_OK):
            raise SettingsError(
                str(path), "may not be changed by this account.", happened="Nothing was changed."
            )
        _note(root / HISTORY_FILE, changes)
        replace_file(path, text.encode(), mode=path.stat().st_mode & 0o777)
        return changes


def changes_of(root: Path) -> Iterator[Change]:
    """What was changed through pages, the oldest first; a line that a crash cut short is left out."""
    try:
        lines = (root / HISTORY_FILE).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        try:
            yield Change(**json.loads(line))
        except (ValueError, TypeError):
            continue


def _set(
    document: tomlkit.TOMLDocument, section: str, values: Mapping[str, Any], by: str
) -> Iterator[Change]:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    table: Any = document
    for name in section.split("."):
        if name not in table:
            table[name] = tomlkit.table()
        table = table[name]
        if not isinstance(table, Mapping):
            raise SettingsError(f"{SETTINGS_FILE} [{section}]", "is not a section.")
    for key, value in values.items():
        before = table[key].unwrap() if key in table else None
        if before == value and type(before) is type(value):
            continue
        table[key] = value
        yield Change(at, by, f"{section}.{key}", before, value)


def _whole(path: Path, text: str) -> dict[str, Any]:
    """The new file as it will be read: what the editing library makes of it is not taken on trust."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            str(path), f"could not be changed: {error}.", happened="Nothing was changed."
        ) from None


def _note(path: Path, changes: list[Change]) -> None:
    """Before the file is changed, so that no change goes unnoted."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(asdict(change), ensure_ascii=False)}\n" for change in changes)
        file.flush()
        os.fsync(file.fileno())
