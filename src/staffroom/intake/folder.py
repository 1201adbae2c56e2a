"""Which files of a source's folder are deliveries, in the order in which they are taken."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from staffroom.errors import DeliveryError


@dataclass(frozen=True, slots=True, order=True)
class DeliveredFile:
    """A file in a source's folder; sorts by its day of arrival, undated ones first, then by name."""

    day: date
    name: str
    """The path below the source's folder, with ``/``."""
    path: Path

    @property
    def dated(self) -> bool:
        return self.day != date.min


@dataclass(frozen=True, slots=True)
class Listing:
    """The deliveries of a folder, and the names of files that its pattern does not match."""

    files: tuple[DeliveredFile, ...]
    others: tuple[str, ...]


def list_folder(folder: Path, pattern: str) -> Listing:
    """All files below ``folder``, without hidden ones and links that lead out of it.

    Raises DeliveryError where the folder cannot be read.
    """
    matcher = re.compile(pattern)
    files: list[DeliveredFile] = []
    others: list[str] = []
    for path in _walk(folder):
        name = path.relative_to(folder).as_posix()
        match = matcher.fullmatch(path.name)
        if match is None:
            others.append(name)
        else:
            files.append(DeliveredFile(_day(match), name, path))
    return Listing(tuple(sorted(files)), tuple(sorted(others)))


def within(
    file: DeliveredFile, *, since: date | None, until: date | None, margin: timedelta = timedelta()
) -> bool:
    """Whether ``file`` may hold events of the days ``since`` to ``until`` (both included).

    Files are named by arrival, so both ends give way by ``margin``; an undated file may hold any day.
    """
    if not file.dated:
        return True
    return (since is None or file.day + margin >= since) and (until is None or file.day - margin <= until)


def _walk(folder: Path) -> Iterator[Path]:
    def stop(error: OSError) -> None:
        raise DeliveryError(
            str(error.filename or folder),
            f"cannot be read: {error.strerror}.",
            happened="Nothing was taken from it.",
            next_step="Create the folder, or mend its permissions or its setting.",
        )

    inside = folder.resolve()  # who may deliver must not make us read a link to somebody else's file
    for root, folders, names in os.walk(folder, onerror=stop):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            path = Path(root, name)
            if not name.startswith(".") and path.is_file() and path.resolve().is_relative_to(inside):
                yield path


def _day(match: re.Match[str]) -> date:
    """The day in the name; ``date.min`` where the pattern has no group for one or it is no date."""
    text = match.groupdict().get("date")
    try:
        return datetime.strptime(text or "", "%Y%m%d").date()  # noqa: DTZ007 - a date has no zone
    except ValueError:
        return date.min
