"""The file of a source: the newest that fits, where it lies, how old it is, and its bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path

from staffroom.config import Instance
from staffroom.errors import DeliveryError
from staffroom.intake.archives.access import LocalFile
from staffroom.intake.archives.members import ArchiveLimits
from staffroom.intake.archives.unpacking import Member, list_members, read_member
from staffroom.intake.archives.zips import ZIP_MAGIC
from staffroom.intake.fetched import FetchedFiles
from staffroom.intake.folder import list_folder
from staffroom.intake.names import match
from staffroom.intake.settings import folder_sources


@dataclass(frozen=True, slots=True)
class DeliveredExport:
    """A file of a source as it lies in the folder."""

    name: str
    path: Path
    modified_at: datetime
    """When it was written where it came from, as far as that is known."""

    def digest(self) -> str:
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def newest_export(instance: Instance, delivered_by: str, pattern: str) -> DeliveredExport | None:
    """The file of the newest day in its name, then the one written last; None where none fits.

    Raises DeliveryError where the folder cannot be read.
    """
    fitting = all_exports(instance, delivered_by, pattern)
    return fitting[-1] if fitting else None


def all_exports(instance: Instance, delivered_by: str, pattern: str) -> list[DeliveredExport]:
    """All files that fit, the oldest first."""
    (source,) = (one for one in folder_sources(instance) if one.name == delivered_by)
    folder = source.exports_folder(instance)
    if folder is None or not folder.is_dir():
        return []
    fetched = {one.name: one.file.modified_at for one in FetchedFiles(instance).of(delivered_by).values()}
    found: list[tuple[date, DeliveredExport]] = []
    for file in list_folder(folder, r".*").files:
        fits = match(pattern, file.name)
        if fits is not None:
            written = datetime.fromtimestamp(file.path.stat().st_mtime, UTC)
            export = DeliveredExport(file.name, file.path, fetched.get(file.name, written))
            found.append((fits.day or date.min, export))
    found.sort(key=lambda one: (one[0], one[1].modified_at, one[1].name))
    return [export for _, export in found]


@dataclass(frozen=True, slots=True)
class OpenExport:
    """A file with its members, open."""

    access: LocalFile
    members: tuple[Member, ...]
    limits: ArchiveLimits

    def blocks(self, member: Member) -> Iterator[bytes]:
        """A member's bytes. Raises DeliveryError for an archive within an archive."""
        blocks = read_member(self.access, member, self.limits)
        head = next(blocks, b"")
        if head[:4] in ZIP_MAGIC:
            raise DeliveryError(
                f"{self.access.name} {member.name}",
                "is an archive within an archive.",
                happened="Nothing of it was used.",
                next_step="Ask whoever delivers it to pack the files themselves.",
            )
        return chain((head,), blocks)

    def the_one(self, pattern: str) -> Member:
        """The member that fits, or the only one. Raises DeliveryError."""
        fitting = [
            one
            for one in self.members
            if not pattern or match(pattern, one.name) or match(pattern, one.name.rpartition("/")[2])
        ]
        if len(fitting) == 1:
            return fitting[0]
        names = ", ".join(one.name for one in self.members[:10])
        raise DeliveryError(
            self.access.name,
            f"holds {len(fitting)} files that could be meant.",
            happened="Nothing of it was used.",
            next_step=f"Set member of [[students.files]] to one of: {names}.",
        )


def open_export(export: DeliveredExport, limits: ArchiveLimits) -> OpenExport:
    """Open a delivered file; close its ``access``. Raises DeliveryError."""
    try:
        access = LocalFile(export.path)
    except OSError as error:
        raise DeliveryError(export.name, f"cannot be opened: {error.strerror}.") from None
    try:
        return OpenExport(access, list_members(access, limits), limits)
    except BaseException:
        access.close()
        raise
