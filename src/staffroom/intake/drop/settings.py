"""Who may deliver into the drop, where it lands, and how much: ``[drop]`` and ``[[drop_accounts]]``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from staffroom.config import SETTINGS_FILE, Instance, fit
from staffroom.errors import SettingsError
from staffroom.intake.settings import FolderSource, folder_sources

DELIVERIES = "deliveries"
MEGABYTE = 1_000_000

_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True)
class DropSettings:
    """How the drop is reached. Who may deliver stands in ``[[drop_accounts]]``."""

    host: str = "127.0.0.1"
    """The address at which it listens; 0.0.0.0 or :: is every address of the machine."""
    port: int = 2022
    """Its port."""
    connections: int = 50
    """Connections at one time, over all accounts; more are turned away."""
    failed_logins: int = 10
    """An address from which so many sign-ins failed is turned away until they are old enough."""
    failed_login_minutes: int = 15
    """How long a failed sign-in counts."""
    login_seconds: int = 30
    """Who has not signed in after so long is cut off."""
    idle_seconds: int = 600
    """A connection over which nothing was asked for so long is ended."""
    keep_free_megabytes: int = 500
    """Nothing is taken that would leave the disk with less than this."""
    sessions_days: int = 400
    """How long ``staffroom drop sessions`` remembers a session."""


@dataclass(frozen=True, slots=True)
class DropAccount:
    """``[[drop_accounts]]``: one system that delivers.

    ``source`` names the ``[[sources]]`` that takes what lands; ``folder`` is relative to the instance and is
    ``deliveries/<source>`` unless said. Whoever holds one of ``keys`` (lines as in a ``.pub`` file) or of
    those in ``keys_file`` may sign in. A password opens it only where ``password_secret`` names the secret
    with its hash (``staffroom drop hash`` makes one) and ``password_until`` the last day on which it does.
    Limits: ``file_megabytes`` a file, ``day_megabytes`` and ``day_files`` a day of the institution,
    ``megabytes_per_second`` (0: as fast as it comes) and ``connections`` at one time. ``replace`` lets a
    delivery take the place of one with the same name; ``folders_deep`` is how many folders within one another
    it may make; an interrupted upload can be resumed for ``resume_hours``, then it is thrown away.
    """

    name: str
    source: str
    folder: str = ""
    keys: tuple[str, ...] = ()
    keys_file: str = ""
    password_secret: str = ""
    password_until: date | None = None
    file_megabytes: int = 20_000
    day_megabytes: int = 100_000
    day_files: int = 1_000
    megabytes_per_second: float = 0
    connections: int = 4
    replace: bool = True
    folders_deep: int = 1
    resume_hours: int = 12

    @property
    def file_bytes(self) -> int:
        return self.file_megabytes * MEGABYTE

    @property
    def day_bytes(self) -> int:
        return self.day_megabytes * MEGABYTE

    def root(self, instance: Instance) -> Path:
        return instance.path(self.folder or f"{DELIVERIES}/{self.source}")

    def taken_from(self, instance: Instance) -> tuple[Path, ...]:
        """The folders of its source that lie within its own: what lands elsewhere, nobody takes."""
        (source,) = (one for one in folder_sources(instance) if one.name == self.source)
        return tuple(path for path in folders_of(source, instance) if lies_in(path, self.root(instance)))


POSITIVE = ("file_megabytes", "day_megabytes", "day_files", "connections", "resume_hours")
NOT_NEGATIVE = ("megabytes_per_second", "folders_deep")


def drop_settings(instance: Instance) -> DropSettings:
    """``[drop]``. Raises SettingsError."""
    settings = instance.section("drop", DropSettings)
    for name in ("connections", "failed_logins", "failed_login_minutes", "login_seconds", "idle_seconds"):
        if getattr(settings, name) < 1:
            raise SettingsError(f"{SETTINGS_FILE} [drop] {name}", "is less than 1.")
    if not 0 <= settings.port < 65536:
        raise SettingsError(f"{SETTINGS_FILE} [drop] port", f"is {settings.port}, which is no port.")
    return settings


def drop_accounts(instance: Instance) -> tuple[DropAccount, ...]:
    """The accounts in the order of their names. Raises SettingsError where one cannot be meant."""
    sections = instance.sections.get("drop_accounts", [])
    if not isinstance(sections, list):
        raise SettingsError(
            f"{SETTINGS_FILE} [drop_accounts]", "is one section; accounts are a list of [[drop_accounts]]."
        )
    accounts: dict[str, DropAccount] = {}
    for position, section in enumerate(sections, 1):
        place = f"{SETTINGS_FILE} [[drop_accounts]] number {position}"
        if not isinstance(section, Mapping):
            raise SettingsError(place, "is not a section.")
        account = fit(DropAccount, _with_date(section, place), place=place)
        if account.name in accounts:
            raise SettingsError(place, f"is named {account.name!r}, as another is.")
        _check(account, instance)
        accounts[account.name] = account
    made = tuple(accounts[name] for name in sorted(accounts))
    _check_apart(made, instance)
    return made


def _with_date(section: Mapping[str, object], place: str) -> dict[str, object]:
    """The section with ``password_until`` as a date, also where it was written as a text."""
    made = dict(section)
    until = made.get("password_until")
    if isinstance(until, str):
        try:
            made["password_until"] = date.fromisoformat(until)
        except ValueError:
            until = 0
    if until is not None and (isinstance(until, datetime) or not isinstance(until, date | str)):
        raise SettingsError(f"{place} password_until", "is no date.", next_step="Write it as 2026-12-31.")
    return made


def _check(account: DropAccount, instance: Instance) -> None:
    place = f"{SETTINGS_FILE} [[drop_accounts]] {account.name}"
    if not _NAME.fullmatch(account.name):
        raise SettingsError(place, "is not a name of small letters, digits, '.', '-' and '_'.")
    sources = [source.name for source in folder_sources(instance)]
    if account.source not in sources:
        raise SettingsError(
            f"{place} source",
            f"names {account.source!r}, which is not one of the sources: {', '.join(sources) or 'none'}.",
            next_step="Add it as [[sources]], or correct the name.",
        )
    for name in (*POSITIVE, *NOT_NEGATIVE):
        if getattr(account, name) < (name in POSITIVE):
            raise SettingsError(f"{place} {name}", f"is {getattr(account, name)}, which is too little.")
    if bool(account.password_secret) != (account.password_until is not None):
        raise SettingsError(
            place,
            "has a password without an end or an end without a password.",
            next_step="Set both password_secret and password_until, or better a key.",
        )
    if not (account.keys or account.keys_file or account.password_secret):
        raise SettingsError(place, "can be opened by nobody.", next_step="Set keys or keys_file.")
    _check_folder(account, instance, place)


def _check_folder(account: DropAccount, instance: Instance, place: str) -> None:
    root = account.root(instance)
    inside = instance.root / DELIVERIES
    ours = lies_in(root, instance.root) and (root == inside or not lies_in(root, inside))
    if ours or lies_in(instance.root, root):
        raise SettingsError(
            f"{place} folder",
            f"is {str(root)!r}, where Staffroom keeps things of its own.",
            next_step=f"Name a folder below {inside}.",
        )


def _check_apart(accounts: tuple[DropAccount, ...], instance: Instance) -> None:
    for one in accounts:
        for other in accounts:
            if one is not other and lies_in(one.root(instance), other.root(instance)):
                raise SettingsError(
                    f"{SETTINGS_FILE} [[drop_accounts]] {one.name} folder",
                    f"lies within that of {other.name}.",
                    next_step="Give each account a folder of its own.",
                )


def folders_of(source: FolderSource, instance: Instance) -> tuple[Path, ...]:
    """The folders from which a source's deliveries are taken."""
    return tuple(path for path in (source.logs_folder(instance), source.exports_folder(instance)) if path)


def lies_in(path: Path, folder: Path) -> bool:
    """Whether ``path`` is ``folder`` or within it, links followed."""
    return path.resolve().is_relative_to(folder.resolve())
