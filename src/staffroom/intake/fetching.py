"""New files of every source that names a server come into its folders, each whole or not at all.

A file is fetched beside its folder's files, under a hidden one, and moved in when it is whole: who reads the
folder never sees half of it. What fails is told by source, and keeps no other source from its files.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from staffroom.config import Instance
from staffroom.errors import PermanentError, StaffroomError, TransientError, UnknownName
from staffroom.intake.downloads.download import Downloaded, download_through
from staffroom.intake.downloads.partial import Places
from staffroom.intake.fetched import Fetched, FetchedFiles
from staffroom.intake.servers.errors import DiskFull, RemoteChanged, RemoteEmpty, RemoteNameRefused
from staffroom.intake.servers.opening import Line
from staffroom.intake.servers.remote import RemoteFile
from staffroom.intake.servers.running import run
from staffroom.intake.settings import FolderSource, folder_sources
from staffroom.intake.wanted import Wanted, wanted
from staffroom.tally import Progress, Step

HIDDEN = ".fetching"
"""The folder, within a source's folder, where files are until they are whole."""
TRIES_WHILE_CHANGING = 3


class SourcesNotFetched(PermanentError):
    """Some sources' files could not be fetched; what had come before was used."""


@dataclass(frozen=True, slots=True)
class SourceFetch:
    """What came of one source: new files and their bytes, and the errors of those that did not come."""

    source: str
    files: tuple[str, ...] = ()
    bytes: int = 0
    errors: tuple[StaffroomError, ...] = ()


@dataclass(frozen=True, slots=True)
class FetchResult:
    sources: tuple[SourceFetch, ...] = ()

    @property
    def files(self) -> int:
        return sum(len(one.files) for one in self.sources)

    @property
    def bytes(self) -> int:
        return sum(one.bytes for one in self.sources)

    @property
    def failed(self) -> Mapping[str, str]:
        """The sources of which something did not come, each with the class of the first error."""
        return {one.source: type(one.errors[0]).__name__ for one in self.sources if one.errors}

    def error(self) -> SourcesNotFetched | None:
        """All that failed as one error, in the words of the first; None where all came."""
        errors = [error for one in self.sources for error in one.errors]
        if not errors:
            return None
        return SourcesNotFetched(
            ", ".join(self.failed),
            f"could not be fetched: {errors[0].place}: {errors[0].problem}",
            happened="What had come before is used.",
            next_step=errors[0].next_step or "The next run tries again.",
        )


def network_sources(instance: Instance, *, only: str | None = None) -> tuple[FolderSource, ...]:
    """The sources that name a server. Raises UnknownName where ``only`` names none of them."""
    named = tuple(source for source in folder_sources(instance) if source.remote is not None)
    if only is None:
        return named
    chosen = tuple(source for source in named if source.name == only)
    if not chosen:
        raise UnknownName(
            f"source {only!r}",
            "is not one that files are fetched from.",
            next_step=f"Known: {', '.join(source.name for source in named) or 'none'}.",
        )
    return chosen


def today_of(instance: Instance) -> date:
    """The institution's day. Ask once a run, so that midnight changes nothing within it."""
    return datetime.now(instance.institution.zone).date()


def fetch(
    instance: Instance, *, progress: Progress, only: str | None = None, today: date | None = None
) -> FetchResult:
    """Fetch what is new of each source. Raises UnknownName; what fails otherwise is in the result."""
    today = today or today_of(instance)
    return FetchResult(
        tuple(
            _of_source(source, instance, progress, today) for source in network_sources(instance, only=only)
        )
    )


def listing(instance: Instance, source: FolderSource, *, today: date | None = None) -> tuple[Wanted, ...]:
    """What fits the source's patterns on its server, fetched or not. Raises errors of ``remote_errors``."""

    async def ask() -> tuple[Wanted, ...]:
        assert source.remote is not None
        async with Line(source.remote, instance) as line, line.connect() as remote:
            known = FetchedFiles(instance).of(source.name)
            return await wanted(remote, source.remote, known, today or today_of(instance))

    return run(ask())


