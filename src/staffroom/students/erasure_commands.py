"""``staffroom students records`` and ``erase``: what a family may ask for."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from staffroom.accounts.start import start_site
from staffroom.command import Call, Command, Exit
from staffroom.errors import SettingsError, UnknownName


def records(call: Call) -> int:
    """All that is held of a student, in a new folder that only its owner may read."""
    start_site(call.instance)
    from staffroom.students.erasure import documents
    from staffroom.students.erasure import records as records_of
    from staffroom.students.models import Student

    student = Student.objects.filter(local_id=call.options.local_id).first()
    if student is None:
        raise UnknownName("the student", "is not known by this id.", next_step="Look the local id up.")
    folder = _new_folder(Path(call.options.to))
    _write(folder / "records.json", json.dumps(records_of(student), ensure_ascii=False, indent=1).encode())
    names = []
    for name, data in documents(call.instance, student):
        _write(folder / name, data)
        names.append(name)
    print(f"students records: records.json, documents: {len(names)}. folder: {folder}")
    return Exit.DONE


def erase(call: Call) -> int:
    """Erase a student for good, whatever brings them again. It may be killed, and run again."""
    start_site(call.instance)
    from staffroom.students.erasure import erase as erase_student
    from staffroom.students.importing.run import import_lock

    with import_lock(call.instance):
        gone = erase_student(call.instance, call.options.local_id)
    told = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in gone.items())
    print(f"students erase: {told or 'nothing was there'}. No import brings them back.")
    return Exit.DONE


def _new_folder(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        raise SettingsError(str(folder), "is there already.", next_step="Name a new folder.") from None
    return folder


def _write(path: Path, data: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(data)


def _local_id(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("local_id", metavar="LOCAL_ID", help="the id by which the exports know the student")


def _records_options(parser: argparse.ArgumentParser) -> None:
    _local_id(parser)
    parser.add_argument("--to", required=True, metavar="FOLDER", help="a new folder")


COMMANDS = (
    Command("records", "Write out all that is held of a student.", records, _records_options),
    Command("erase", "Erase a student for good.", erase, _local_id),
)
