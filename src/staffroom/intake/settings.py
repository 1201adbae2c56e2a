"""Where deliveries come from: the ``[[sources]]`` of staffroom.toml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from staffroom.config import SETTINGS_FILE, Instance, fit
from staffroom.errors import SettingsError
from staffroom.intake.names import check_pattern
from staffroom.intake.servers.settings import S3Source, SftpSource

OPENEDX, SIS = "openedx", "sis"
KINDS = (OPENEDX, SIS)
LOG_PATTERN = r"tracking\.log-(?P<date>\d{8})(-\d+)?(\.gz)?"

_NAME = re.compile(r"[a-z][a-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class FolderSource:
    """One system that delivers files into folders: an Open edX (``openedx``) or a student system (``sis``).

    ``name`` is the ``source`` of its events, people and learners. ``log_pattern`` must match a log's whole
    file name; its group ``date`` (YYYYMMDD) is the day of arrival. ``late_days`` is how many days later than
    it happened an event may arrive: ``--since`` and ``--until`` widen by it. Folders are relative to the
    instance; an empty one means that nothing of that sort is delivered. A source that has delivered nothing
    for ``expected_every_hours`` is reported; 0 leaves it to ``[jobs] quiet_source_days``. ``sftp`` or ``s3``
    says from where files are fetched into the folders; without them somebody else puts them there.
    """

    name: str
    kind: str = OPENEDX
    logs: str = ""
    log_pattern: str = LOG_PATTERN
    late_days: int = 2
    exports: str = ""
    expected_every_hours: int = 0
    sftp: SftpSource | None = None
    s3: S3Source | None = None

    @property
    def remote(self) -> SftpSource | S3Source | None:
        return self.sftp or self.s3

    def folder(self, kind: str, instance: Instance) -> Path | None:
        """The folder of ``logs`` or of ``exports``."""
        return self.logs_folder(instance) if kind == "logs" else self.exports_folder(instance)

    def logs_folder(self, instance: Instance) -> Path | None:
        return instance.path(self.logs) if self.logs else None

    def exports_folder(self, instance: Instance) -> Path | None:
        return instance.path(self.exports) if self.exports else None


def folder_sources(instance: Instance) -> tuple[FolderSource, ...]:
    """The instance's sources in the order of their names. Raises SettingsError where one cannot be meant."""
    sections = instance.sections.get("sources", [])
    if not isinstance(sections, list):
        raise SettingsError(
            f"{SETTINGS_FILE} [sources]", "is one section; sources are a list of [[sources]]."
        )
    sources: dict[str, FolderSource] = {}
    for position, section in enumerate(sections, 1):
        place = f"{SETTINGS_FILE} [[sources]] number {position}"
        source = fit(FolderSource, _with_remotes(section, place), place=place)
        _check(source, taken=sources)
        sources[source.name] = source
    return tuple(sources[name] for name in sorted(sources))


def event_sources(instance: Instance) -> tuple[FolderSource, ...]:
    """Those that tell what learners did."""
    return tuple(source for source in folder_sources(instance) if source.kind == OPENEDX)


def _with_remotes(section: Mapping[str, Any], place: str) -> dict[str, Any]:
    """The section with its own ``[sources.sftp]`` or ``[sources.s3]`` as what they mean."""
    made = dict(section)
    for name, shape in (("sftp", SftpSource), ("s3", S3Source)):
        if name in section:
            if not isinstance(section[name], Mapping):
                raise SettingsError(f"{place} {name}", f"is not a section [sources.{name}].")
            made[name] = fit(shape, section[name], place=f"{place} [sources.{name}]")
    return made


def _check(source: FolderSource, *, taken: dict[str, FolderSource]) -> None:
    place = f"{SETTINGS_FILE} [[sources]] {source.name}"
    if not _NAME.fullmatch(source.name):
        raise SettingsError(place, "is not a name of small letters, digits, '-' and '_'.")
    if source.name in taken:
        raise SettingsError(place, "is named twice.", next_step="Give each source a name of its own.")
    if source.kind not in KINDS:
        raise SettingsError(place, f"is of kind {source.kind!r}, which is not one of {', '.join(KINDS)}.")
    for name in ("late_days", "expected_every_hours"):
        if getattr(source, name) < 0:
            raise SettingsError(f"{place} {name}", "is negative.")
    try:
        re.compile(source.log_pattern)
    except re.error as error:
        raise SettingsError(f"{place} log_pattern", f"is not a regular expression: {error}.") from None
    _check_remote(source, place)


def _check_remote(source: FolderSource, place: str) -> None:
    if source.sftp is not None and source.s3 is not None:
        raise SettingsError(place, "is fetched from two servers.", next_step="Make two sources of it.")
    remote = source.remote
    if remote is None:
        return
    place = f"{place} {'sftp' if source.sftp is not None else 's3'}"
    if remote.look_back_days < 0:
        raise SettingsError(f"{place} look_back_days", "is negative.")
    if not remote.patterns():
        raise SettingsError(place, "fetches nothing.", next_step="Set fetch_logs or fetch_exports.")
    for kind, pattern in remote.patterns().items():
        check_pattern(pattern, f"{place} fetch_{kind}")
        if not getattr(source, kind):
            raise SettingsError(
                f"{place} fetch_{kind}", "has no folder to come into.", next_step=f"Set {kind} of the source."
            )
