"""All that the loader holds of one student: told to whoever may ask for it, or erased for good.

A student is whom the mapping's ``id`` names. They are in the journals and reports of runs that singled out a
row of theirs, among those whom the API is known to have, and in the files that were downloaded.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import orjson

from staffroom.config import Instance
from staffroom.durable import replace_file
from staffroom.errors import StaffroomError
from staffroom.intake.archives.access import LocalFile
from staffroom.intake.archives.unpacking import list_members, read_member
from staffroom.intake.downloads.partial import Places
from staffroom.loader.arriving import files_folder
from staffroom.loader.erased import KIND
from staffroom.loader.journal import records as journal_records
from staffroom.loader.known import known_files, open_known
from staffroom.loader.report import deletion_of, singled_out
from staffroom.loader.rows import ERASED, REASONS
from staffroom.loader.runs import Run, all_runs, loader_lock, runs_folder
from staffroom.loader.settings import LoaderSettings, loader_settings
from staffroom.tombstones import Tombstones

ROW_OF_A_JOURNAL = 4
"""Line, id, reason and detail."""


def records(instance: Instance, student: str) -> dict[str, Any]:
    """What is held of a student, as JSON knows it. Files that hold rows of theirs are told by their paths."""
    settings = loader_settings(instance)
    runs = all_runs(runs_folder(instance, settings))
    return {
        "rows": [
            {"run": run.identity, "row": row.line or None, "what": row.reason, "detail": row.detail}
            for run in runs
            for row in singled_out(run.journal)
            if row.id.strip() == student
        ],
        "deleted_at_the_api": [run.identity for run in runs if deletion_of(run.journal, student)],
        "known_to_the_api": any(_is_known(path, student) for path in _known(instance, settings)),
        "files": [str(path) for path in _files_of(instance, settings, student)],
    }


def erase(instance: Instance, student: str) -> dict[str, int]:
    """Remove all of it and hide the student from whatever comes later; returns how much there was of what.

    A downloaded file goes as a whole, and is fetched again when it is needed. ``files_left`` lie elsewhere:
    ``records`` names them. It may be killed and run again. Raises LoaderBusy; SettingsError where the list of
    tombstones cannot be written.
    """
    settings = loader_settings(instance)
    Tombstones(instance).add(KIND, student)
    with loader_lock(instance, settings):
        runs = [_erase_from_run(run, student) for run in all_runs(runs_folder(instance, settings))]
        known = [_forget(path, student) for path in _known(instance, settings)]
        files = _files_of(instance, settings, student)
        ours = [path for path in files if path.is_relative_to(files_folder(instance, settings))]
        for path in ours:
            path.unlink()
            Places(path).memory.unlink(missing_ok=True)
    left = len(files) - len(ours)
    return {"runs": sum(runs), "known": sum(known), "files": len(ours), "files_left": left}


def _erase_from_run(run: Run, student: str) -> bool:
    """The journal and the report without the student; True where they were in one of them."""
    before = list(journal_records(run.journal))
    after = [_without(record, student) for record in before]
    if after != before:
        _replace(run.journal, b"".join(orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE) for one in after))
    said = orjson.loads(run.report.read_bytes()) if run.report.exists() else None
    says = _without(said, student)
    if says != said:
        _replace(run.report, orjson.dumps(says, option=orjson.OPT_INDENT_2))
    return after != before or says != said


def _replace(path: Path, data: bytes) -> None:
    """The file's mode stays, and its time, which tells the last run from the others."""
    before = path.stat()
    replace_file(path, data, mode=before.st_mode & 0o777)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _without(said: Any, student: str) -> Any:
    """What a journal or a report says, without the student: their rows stay, and tell no more than that."""
    if isinstance(said, dict):
        kept = {key: _without(value, student) for key, value in said.items() if key.strip() != student}
        return {**kept, "detail": REASONS[ERASED]} if _is(said.get("id"), student) else kept
    if isinstance(said, list):
        if len(said) == ROW_OF_A_JOURNAL and _is(said[1], student):
            return [said[0], "", said[2], REASONS[ERASED]]
        names = all(isinstance(one, str) for one in said)
        return [_without(one, student) for one in said if not (names and _is(one, student))]
    if isinstance(said, str):
        return "" if _is(said, student) else _word(student).sub("…", said)
    return said


def _is(value: object, student: str) -> bool:
    return isinstance(value, str) and value.strip() == student


def _word(student: str) -> re.Pattern[str]:
    """The id where it stands by itself, and is no part of another."""
    return re.compile(rf"(?<![0-9A-Za-z]){re.escape(student)}(?![0-9A-Za-z])")


def _known(instance: Instance, settings: LoaderSettings) -> tuple[Path, ...]:
    return known_files(instance.path(settings.folder))


def _is_known(path: Path, student: str) -> bool:
    with open_known(path) as known:
        return known.holds(student)


def _forget(path: Path, student: str) -> int:
    with open_known(path) as known:
        return known.erase(student)


def _files_of(instance: Instance, settings: LoaderSettings, student: str) -> list[Path]:
    """The files that hold rows of the student, or of which that cannot be said because they are not whole."""
    named = [Path(str(run.facts["file"])) for run in all_runs(runs_folder(instance, settings))]
    named += [instance.path(settings.local_file)] if settings.local_file else []
    ours = files_folder(instance, settings)
    found = {path for path in (*named, *ours.rglob("*")) if path.is_file()}
    memories = {Places(path).memory for path in found} | {path for path in found if path.suffix == ".json"}
    return sorted(path for path in found - memories if _holds(path, student))


def _holds(path: Path, student: str) -> bool:
    wanted = re.compile(_word(student).pattern.encode())
    rest = b""
    try:
        with LocalFile(path) as access:
            for member in list_members(access):
                for block in read_member(access, member):
                    if wanted.search(rest + block):
                        return True
                    rest = block[-len(student) - 1 :]
    except (OSError, StaffroomError):
        return True
    return False
