"""Whether the store's days are those of the institution's time zone as this machine knows it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from zoneinfo import TZPATH, ZoneInfo

from staffroom.config import SETTINGS_FILE, Institution
from staffroom.errors import SettingsError

_FIRST = datetime(1990, 1, 1, tzinfo=UTC)
_WEEKS = 50 * 52


def zone_facts(institution: Institution) -> dict[str, str]:
    """What the store records of its time zone: name, tzdata version, and a digest of the zone's own rules."""
    return {
        "time_zone": institution.time_zone,
        "tzdata": tzdata_version(),
        "zone_rules": zone_rules(institution.zone),
    }


def check_zone(facts: Mapping[str, Any], institution: Institution) -> None:
    """Raise SettingsError where the store's days were computed by another zone, or other rules of it.

    A newer tzdata with the same rules for this zone is no difference.
    """
    if not facts.get("time_zone"):
        return
    now = zone_facts(institution)
    mend = "Set it back, or remove the store's folder and take in all deliveries again."
    if facts["time_zone"] != now["time_zone"]:
        raise SettingsError(
            f"{SETTINGS_FILE} [institution] time_zone",
            f"is {now['time_zone']}, but the days of the store are those of {facts['time_zone']}.",
            happened="Nothing was changed.",
            next_step=mend,
        )
    if facts["zone_rules"] != now["zone_rules"]:
        raise SettingsError(
            f"time zone {now['time_zone']}",
            f"has other rules in tzdata {now['tzdata']} than in {facts['tzdata']}, which made the store.",
            happened="Nothing was changed.",
            next_step="Remove the store's folder and take in all deliveries again, or put the tzdata back.",
        )


def zone_rules(zone: ZoneInfo) -> str:
    """A digest of the instants from 1990 to 2040 at which the zone's offset changes, and of its offsets."""
    digest = hashlib.sha256()
    start = _FIRST
    for _ in range(_WEEKS):
        end = start + timedelta(days=7)
        if _offset(zone, start) != _offset(zone, end):
            digest.update(f"{_change(zone, start, end)} {_offset(zone, end)};".encode())
        start = end
    return digest.hexdigest()[:16] + f" {_offset(zone, _FIRST)}"


def _change(zone: ZoneInfo, start: datetime, end: datetime) -> datetime:
    """The second at which the offset changes; two changes within a week are told by the first."""
    while end - start > timedelta(seconds=1):
        middle = (start + (end - start) / 2).replace(microsecond=0)
        if _offset(zone, middle) == _offset(zone, start):
            start = middle
        else:
            end = middle
    return end


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta | None:
    return instant.astimezone(zone).utcoffset()


def tzdata_version() -> str:
    """The version of the zone data that Python reads: the system's where it has any, else the package's."""
    for folder in TZPATH:
        for name, prefix in (("tzdata.zi", "# version "), ("+VERSION", "")):
            path = Path(folder, name)
            if path.is_file():
                with path.open(encoding="ascii", errors="replace") as file:
                    return file.readline().strip().removeprefix(prefix)
    try:
        return version("tzdata")
    except PackageNotFoundError:
        return "unknown"
