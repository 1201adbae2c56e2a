"""Where deliveries come from: the ``[[sources]]`` of staffroom.toml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from staffroom.config import SETTINGS_FILE, Instance, fit
from staffroom.errors import SettingsError

KINDS = ("openedx",)
LOG_PATTERN = r"tracking\.log-(?P<date>\d{8})(-\d+)?(\.gz)?"

_NAME = re.compile(r"[a-z][a-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class FolderSource:
    """One system that delivers files into folders.

    ``name`` is the ``source`` of its events, people and learners. ``log_pattern`` must match a log's whole
    file name; its group ``date`` (YYYYMMDD) is the day of arrival. ``late_days`` is how many days later than
    it happened an event may arrive: ``--since`` and ``--until`` widen by it. Folders are relative to the
    instance; an empty one means that nothing of that sort is delivered.
    """

    name: str
    kind: str = "openedx"
    logs: str = ""
    log_pattern: str = LOG_PATTERN
    late_days: int = 2
    exports: str = ""

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
        source = fit(FolderSource, section, place=f"{SETTINGS_FILE} [[sources]] number {position}")
        _check(source, taken=sources)
        sources[source.name] = source
    return tuple(sources[name] for name in sorted(sources))


def _check(source: FolderSource, *, taken: dict[str, FolderSource]) -> None:
    place = f"{SETTINGS_FILE} [[sources]] {source.name}"
    if not _NAME.fullmatch(source.name):
        raise SettingsError(place, "is not a name of small letters, digits, '-' and '_'.")
    if source.name in taken:
        raise SettingsError(place, "is named twice.", next_step="Give each source a name of its own.")
    if source.kind not in KINDS:
        raise SettingsError(place, f"is of kind {source.kind!r}, which is not one of {', '.join(KINDS)}.")
    if source.late_days < 0:
        raise SettingsError(f"{place} late_days", "is negative.")
    try:
        re.compile(source.log_pattern)
    except re.error as error:
        raise SettingsError(f"{place} log_pattern", f"is not a regular expression: {error}.") from None
