"""Remote files that are named by day: which one is today's, which one is the latest.

Which day is today is the caller's to say, once a run and in the institution's time zone: a run that goes on
past midnight stays with the day that it began on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from staffroom.errors import SettingsError
from staffroom.intake.servers.errors import RemoteFileMissing
from staffroom.intake.servers.remote import Remote, RemoteFile

LATEST_WITHIN_DAYS = 31
"""Where the folder itself is named by day, this many days back are looked into for the latest."""

_DIRECTIVES = {
    "Y": r"(?P<Y>\d{4})",
    "y": r"(?P<y>\d{2})",
    "m": r"(?P<m>0[1-9]|1[0-2])",
    "d": r"(?P<d>0[1-9]|[12]\d|3[01])",
    "j": r"(?P<j>[0-3]\d{2})",
    "H": r"\d{2}",
    "M": r"\d{2}",
    "S": r"\d{2}",
    "%": "%",
}
"""Numbers only: names of months and days depend on whose computer wrote them."""

_TOKEN = re.compile(r"%(.?)|([*?])", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Matched:
    """A name that a pattern fits; ``day`` is None where the pattern says none."""

    day: date | None


def check_pattern(pattern: str, place: str) -> None:
    """Raises SettingsError for a pattern that cannot be meant."""
    if not pattern:
        raise SettingsError(place, "is empty.", next_step="Name the files, such as 'students_%Y%m%d.zip'.")
    for token in _TOKEN.finditer(pattern):
        if token[1] is not None and token[1] not in _DIRECTIVES:
            known = " ".join(f"%{letter}" for letter in _DIRECTIVES)
            raise SettingsError(
                place, f"holds %{token[1]}, which is not understood.", next_step=f"Known: {known}, * and ?."
            )
    for token in _TOKEN.finditer(folder_of(pattern)):
        if token[2] is not None or token[1] in ("H", "M", "S"):
            raise SettingsError(
                place,
                f"holds {token[0]} in its folder.",
                next_step="Only a day may stand there, as in /%Y/%m/%d/.",
            )


def folder_of(pattern: str) -> str:
    """The folder of a path, directives and all; empty where it has none."""
    folder, slash, _ = pattern.rpartition("/")
    return folder or slash


def beginning_of(pattern: str) -> str:
    """What all names begin with that ``pattern``'s name fits."""
    return re.split(r"[%*?]", pattern.rpartition("/")[2], maxsplit=1)[0]


def has_day(pattern: str) -> bool:
    return any(token[1] in ("d", "j") for token in _TOKEN.finditer(pattern))


def name_on(pattern: str, day: date) -> str:
    """``pattern`` with the day filled in: ``students_%Y%m%d.zip``; wildcards and hours stay as they are."""

    def filled(token: re.Match[str]) -> str:
        if token[1] == "%":
            return "%"
        return day.strftime(f"%{token[1]}") if token[1] in ("Y", "y", "m", "d", "j") else token[0]

    return _TOKEN.sub(filled, pattern)


def match(pattern: str, name: str) -> Matched | None:
    """The day in a name that ``pattern`` fits as a whole; None where it does not fit, or names no real day.

    ``*`` stands for anything but ``/``, ``?`` for one such character.
    """
    found = _expression(pattern).fullmatch(name)
    if found is None:
        return None
    if not has_day(pattern):
        return Matched(None)
    try:
        return Matched(_day(found.groupdict()))
    except ValueError:
        return None


@lru_cache(maxsize=64)
def _expression(pattern: str) -> re.Pattern[str]:
    parts, at, seen = [], 0, set[str]()
    for token in _TOKEN.finditer(pattern):
        parts.append(re.escape(pattern[at : token.start()]))
        at = token.end()
        if token[2] is not None:
            parts.append("[^/]*" if token[2] == "*" else "[^/]")
        elif token[1] in seen:  # the same day once more, as in 2026/11/22/students_20261122.zip
            parts.append(f"(?P={token[1]})")
        else:
            parts.append(_DIRECTIVES[token[1]])
            if "P<" in _DIRECTIVES[token[1]]:
                seen.add(token[1])
    return re.compile("".join(parts) + re.escape(pattern[at:]), re.DOTALL)


def _day(parts: dict[str, str]) -> date:
    year = int(parts["Y"]) if "Y" in parts else 2000 + int(parts.get("y") or "-1")
    if "j" in parts:
        day = date(year, 1, 1) + timedelta(days=int(parts["j"]) - 1)
        if day.year != year:
            raise ValueError(parts["j"])
        return day
    return date(year, int(parts["m"]), int(parts["d"]))


def folders(pattern: str, today: date, *, days: int) -> Iterator[str]:
    """The folders to look into: one a day where the folder is named by day, today's first; else that one."""
    named = dict.fromkeys(name_on(pattern, today - timedelta(days=back)) for back in range(days + 1))
    yield from named


async def find(remote: Remote, path_pattern: str, today: date, *, latest: bool = False) -> RemoteFile:
    """Today's file, or with ``latest`` the one of the newest day up to today.

    ``path_pattern`` is folder and name, either with directives. Raises RemoteFileMissing.
    """
    if not latest and not set("*?") & set(path_pattern):
        return await remote.stat(name_on(path_pattern, today))
    for one in folders(folder_of(path_pattern), today, days=LATEST_WITHIN_DAYS if latest else 0):
        days = {
            file: found.day or today
            for file in await listed(remote, one, beginning_of(path_pattern))
            if (found := match(path_pattern, file.path)) is not None
        }
        chosen = [file for file, day in days.items() if day == today or (latest and day < today)]
        if chosen:
            return max(chosen, key=lambda file: (days[file], file.modified_at, file.path))
    raise RemoteFileMissing(
        f"{remote.place} {name_on(path_pattern, today)}",
        "is not there, and neither is an earlier one." if latest else "is not there.",
        next_step="See with 'staffroom intake list' what is, and correct folder and pattern.",
    )


async def listed(remote: Remote, folder: str, beginning: str) -> tuple[RemoteFile, ...]:
    """What is in a folder of a day; nothing where nothing came on it."""
    try:
        return await remote.list(folder, beginning)
    except RemoteFileMissing:
        return ()
