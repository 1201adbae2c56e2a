"""The file comes over the network and is sent while it comes."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path, PurePosixPath

from staffroom.config import Instance
from staffroom.errors import SettingsError
from staffroom.intake.archives.access import RemoteBytes
from staffroom.intake.archives.unpacking import list_members
from staffroom.intake.downloads.download import Downloaded, download_through
from staffroom.intake.downloads.growing import GrowingFile, Growth
from staffroom.intake.names import find, name_on
from staffroom.intake.servers.opening import Line
from staffroom.intake.servers.remote import RemoteFile
from staffroom.loader.reading import StudentFile, members_digest, students_in
from staffroom.loader.settings import SECTION, LoaderSettings
from staffroom.tally import Progress


def way_to(settings: LoaderSettings, instance: Instance) -> Line:
    """The way to the server that the settings name. Raises SettingsError where they name none."""
    remote = settings.sftp if settings.source == "sftp" else settings.s3
    if not settings.source or remote is None:
        raise SettingsError(
            f"{SECTION} source",
            "names no server.",
            next_step="Set it to sftp or s3, or use 'loader send -f FILE'.",
        )
    return Line(remote, instance)


def today_at(instance: Instance) -> date:
    """The institution's day. A run asks once: when it passes midnight it stays with its day."""
    return datetime.now(instance.institution.zone).date()


async def remote_file(line: Line, settings: LoaderSettings, path: str | None, day: date) -> RemoteFile:
    """The file of ``day``, or the one that ``path`` names."""
    wanted = path or settings.remote_path
    if not wanted:
        raise SettingsError(f"{SECTION} remote_path", "names no file.")
    return await line.asked(lambda remote: find(remote, wanted, day, latest=settings.latest))


def target_of(file: RemoteFile, settings: LoaderSettings, instance: Instance, localfile: str | None) -> Path:
    """Where the file is put."""
    if localfile:
        return Path(localfile)
    if settings.local_file:
        return instance.path(settings.local_file)
    return files_folder(instance, settings) / PurePosixPath(file.path).name


def files_folder(instance: Instance, settings: LoaderSettings) -> Path:
    """Where files are put for which the settings name no other place."""
    return instance.path(settings.folder) / "files"


async def fetch_all(
    line: Line, file: RemoteFile, target: Path, progress: Progress, *, offset: int | None = None
) -> Downloaded:
    """The whole file to ``target``, or the rest of it."""
    return await _fetch(line, file, target, Growth(), progress, offset)


async def _fetch(
    line: Line, file: RemoteFile, target: Path, growth: Growth, progress: Progress, offset: int | None
) -> Downloaded:
    """``growth`` hears how far the file is and how it ends."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with progress.step("Bytes fetched", total=file.size, unit="bytes") as step:
        before = 0

        def appended(size: int) -> None:
            nonlocal before
            step.advance(size - before)
            before = size

        try:
            done = await download_through(
                line.connect, file, target, offset=offset, appended=appended, vouched=growth.reached
            )
        except BaseException as error:
            growth.fail(error)
            raise
    growth.end()
    return done


@asynccontextmanager
async def while_it_comes(
    line: Line, file: RemoteFile, target: Path, progress: Progress, *, offset: int | None = None
) -> AsyncIterator[tuple[StudentFile, asyncio.Task[Downloaded]]]:
    """The file as it grows, and its download, which is stopped with the block unless it has ended."""
    loop = asyncio.get_running_loop()
    async with line.connect() as remote:
        members = await asyncio.to_thread(list_members, RemoteBytes(remote, file, loop))
    growth = Growth()
    download = asyncio.create_task(_fetch(line, file, target, growth, progress, offset))
    try:
        with GrowingFile(target, file.size, growth) as access:
            yield students_in(access, members, whole=False, first_only=False), download
    finally:
        download.cancel()
        await asyncio.gather(download, return_exceptions=True)


def arriving_digest(file: StudentFile, remote: RemoteFile) -> str:
    """What tells the content from any other before all of it is here."""
    facts = (remote.path, remote.size, remote.modified_at.isoformat(), remote.version)
    return members_digest(file) or hashlib.blake2b(repr(facts).encode(), digest_size=16).hexdigest()


def path_on(settings: LoaderSettings, day: date) -> str:
    """The remote path of a day; empty where the settings do not fix one."""
    if not settings.source or settings.latest:
        return ""
    return name_on(settings.remote_path, day)
