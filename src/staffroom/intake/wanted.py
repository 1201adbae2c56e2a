"""What a source takes of a server's files: those that its patterns fit, that are young enough, and new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import PurePosixPath

from staffroom.intake.fetched import Fetched
from staffroom.intake.names import beginning_of, folder_of, folders, listed, match
from staffroom.intake.servers.remote import Remote, RemoteFile
from staffroom.intake.servers.settings import Fetching

LONGEST_LOOK_BACK = 366
"""Days whose folders are looked into where the settings set no bound."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A remote file for a source's folder of ``kind`` (``logs``, ``exports``), there to be called ``name``.

    The name is empty where the remote one could lead out of that folder, or would be hidden in it.
    """

    kind: str
    name: str
    file: RemoteFile
    day: date | None
    is_new: bool


async def wanted(
    remote: Remote, fetching: Fetching, known: Mapping[str, Fetched], today: date
) -> tuple[Wanted, ...]:
    """All files that fit, the oldest day first. Raises RemoteFileMissing where no folder is there at all."""
    found: list[Wanted] = []
    for kind, pattern in fetching.patterns().items():
        files = [
            Wanted(kind, local_name(pattern, file.path), file, day, _is_new(known.get(file.path), file))
            for file, day in await _fitting(remote, pattern, fetching, today)
        ]
        files.sort(key=lambda one: (one.day or date.min, one.file.path))
        found += files[-1:] if fetching.only_latest else files
    return tuple(found)


def _is_new(known: Fetched | None, file: RemoteFile) -> bool:
    return known is None or not known.file.same_content(file)


async def _fitting(
    remote: Remote, pattern: str, fetching: Fetching, today: date
) -> list[tuple[RemoteFile, date | None]]:
    back = fetching.look_back_days
    first = today - timedelta(days=back) if back else date.min
    fitting = []
    for file in await _listed(remote, pattern, today, back):
        found = match(pattern, file.path)
        if found is not None and (found.day is None or first <= found.day <= today):
            fitting.append((file, found.day))
    return fitting


async def _listed(remote: Remote, pattern: str, today: date, back: int) -> Iterable[RemoteFile]:
    """What is in the folder, or in those of the last days where folders are named by day."""
    folder, beginning = folder_of(pattern), beginning_of(pattern)
    if "%" not in folder:
        return await remote.list(folder, beginning)
    files: dict[str, RemoteFile] = {}
    for one in folders(folder, today, days=back or LONGEST_LOOK_BACK):
        files.update((file.path, file) for file in await listed(remote, one, beginning))
    return files.values()


def local_name(pattern: str, path: str) -> str:
    """The remote path below what no day changes, so that each file has a name of its own; see Wanted."""
    fixed = []
    for part in pattern.split("/")[:-1]:
        if "%" in part:
            break
        fixed.append(part)
    name = path.removeprefix("/".join(fixed)).lstrip("/") if fixed else path
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or any(part.startswith(".") or "\\" in part for part in parts):
        return ""
    return name
