"""What ``check`` finds without a database: settings, secrets, folders, disk, store, schedule."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import stat
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from staffroom.config import SECRET_PREFIX, SECRETS_FILE, SETTINGS_FILE, Instance
from staffroom.errors import SettingsError, StaffroomError
from staffroom.events.catalogue import Store
from staffroom.events.ingest import ledger_path
from staffroom.events.zone import check_zone
from staffroom.intake.ledger import Ledger
from staffroom.intake.settings import FolderSource, folder_sources
from staffroom.jobs.settings import schedules
from staffroom.operations.check import Finding
from staffroom.operations.check_servers import drop, loader, without_connecting
from staffroom.operations.init import KEYS
from staffroom.operations.quiet import newest_arrivals, quiet_days
from staffroom.operations.sections import wrong_sections
from staffroom.tally import counted
from staffroom.web.settings import SiteSettings

SHORTEST_KEY = 32
LEAST_FREE_BYTES = 1024**3

MONTH_AND_DAY = re.compile(r"\d\d-\d\d\Z")


def settings(instance: Instance) -> Iterator[Finding]:
    for error in wrong_sections(instance):
        yield Finding.of(error)


def institution(instance: Instance) -> Iterator[Finding]:
    try:
        instance.institution.check()
    except SettingsError as error:
        yield Finding.of(error)
    starts = instance.institution.school_year_starts
    try:
        if not MONTH_AND_DAY.match(starts):
            raise ValueError
        date.fromisoformat(f"2001-{starts}")  # no leap year: the day has to be there every year
    except ValueError:
        yield Finding(
            f"{SETTINGS_FILE} [institution] school_year_starts",
            f"{starts!r} is not a month and day of every year.",
            "Write it as MM-DD, such as '08-01'.",
        )


def secrets(instance: Instance) -> Iterator[Finding]:
    for name in KEYS:
        if name not in instance.secrets:
            yield Finding(
                f"secret {name}",
                "is missing.",
                f"Set {SECRET_PREFIX}{name.upper()} or add it to {SECRETS_FILE}.",
            )
        elif len(instance.secrets[name]) < SHORTEST_KEY:
            yield Finding(
                f"secret {name}",
                f"is shorter than {SHORTEST_KEY} characters.",
                "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'",
            )


def folders(instance: Instance) -> Iterator[Finding]:
    yield from _writable(instance.root)
    if instance.root.stat().st_mode & stat.S_IRWXO:
        yield Finding(
            str(instance.root),
            "is open to everybody on this machine, and so are sessions and learners' records in it.",
            f"Run 'chmod o-rwx {instance.root}'; a group may deliver files or read tables.",
        )
    for folder in (instance.store, instance.rejects, instance.database, instance.logs, instance.cache):
        if folder.exists():
            yield from _writable(folder)


def sources(instance: Instance) -> Iterator[Finding]:
    try:
        folder_sources(instance)
    except SettingsError as error:
        yield Finding.of(error)


def deliveries(instance: Instance) -> Iterator[Finding]:
    """Folders of sources that are not there or cannot be read, and sources that have fallen silent."""
    try:
        named = folder_sources(instance)
    except SettingsError:
        return
    for source in named:
        faults = [
            fault
            for folder in (source.logs_folder(instance), source.exports_folder(instance))
            if folder is not None
            for fault in _readable(folder, f"source {source.name}")
        ]
        yield from faults or _silence(instance, source)
        yield from _not_whole(instance, source)


def _not_whole(instance: Instance, source: FolderSource) -> Iterator[Finding]:
    """Its files that came cut or damaged, until they are delivered anew."""
    path = ledger_path(instance)
    found = Ledger(path).not_whole() if path.exists() else []
    names = [delivery.name for delivery in found if delivery.source == source.name]
    if names:
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        yield Finding(
            f"source {source.name}",
            f"{names[0]}{more} came cut short or damaged.",
            "See 'staffroom events deliveries --problems', and have it delivered again.",
            is_wrong=False,
        )


def _silence(instance: Instance, source: FolderSource) -> Iterator[Finding]:
    newest = newest_arrivals(instance).get(source.name)
    if newest is None:
        yield Finding(
            f"source {source.name}",
            "nothing has been taken in yet.",
            "Put its files into its folders and run 'staffroom nightly'.",
            is_wrong=False,
        )
        return
    try:
        days = quiet_days(instance).get(source.name)
    except SettingsError:
        return
    if days is not None:
        newest = newest.astimezone(instance.institution.zone)
        expected = f", and one is expected every {counted(source.expected_every_hours, 'hour')}"
        yield Finding(
            f"source {source.name}",
            f"its newest delivery is of {newest:%Y-%m-%d %H:%M}{expected}."
            if source.expected_every_hours
            else f"its newest delivery is {counted(days, 'day')} old, of {newest:%Y-%m-%d}.",
            "See why nothing arrives any more.",
        )


def disk(instance: Instance) -> Iterator[Finding]:
    free = shutil.disk_usage(instance.root).free
    if free < LEAST_FREE_BYTES:
        yield Finding(
            str(instance.root),
            f"the disk has {free / 1024**2:,.0f} MB left.",
            f"Make room: a night may need {LEAST_FREE_BYTES / 1024**2:,.0f} MB.",
        )


def store(instance: Instance) -> Iterator[Finding]:
    """A store that cannot be read, or that was made with another time zone."""
    try:
        catalogue = Store(instance.store).current()
    except (StaffroomError, OSError) as error:
        place = error.place if isinstance(error, StaffroomError) else str(instance.store)
        problem = (
            error.problem
            if isinstance(error, StaffroomError)
            else f"cannot be read ({type(error).__name__})."
        )
        yield Finding(place, problem, "Restore it, or delete it and run 'staffroom nightly'.")
        return
    try:
        check_zone(catalogue.facts, instance.institution)
    except SettingsError as error:
        yield Finding.of(error)


def mail(instance: Instance) -> Iterator[Finding]:
    """Operators who would be told by mail, and no server that takes it."""
    try:
        site = instance.section("site", SiteSettings)
    except SettingsError:
        return
    if site.operators and not site.mail_server:
        yield Finding(
            f"{SETTINGS_FILE} [site] operators",
            "are told nothing, because no mail can be sent.",
            "Name a server under [site] mail_server.",
        )


def proxies(instance: Instance) -> Iterator[Finding]:
    """A site under https whose proxy is not believed: it would take all its readers for one."""
    try:
        site = instance.section("site", SiteSettings)
    except SettingsError:
        return
    if site.secure and not site.proxies:
        yield Finding(
            f"{SETTINGS_FILE} [site] proxies",
            "is 0, though people come by https: every reader seems to be the proxy that speaks it.",
            "Say how many proxies stand before the site.",
        )


def schedule(instance: Instance) -> Iterator[Finding]:
    try:
        schedules(instance)
    except SettingsError as error:
        yield Finding.of(error)


def _writable(folder: Path) -> Iterator[Finding]:
    if not _may(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding(str(folder), "cannot be written.", f"Run 'chown -R {_me()} {folder}'.")


def _readable(folder: Path, place: str) -> Iterator[Finding]:
    if not folder.exists():
        yield Finding(
            place, f"its folder {folder} does not exist.", f"Run 'mkdir -p {folder}', or correct the path."
        )
    elif not folder.is_dir():
        yield Finding(place, f"{folder} is not a folder.", "Correct the path.")
    elif not _may(folder, os.R_OK | os.X_OK):
        yield Finding(place, f"its folder {folder} cannot be read.", f"Let {_me()} read it.")
    else:
        closed = sorted(path.name for path in folder.iterdir() if not _may(path, os.R_OK))
        if closed:
            more = f" and {len(closed) - 1} more" if len(closed) > 1 else ""
            yield Finding(place, f"{folder / closed[0]}{more} cannot be read.", f"Let {_me()} read it.")


def _may(folder: Path, mode: int) -> bool:
    """Whether this process may, with the rights that it acts with."""
    return os.access(folder, mode, effective_ids=os.access in os.supports_effective_ids)


def _me() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


Look = Callable[[Instance], Iterator[Finding]]

SAID: tuple[Look, ...] = (settings, institution, sources, schedule, secrets)
"""What staffroom.toml and secrets.toml say; where it cannot be, no database is opened."""

FOUND: tuple[Look, ...] = (
    mail, proxies, folders, without_connecting, drop, loader, deliveries, store, disk,
)  # fmt: skip
"""What is found on the disk."""