def _of_source(source: FolderSource, instance: Instance, progress: Progress, today: date) -> SourceFetch:
    one = _Source(source, instance, today)
    try:
        run(one.fetch(progress))
    except StaffroomError as error:
        one.errors.append(error)
    return SourceFetch(source.name, tuple(one.files), one.bytes, tuple(one.errors))


@dataclass
class _Source:
    """One source's turn. What came stands in it, whatever ends the turn."""

    source: FolderSource
    instance: Instance
    today: date
    files: list[str] = field(default_factory=list)
    bytes: int = 0
    errors: list[StaffroomError] = field(default_factory=list)

    async def fetch(self, progress: Progress) -> None:
        assert self.source.remote is not None
        async with Line(self.source.remote, self.instance) as line:
            new = [one for one in await self._wanted(line) if one.is_new]
            total = sum(one.file.size for one in new)
            with progress.step(f"Fetch from {self.source.name}", total=total, unit="bytes") as step:
                await self._take(line, new, step)
        if not self.errors:
            self._clear()

    def _clear(self) -> None:
        """All came: what is left of downloads is of files that are gone from the server."""
        for kind in ("logs", "exports"):
            folder = self.source.folder(kind, self.instance)
            if folder is not None:
                shutil.rmtree(folder / HIDDEN, ignore_errors=True)

    async def _wanted(self, line: Line) -> Sequence[Wanted]:
        assert self.source.remote is not None
        known = FetchedFiles(self.instance).of(self.source.name)
        fetching = self.source.remote
        return await line.asked(lambda remote: wanted(remote, fetching, known, self.today))

    async def _take(self, line: Line, new: Sequence[Wanted], step: Step) -> None:
        for one in new:
            try:
                self.bytes += (await self._one(line, one, step)).size
                self.files.append(one.name)
            except (TransientError, DiskFull) as error:
                self.errors.append(error)
                if not isinstance(error, RemoteChanged):
                    return  # the others would fail in the same way, each after all its tries
            except StaffroomError as error:
                self.errors.append(error)
                if isinstance(error, RemoteEmpty | RemoteNameRefused):  # said once, until it changes
                    self._record(one, problem=type(error).__name__)

    async def _one(self, line: Line, one: Wanted, step: Step) -> Downloaded:
        if not one.name:
            raise RemoteNameRefused(
                one.file.path,
                "is no name for a file here.",
                happened="It was not fetched.",
                next_step="Ask whoever delivers it to name it otherwise.",
            )
        folder = self.source.folder(one.kind, self.instance)
        assert folder is not None
        staged, target = folder / HIDDEN / one.name, folder / one.name
        staged.parent.mkdir(parents=True, exist_ok=True)
        one, done = await self._download(line, one, staged, step)
        target.parent.mkdir(parents=True, exist_ok=True)
        staged.replace(target)
        Places(staged).memory.unlink(missing_ok=True)
        self._record(one)
        return done

    async def _download(self, line: Line, one: Wanted, staged: Path, step: Step) -> tuple[Wanted, Downloaded]:
        """Begun anew where the file changes meanwhile: whoever writes it may be nearly done."""
        told = _Told(step)
        for _ in range(TRIES_WHILE_CHANGING - 1):
            try:
                return one, await download_through(line.connect, one.file, staged, appended=told.appended)
            except RemoteChanged:
                one = replace(one, file=await _now(line, one.file.path))
        return one, await download_through(line.connect, one.file, staged, appended=told.appended)

    def _record(self, one: Wanted, *, problem: str | None = None) -> None:
        name = "" if problem else one.name
        entry = Fetched(self.source.name, one.file, name, datetime.now(UTC), problem)
        FetchedFiles(self.instance).record(entry)


async def _now(line: Line, path: str) -> RemoteFile:
    return await line.asked(lambda remote: remote.stat(path))


class _Told:
    """Turns the size of a part into what a step of progress is told: how much more."""

    def __init__(self, step: Step) -> None:
        self._step, self._size = step, 0

    def appended(self, size: int) -> None:
        self._step.advance(max(0, size - self._size))
        self._size = max(self._size, size)
