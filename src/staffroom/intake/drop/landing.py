"""An account's folder as its clients see it: what has come, what is coming, what they may do with it."""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from asyncssh import (
    FXF_APPEND,
    FXF_CREAT,
    FXF_EXCL,
    FXF_TRUNC,
    FXF_WRITE,
    SFTPError,
    SFTPFailure,
    SFTPFileAlreadyExists,
    SFTPNoSuchFile,
    SFTPPermissionDenied,
)

from staffroom.intake.drop.allowance import Allowance
from staffroom.intake.drop.paths import Place, Rooted, coming, held, is_temporary, parts, shown_name
from staffroom.intake.drop.settings import DropAccount
from staffroom.intake.drop.uploads import Bounds, Upload, check_room, show

TAKEN_OVER_SECONDS = 10
"""An upload that was silent for so long gives way to another of the same name: its line may be dead."""

Key = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as clients see it."""

    name: str
    state: os.stat_result


class Landing:
    """One account's folder, for all of its sessions."""

    def __init__(self, account: DropAccount, root: Path, allowance: Allowance, keep_free_bytes: int) -> None:
        self.allowance = allowance
        self._account = account
        self._rooted = Rooted(root)
        self._root = root
        self._keep_free_bytes = keep_free_bytes
        self._open: dict[Key, Upload] = {}

    def close(self) -> None:
        self._rooted.close()

    def open(self, path: bytes, flags: int) -> Upload:
        """Begin or resume an upload. Raises SFTPError where that is not allowed."""
        if not flags & FXF_WRITE:
            raise SFTPPermissionDenied("this account delivers; nothing can be read")
        with self._rooted.place(path) as place:
            self._check_name(place, flags)
            self._make_way(place)
            check_room(place.folder, self._keep_free_bytes)
            descriptor = self._begin(place) if flags & FXF_TRUNC else self._resume(place, flags)
            bounds = Bounds(self._account.file_bytes, self._keep_free_bytes, self._account.replace)
            upload = Upload(place, descriptor, bounds, appends=bool(flags & FXF_APPEND))
            self._open[_key(place)] = upload
            return upload

    def state(self, path: bytes) -> os.stat_result:
        """What is coming is shown under its own name, with the size from which it can be resumed."""
        names = parts(path)
        with contextlib.suppress(SFTPNoSuchFile), self._rooted.folder(names) as folder:
            return os.fstat(folder)
        with self._rooted.place(path) as place:
            found = self._undelivered(place) or place.state(place.name)
        if found is None:
            raise SFTPNoSuchFile("there is no such file")
        return found

    def entries(self, path: bytes) -> list[Shown]:
        """Folders, deliveries and what is coming; nothing else that may be there."""
        found: dict[str, Shown] = {}
        with self._rooted.folder(parts(path)) as folder:
            for real in sorted(os.listdir(folder)):  # noqa: PTH208 - of a descriptor
                name, is_undelivered = shown_name(real)
                state = _state(folder, real)
                if state is None or (real.startswith(".") and not is_undelivered):
                    continue
                if is_undelivered and (not stat.S_ISREG(state.st_mode) or self._is_old(real, state)):
                    continue
                if is_undelivered or name not in found:
                    found[name] = Shown(name, state)
        return [found[name] for name in sorted(found)]

    def remove(self, path: bytes) -> None:
        """Only what has not been delivered."""
        with self._rooted.place(path) as place:
            if self._undelivered(place) is None:
                if place.entry() is None:
                    raise SFTPNoSuchFile("there is no such file")
                raise SFTPPermissionDenied("what is delivered stays")
            self._check_not_open(place)
            self._discard(place)
            place.sync_folder()

    def make_folder(self, path: bytes) -> None:
        names = parts(path)
        if len(names) > self._account.folders_deep:
            raise SFTPPermissionDenied(f"folders may be {self._account.folders_deep} deep")
        with self._rooted.place(path) as place:
            if place.name.startswith(".") or is_temporary(place.name):
                raise SFTPPermissionDenied("folders cannot have temporary names")
            if place.entry() is not None or self._undelivered(place) is not None:
                raise SFTPFileAlreadyExists("something has this name")
            self.allowance.begin_file()
            os.mkdir(place.name, 0o700, dir_fd=place.folder)

    def rename(self, old: bytes, new: bytes, *, is_own: bool) -> int | None:
        """Deliver what came under a temporary name; returns its size then.

        ``is_own``: this very session delivered ``old``, so that it may still be renamed.
        """
        with self._rooted.place(old) as source, self._rooted.place(new) as target:
            self._check_not_open(source)
            self._check_not_open(target)
            hidden = source.name
            if is_temporary(source.name):
                hidden = held(source.name)
                if source.state(hidden) is None:
                    raise _not_whole(source)
            elif source.state(hidden) is None:
                raise _not_whole(source)
            elif not is_own:
                raise SFTPPermissionDenied("what is delivered stays")
            return self._move(source, hidden, target)

    def is_delivered(self, upload: Upload) -> bool:
        return not is_temporary(upload.name)

    def forget(self, upload: Upload) -> None:
        """The upload is over."""
        for key in [key for key, one in self._open.items() if one is upload]:
            del self._open[key]

    def sweep(self) -> int:
        """Throw away what can no longer be resumed; returns how many files went."""
        gone = 0
        for root, folders, names in os.walk(self._root):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for real in names:
                gone += self._sweep_one(Path(root), real)
        return gone

    def _sweep_one(self, folder: Path, real: str) -> bool:
        name, is_undelivered = shown_name(real)
        if not is_undelivered:
            return False
        with contextlib.suppress(OSError):
            state, there = (folder / real).lstat(), folder.stat()
            is_open = (there.st_dev, there.st_ino, name) in self._open
            if stat.S_ISREG(state.st_mode) and self._is_old(real, state) and not is_open:
                (folder / real).unlink()
                return True
        return False

    def _check_name(self, place: Place, flags: int) -> None:
        entry = None if is_temporary(place.name) else place.entry()
        if entry is None:
            return
        if not stat.S_ISREG(entry.st_mode):
            raise SFTPFailure("something that is no file has this name")
        if flags & FXF_EXCL or not self._account.replace:
            raise SFTPFileAlreadyExists("a delivery has this name")

    def _make_way(self, place: Place) -> None:
        """Raises SFTPFailure where another upload of the name is alive."""
        other = self._open.get(_key(place))
        if other is None or not other.is_open:
            return
        if time.monotonic() - other.wrote_at < TAKEN_OVER_SECONDS:
            raise SFTPFailure("another upload of this name is under way")
        other.refuse("another upload of this name has taken over")
        other.abandon()

    def _check_not_open(self, place: Place) -> None:
        other = self._open.get(_key(place))
        if other is not None and other.is_open:
            raise SFTPFailure("an upload of this name is under way")

    def _begin(self, place: Place) -> int:
        self.allowance.begin_file()
        self._discard(place)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.open(coming(place.name), flags, 0o600, dir_fd=place.folder)

    def _resume(self, place: Place, flags: int) -> int:
        found = self._undelivered(place)
        if found is None:
            if place.state(place.name) is not None and not is_temporary(place.name):
                raise SFTPPermissionDenied("it is complete; send it anew from its beginning")
            if not flags & FXF_CREAT:
                raise SFTPNoSuchFile("there is no such file")
            return self._begin(place)
        if place.state(held(place.name)) is not None:
            _move_within(place, held(place.name), coming(place.name))
        opening = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.open(coming(place.name), opening, dir_fd=place.folder)

    def _undelivered(self, place: Place) -> os.stat_result | None:
        """What has come of a file that is not a delivery yet, unless it is too old or not ours alone."""
        for real in (coming(place.name), held(place.name)):
            state = place.state(real)
            if state is not None and state.st_nlink == 1 and not self._is_old(real, state):
                return state
        return None

    def _is_old(self, real: str, state: os.stat_result) -> bool:
        """Whether it is a leftover, of yesterday perhaps, that today's file must not be put behind.

        What is held back is whole, and only waits for its name: it may wait until it is swept away.
        """
        hours = self._account.resume_hours if real.endswith(".part") else 2 * self._account.resume_hours
        return state.st_mtime < time.time() - hours * 3600

    def _discard(self, place: Place) -> None:
        for name in (coming(place.name), held(place.name)):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name, dir_fd=place.folder)

    def _move(self, source: Place, hidden: str, target: Place) -> int | None:
        state = source.state(hidden)
        assert state is not None
        if is_temporary(target.name):
            self._discard(target)
            os.rename(hidden, held(target.name), src_dir_fd=source.folder, dst_dir_fd=target.folder)
            delivered = None
        else:
            self._check_name(target, 0)
            _bring(source, hidden, target, replace=self._account.replace)
            self._discard(target)
            delivered = state.st_size
        target.sync_folder()
        source.sync_folder()
        return delivered


