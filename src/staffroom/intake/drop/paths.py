"""What a client calls a path, and where that is: never outside the account's folder, through no link.

Each step is opened by its parent's descriptor with O_NOFOLLOW, so that nothing that changes meanwhile, and no
link that somebody put there, leads elsewhere.
"""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from asyncssh import SFTPFailure, SFTPInvalidFilename, SFTPNoSuchFile, SFTPPermissionDenied

LONGEST_NAME = 200
"""In bytes: with what is put around a name while it comes, it must fit into 255."""
DEEPEST = 32
TEMPORARY = (".part", ".partial", ".filepart", ".tmp", ".temp", ".uploading", ".inprogress", "~")
"""How clients end the names of what they rename when it is complete."""


def said(path: bytes) -> str:
    """The path that a client said, from its own root ``/``, dots resolved within it: for looking only."""
    return "/" + "/".join(
        part for part in posixpath.normpath(b"/" + path).decode("utf-8", "replace").split("/") if part
    )


def parts(path: bytes) -> tuple[str, ...]:
    """The names on a path that is to be used. Raises SFTPPermissionDenied or SFTPInvalidFilename."""
    try:
        text = path.decode("utf-8")
    except UnicodeDecodeError:
        raise SFTPInvalidFilename("the name is not UTF-8") from None
    found = tuple(part for part in text.split("/") if part not in ("", "."))
    if ".." in found:
        raise SFTPPermissionDenied("paths with .. are refused")
    if not all(_is_name(part) for part in found) or len(found) > DEEPEST:
        raise SFTPInvalidFilename("the name is too long or has characters that are no letters")
    return found


def _is_name(part: str) -> bool:
    return part.isprintable() and len(part.encode()) <= LONGEST_NAME


def is_temporary(name: str) -> bool:
    """Whether a file of this name waits to be renamed before it counts as delivered."""
    return name.startswith(".") or name.lower().endswith(TEMPORARY)


def coming(name: str) -> str:
    """The hidden name of what has not come completely."""
    return f".{name}.part"


def held(name: str) -> str:
    """The hidden name of what has come completely under a temporary name."""
    return f".{name}.held"


def shown_name(name: str) -> tuple[str, bool]:
    """What the client calls the entry ``name``, and whether it is one that has not been delivered yet."""
    for ending in (".part", ".held"):
        if name.startswith(".") and name.endswith(ending) and len(name) > len(ending) + 1:
            return name[1 : -len(ending)], True
    return name, False


@dataclass(frozen=True, slots=True)
class Place:
    """An entry in an open folder."""

    folder: int
    """The descriptor of the folder."""
    name: str

    def state(self, name: str) -> os.stat_result | None:
        """Of the regular file ``name`` beside it; None where there is none, or something else."""
        try:
            found = os.stat(name, dir_fd=self.folder, follow_symlinks=False)
        except FileNotFoundError:
            return None
        return found if stat.S_ISREG(found.st_mode) else None

    def entry(self) -> os.stat_result | None:
        """Of whatever bears the name itself, links included."""
        try:
            return os.stat(self.name, dir_fd=self.folder, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def sync_folder(self) -> None:
        os.fsync(self.folder)


class Rooted:
    """An account's folder, held open."""

    def __init__(self, root: Path) -> None:
        self._root = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def close(self) -> None:
        os.close(self._root)

    @contextmanager
    def folder(self, names: tuple[str, ...]) -> Iterator[int]:
        """The descriptor of a folder. Raises SFTPNoSuchFile, also for one that is hidden or a link."""
        descriptor = os.dup(self._root)
        try:
            for name in names:
                inner = _enter(descriptor, name)
                os.close(descriptor)
                descriptor = inner
            yield descriptor
        finally:
            os.close(descriptor)

    @contextmanager
    def place(self, path: bytes) -> Iterator[Place]:
        """The entry that a path means. Raises SFTPFailure for the root itself."""
        names = parts(path)
        if not names:
            raise SFTPFailure("that is the account's folder itself")
        with self.folder(names[:-1]) as descriptor:
            yield Place(descriptor, names[-1])


def _enter(folder: int, name: str) -> int:
    if name.startswith("."):
        raise SFTPNoSuchFile("there is no such folder")
    try:
        return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    except OSError:
        raise SFTPNoSuchFile("there is no such folder") from None
