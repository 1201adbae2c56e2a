"""What an archive is made of, what it may be at most, and what is wrong with those that are refused."""

from __future__ import annotations

from dataclasses import dataclass

from staffroom.errors import DeliveryError

RATIO_COUNTS_FROM = 100 * 1024 * 1024
"""What unpacks to less is no bomb, however small it was packed."""

STORED, DEFLATED, BZIP2, LZMA = 0, 8, 12, 14
"""Compressions of members, as zip numbers them."""


class ArchiveRefused(DeliveryError):
    """The archive holds what no delivery may hold: a bomb, a link, a path that leads out, a locked member."""


class ArchiveTruncated(DeliveryError):
    """The archive ends too early."""


class ArchiveDamaged(DeliveryError):
    """A member is not what was packed."""


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """What an archive may be at most."""

    largest_member_mb: int = 64 * 1024
    """A file in an archive that is larger unpacked is refused."""
    largest_ratio: int = 400
    """A file in an archive that has over 100 MB, and more than so many times its packed size, is refused."""
    most_members: int = 1000
    """An archive with more files is refused."""

    def check(self, archive: str, name: str, *, size: int, packed: int) -> None:
        """Raises ArchiveRefused for what unpacks to too much."""
        if size > self.largest_member_mb * 1024 * 1024:
            raise refused(archive, f"{name} has more than {self.largest_member_mb:,} MB unpacked")
        if size > RATIO_COUNTS_FROM and size > self.largest_ratio * packed:
            raise refused(archive, f"{name} unpacks to more than {self.largest_ratio} times its packed size")


@dataclass(frozen=True, slots=True)
class Member:
    """One file in an archive. ``size`` and ``crc`` are None where only reading it all tells (gz, plain)."""

    name: str
    kind: str
    """``zip``, ``gz`` or ``plain``."""
    start: int
    """Where it begins in the archive."""
    packed_size: int
    size: int | None = None
    crc: int | None = None
    method: int = STORED


def refused(archive: str, what: str) -> ArchiveRefused:
    return ArchiveRefused(
        archive,
        f"{what}.",
        happened="Nothing of it was used.",
        next_step="Ask whoever delivers it; limits stand under [archives] in staffroom.toml.",
    )


def truncated(archive: str, what: str) -> ArchiveTruncated:
    return ArchiveTruncated(
        archive, f"ends too early: {what}.", next_step="Have it delivered again, and renamed when whole."
    )


def damaged(archive: str, name: str, what: str) -> ArchiveDamaged:
    return ArchiveDamaged(
        archive,
        f"{name}: {what}.",
        happened="What was read of it before may be wrong too.",
        next_step="Have it delivered again.",
    )
