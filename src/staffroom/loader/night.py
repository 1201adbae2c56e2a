"""One night of the loader: the file is fetched, or is here, and is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from staffroom.config import Instance
from staffroom.errors import DeliveryError, SettingsError
from staffroom.intake.archives.access import LocalFile
from staffroom.intake.archives.unpacking import extract, list_members
from staffroom.intake.downloads.download import Downloaded
from staffroom.intake.servers.errors import RemoteChanged
from staffroom.intake.servers.running import run as run_loop
from staffroom.loader.arriving import (
    arriving_digest,
    fetch_all,
    remote_file,
    target_of,
    way_to,
    while_it_comes,
)
from staffroom.loader.known import Known, known_path, open_known
from staffroom.loader.mapping import load_mapping
from staffroom.loader.reading import StudentFile, check_headers, content_digest, students_in
from staffroom.loader.rehearsal import rehearse
from staffroom.loader.report import figures
from staffroom.loader.runs import Chosen, Run, begin, find_run, loader_lock, runs_folder
from staffroom.loader.settings import SECTION, LoaderSettings, check_api, check_settings, loader_settings
from staffroom.loader.task import Task
from staffroom.loader.upload import upload
from staffroom.tally import Counts, Progress

TRIES_WHILE_CHANGING = 3
"""How often a run begins anew because the remote file became another one while it came."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What a call of the loader asks for beyond the settings. ``day`` is the one whose file is meant."""

    day: date
    local_file: str | None = None
    remote_path: str | None = None
    offset: int | None = None
    rehearsal: bool = False
    again: bool = False
    start_line: int = 1
    limit: int | None = None
    encoding: str | None = None
    delimiter: str | None = None

    @property
    def chosen(self) -> Chosen:
        return Chosen(self.start_line, self.limit)

    def over(self, settings: LoaderSettings) -> LoaderSettings:
        """The settings with what this call says otherwise. Raises SettingsError."""
        changes: dict[str, Any] = {"encoding": self.encoding, "delimiter": self.delimiter}
        if self.again:
            changes["skip_unchanged"] = False
        changed = replace(settings, **{name: value for name, value in changes.items() if value is not None})
        check_settings(changed)
        return changed


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended, as the last line tells it."""

    label: str
    counts: Counts
    told: dict[str, Any] = field(default_factory=dict)
    report: Path | None = None

    def facts(self, *, json: bool) -> dict[str, Any]:
        """What the last line adds to the counts: lists and tables only in JSON; the report holds them too."""
        told = {key: value for key, value in self.told.items() if json or not isinstance(value, dict | list)}
        if not json:
            told = {key: value for key, value in told.items() if value not in (0, "", None, False)}
        return {**told, **({"report": str(self.report)} if self.report else {})}


def send(instance: Instance, orders: Orders, progress: Progress) -> Result:
    """Send a local file, or what an earlier run has left of it."""
    settings = orders.over(loader_settings(instance))
    path = _local_path(instance, settings, orders)
    with _prepared(instance, settings, orders, progress) as task:
        return run_loop(_send_local(task, orders, path))


def fetch_and_send(instance: Instance, orders: Orders, progress: Progress) -> Result:
    """Fetch the file and send it while it comes. A file that changes meanwhile is begun anew: what was sent
    of the earlier one stays, and that run's report tells what it was."""
    settings = orders.over(loader_settings(instance))
    if not settings.source:
        return send(instance, orders, progress)
    with _prepared(instance, settings, orders, progress) as task:
        for begun_anew in range(TRIES_WHILE_CHANGING):
            try:
                result = run_loop(_fetch_and_send(task, orders))
                return replace(result, told={**result.told, "begun_anew": begun_anew})
            except RemoteChanged:
                if begun_anew == TRIES_WHILE_CHANGING - 1:
                    raise
        raise AssertionError("the last try returns or raises")


def fetch(instance: Instance, orders: Orders, progress: Progress) -> Downloaded:
    """Fetch the file and nothing else."""
    settings = orders.over(loader_settings(instance))
    with loader_lock(instance, settings):
        return run_loop(_fetch(instance, settings, orders, progress))


