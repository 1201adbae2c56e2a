"""Runs of the loader and their folders: which one goes on, which one begins, which one is done.

A run is known by what decides its batches: the file's content, the mapping, how the file is cut and where
it goes. A killed run is found again by that; one that is done is sent again only on request.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from staffroom.config import Instance
from staffroom.errors import UnknownName
from staffroom.loader.errors import LoaderBusy
from staffroom.loader.journal import records
from staffroom.loader.mapping import Mapping
from staffroom.loader.settings import LoaderSettings
from staffroom.locks import held

LOCK_FILE = "loader.lock"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which rows of the file are to be sent: from a line on, at most so many."""

    start_line: int = 1
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One run's folder. ``identity`` is what its idempotency keys are made of."""

    folder: Path
    identity: str

    @property
    def journal(self) -> Path:
        return self.folder / "journal.jsonl"

    @property
    def report(self) -> Path:
        return self.folder / "report.json"

    @property
    def ended(self) -> dict[str, Any] | None:
        """The record with which its journal closes; None while something is left to do."""
        last: dict[str, Any] = {}
        for record in records(self.journal):
            last = record
        return last if "end" in last else None

    @property
    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads((self.folder / "run.json").read_text("utf-8"))
        return facts


def runs_folder(instance: Instance, settings: LoaderSettings) -> Path:
    return instance.path(settings.folder) / "runs"


def find_run(
    folder: Path, digest: str, settings: LoaderSettings, mapping: Mapping, chosen: Chosen, *, again: bool
) -> Run:
    """The run of this file with these settings: one under way, or done; a new one for ``again``."""
    decides = [
        digest, mapping.digest, settings.delimiter, settings.encoding, settings.rows_a_batch,
        settings.api.url, settings.skip_unchanged, settings.first_member_only, asdict(chosen),
    ]  # fmt: skip
    base = hashlib.blake2b(json.dumps(decides).encode(), digest_size=10).hexdigest()
    number = 1
    while (folder / f"{base}-{number + 1}").exists():
        number += 1
    run = Run(folder / f"{base}-{number}", f"{base}-{number}")
    if again and run.ended is not None:
        run = Run(folder / f"{base}-{number + 1}", f"{base}-{number + 1}")
    return run


def begin(run: Run, path: Path, settings: LoaderSettings, digest: str) -> None:
    """Note whose run it is: for ``status``, and so that the file is known again without reading all of it."""
    run.folder.mkdir(parents=True, exist_ok=True)
    target = run.folder / "run.json"
    facts = {
        "file": str(path),
        "digest": digest,
        "api": settings.api.url,
        "mapping": settings.mapping,
        "encoding": settings.encoding,
        "delimiter": settings.delimiter,
        "began_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    if target.exists():
        facts["began_at"] = run.facts["began_at"]
    part = run.folder / "run.json.part"
    part.write_text(json.dumps(facts, indent=1), "utf-8")
    part.replace(target)


def all_runs(folder: Path) -> list[Run]:
    """Those whose folders are kept, the one that was last at work at the end."""
    found = [item for item in folder.iterdir() if (item / "run.json").exists()] if folder.exists() else []
    return [Run(item, item.name) for item in sorted(found, key=lambda item: (last_at_work(item), item.name))]


def latest_run(folder: Path) -> Run:
    """The run that was last at work. Raises UnknownName where there is none."""
    found = all_runs(folder)
    if not found:
        raise UnknownName(str(folder), "holds no run yet.", next_step="Begin one: 'staffroom loader run'.")
    return found[-1]


def last_at_work(folder: Path) -> float:
    """When anything in a run's folder was written, in seconds since 1970."""
    return max(item.stat().st_mtime for item in folder.iterdir())


def loader_lock(instance: Instance, settings: LoaderSettings) -> AbstractContextManager[None]:
    """One run at a time. Raises LoaderBusy."""
    folder = instance.path(settings.folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / LOCK_FILE
    return held(
        path,
        lambda holder: LoaderBusy(
            str(path),
            f"another run is under way ({holder}).",
            happened="Nothing was sent by this one.",
            next_step="Wait until it has ended; 'staffroom loader status' shows how far it is.",
        ),
    )