def _bring(source: Place, hidden: str, target: Place, *, replace: bool) -> None:
    """Into the target's folder under a hidden name first, then shown as any upload is."""
    if hidden != coming(target.name) or source.folder != target.folder:
        os.rename(hidden, coming(target.name), src_dir_fd=source.folder, dst_dir_fd=target.folder)
    show(target, coming(target.name), replace=replace)


def _move_within(place: Place, old: str, new: str) -> None:
    os.rename(old, new, src_dir_fd=place.folder, dst_dir_fd=place.folder)


def _not_whole(place: Place) -> SFTPError:
    if place.state(coming(place.name)) is not None:
        return SFTPFailure("it has not come completely; resume it first")
    return SFTPNoSuchFile("there is no such file")


def _state(folder: int, name: str) -> os.stat_result | None:
    """Of a file or folder; links, devices and the like are not shown."""
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
    return found if stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode) else None


def _key(place: Place) -> Key:
    there = os.fstat(place.folder)
    return there.st_dev, there.st_ino, place.name


def undelivered_in(root: Path) -> Iterator[Path]:
    """Hidden files of uploads that have not been delivered, for ``staffroom drop check``."""
    for path in sorted(root.rglob(".*")):
        if shown_name(path.name)[1] and path.is_file():
            yield path