@contextmanager
def _prepared(
    instance: Instance, settings: LoaderSettings, orders: Orders, progress: Progress
) -> Iterator[Task]:
    """The lock, the mapping and what is known of earlier nights."""
    check_api(settings.api)
    mapping = load_mapping(settings.mapping, instance.root)
    with ExitStack() as stack:
        stack.enter_context(loader_lock(instance, settings))
        known: Known | None = None
        if settings.skip_unchanged or settings.full_file:
            path = known_path(instance.path(settings.folder), settings.api.url)
            known = stack.enter_context(open_known(path, rehearsal=orders.rehearsal))
        yield Task(instance, settings, mapping, orders.chosen, progress, known)


def _local_path(instance: Instance, settings: LoaderSettings, orders: Orders) -> Path:
    if orders.local_file:
        return Path(orders.local_file)
    if settings.local_file:
        return instance.path(settings.local_file)
    raise SettingsError(f"{SECTION} local_file", "names no file.", next_step="Name it with --localfile.")


async def _send_local(task: Task, orders: Orders, path: Path) -> Result:
    try:
        access = LocalFile(path)
    except OSError as error:
        raise DeliveryError(str(path), f"cannot be opened: {error.strerror}.") from None
    with access:
        members = list_members(access)
        if task.settings.extract and members[0].kind != "plain":
            first = extract(access, members[0], path.parent)
            return await _send_local(task, orders, first)
        file = students_in(access, members, whole=True, first_only=task.settings.first_member_only)
        check_headers(file, task.mapping, task.settings)
        digest = await asyncio.to_thread(content_digest, file, path)
        return await _send_file(task, orders, file, path, digest)


async def _fetch_and_send(task: Task, orders: Orders) -> Result:
    async with way_to(task.settings, task.instance) as line:
        remote = await remote_file(line, task.settings, orders.remote_path, orders.day)
        target = target_of(remote, task.settings, task.instance, orders.local_file)
        if task.settings.extract:
            await fetch_all(line, remote, target, task.progress, offset=orders.offset)
            return await _send_local(task, orders, target)
        arriving = while_it_comes(line, remote, target, task.progress, offset=orders.offset)
        async with arriving as (file, download):
            if task.settings.first_member_only:
                file = replace(file, members=file.members[:1])
            digest = arriving_digest(file, remote)
            return await _send_file(task, orders, file, target, digest, download)


async def _send_file(
    task: Task,
    orders: Orders,
    file: StudentFile,
    path: Path,
    digest: str,
    download: asyncio.Task[Downloaded] | None = None,
) -> Result:
    if orders.rehearsal:
        done = await rehearse(task, file)
        if download is not None:
            await download
        facts = {"would_send": done.counts.kept, "in_batches": done.batches, "to": task.settings.api.url}
        return Result("Dry run, nothing was sent", done.counts, {**facts, **done.facts})
    run = _run_of(task, orders, digest)
    if run.ended is not None:
        found = figures(run.journal).counts
        counts = Counts(found.read, 0, found.kept + found.repeated, found.skipped)
        if download is not None:
            await download
        return Result("Sent before, --again sends it anew", counts, report=run.report)
    begin(run, path, task.settings, digest)
    outcome = await upload(task, file, run, arrived=download)
    told = {"students_per_second": outcome.rate, "seconds": round(outcome.seconds, 1), **outcome.told}
    return Result("Sent", outcome.figures.counts, told, run.report)


def _run_of(task: Task, orders: Orders, digest: str) -> Run:
    generation = f"/{task.known.generation}" if task.known is not None else ""
    folder = runs_folder(task.instance, task.settings)
    return find_run(folder, digest + generation, task.settings, task.mapping, task.chosen, again=orders.again)


async def _fetch(
    instance: Instance, settings: LoaderSettings, orders: Orders, progress: Progress
) -> Downloaded:
    async with way_to(settings, instance) as line:
        remote = await remote_file(line, settings, orders.remote_path, orders.day)
        target = target_of(remote, settings, instance, orders.local_file)
        return await fetch_all(line, remote, target, progress, offset=orders.offset)
