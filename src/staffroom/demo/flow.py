"""``staffroom demo``: from nothing to a site with a university in it, through the same code as production.

The folder is marked while it is being made. A first run that was interrupted leaves the mark, and the
next one starts over; a folder that is finished is served at once; any other folder is left alone.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import tomlkit

from staffroom.accounts.start import start_site
from staffroom.command import Exit
from staffroom.config import SETTINGS_FILE, Instance, load_instance
from staffroom.demo.cast import CAST, PASSWORD
from staffroom.demo.district.exports import DemoDistrict, write_exports
from staffroom.demo.district.setting_up import FOLDER, set_up
from staffroom.demo.generate import generate
from staffroom.demo.people import TEST_ACCOUNT
from staffroom.demo.term import ZONE_NAME
from staffroom.demo.university import University
from staffroom.errors import PermanentError, SettingsError, TransientError
from staffroom.operations.init import init_instance
from staffroom.tally import Progress, counted

NAME = "Tarnwater University and Schools"
TRUTH_FILE = "demo.json"
"""The manifest of the generated files. It is written last: a folder that has it is finished."""
UNFINISHED = ".unfinished-demo"

Say = Callable[[str], None]


def make_demo(root: Path, university: University, progress: Progress, say: Say) -> Instance:
    """The demo's instance in ``root``, made unless it is there already; Django is started for it.

    Raises SettingsError where ``root`` holds something else, TransientError where it is being made right now.
    """
    if (root / TRUTH_FILE).exists():
        instance = load_instance(root)
        start_site(instance)
        _migrate(instance)
        return instance
    with _making(root) as held:
        return _make(root, university, progress, say, held)


@contextmanager
def _making(root: Path) -> Iterator[int]:
    """Hold the folder for ourselves, emptied of what an interrupted run left; gives the lock's descriptor."""
    mark = root / UNFINISHED
    if root.exists() and any(root.iterdir()) and not mark.exists():
        raise SettingsError(
            str(root),
            "is not empty and holds no demo.",
            happened="Nothing was changed.",
            next_step="Name another folder: staffroom demo DIR.",
        )
    root.mkdir(0o700, parents=True, exist_ok=True)  # as an instance is: all in it is about people
    with mark.open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TransientError(str(root), "is being made by another process.") from None
        for path in root.iterdir():
            if path != mark:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        yield held.fileno()
        mark.unlink()


def _make(root: Path, university: University, progress: Progress, say: Say, held: int) -> Instance:
    say(f"{NAME} does not exist; neither does anybody in it. Its folder is {root}/")
    init_instance(root, name=NAME, time_zone=ZONE_NAME, demo=True)
    leave_out(TEST_ACCOUNT.username, root / SETTINGS_FILE)
    set_up(root / SETTINGS_FILE)
    rows = write_exports(DemoDistrict(university.seed, university.last_day), root / FOLDER)
    instance = load_instance(root)
    delivered = root / "deliveries" / "openedx"
    manifest = generate(university, delivered / "logs", delivered / "exports", progress=progress)
    say(
        f"Generated {counted(manifest.lines, 'line')} of tracking log in "
        f"{counted(len(manifest.files), 'file')}, LMS exports, and the exports of a school district."
    )
    start_site(instance)
    _migrate(instance)
    _invite()
    _run_the_night(root, say, held)
    _live(university.seed)
    truth = {**json.loads(manifest.as_json()), "district_rows": rows}
    (root / TRUTH_FILE).write_text(json.dumps(truth), "utf-8")
    return instance


def leave_out(username: str, settings: Path) -> None:
    """Name the test account in the settings, as an operator would."""
    document = tomlkit.parse(settings.read_text("utf-8"))
    section = document.setdefault("metrics", tomlkit.table())
    section["excluded_usernames"] = [username]
    settings.write_text(tomlkit.dumps(document), "utf-8")


def _migrate(instance: Instance) -> None:
    from staffroom.operations.migrate import migrate_all

    migrate_all(instance)


def _invite() -> None:
    """Make the people of CAST."""
    from staffroom.accounts import people

    for part in CAST:
        person = people.create_person(
            part.email,
            name=part.name,
            password=PASSWORD,
            administrator=part.administrator,
            language=part.language,
        )
        for role, course in part.courses:
            people.give_course(person, course, role)


def _live(seed: int) -> None:
    from staffroom.demo.district.life import live

    live(seed)


def _run_the_night(root: Path, say: Say, held: int) -> None:
    """The nightly run as an operator would start it; its bars and its last line go to our terminal.

    It holds our lock too: should we be killed, nobody empties the folder while it still writes.
    """
    words = ["nightly", "--instance", str(root)]
    say(f"$ staffroom {' '.join(words)}")
    night = subprocess.run([sys.executable, "-m", "staffroom.cli", *words], check=False, pass_fds=(held,))
    if night.returncode not in (Exit.DONE, Exit.ROWS_SKIPPED):
        raise PermanentError(
            "the nightly run",
            f"failed (exit code {night.returncode}).",
            happened=f"What it made so far is in {root}.",
            next_step="Run 'staffroom demo' again: it starts over.",
        )


def guide(address: str, log: Path) -> str:
    """What to do now: the address, and a table of who can sign in and sees what."""
    width = max(len(part.email) for part in CAST)
    rows = [f"  {part.email:<{width}}  {part.sees}" for part in CAST]
    return "\n".join(
        [
            "",
            f"Open {address} and sign in as one of these; the password of all is  {PASSWORD}",
            "",
            *rows,
            "",
            f"The site's log goes to {log}. Ctrl-C ends it; 'staffroom demo' serves it again.",
        ]
    )


@contextmanager
def talk_to(path: Path) -> Iterator[None]:
    """Let everything that goes to standard error, our children's words included, go to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sys.stderr.flush()
    terminal = os.dup(2)
    try:
        with path.open("ab") as file:
            os.dup2(file.fileno(), 2)
        yield
    finally:
        sys.stderr.flush()
        os.dup2(terminal, 2)
        os.close(terminal)


def free_port(wanted: int) -> int:
    """``wanted`` on loopback if nothing listens there, else any port that is free."""
    for port in (wanted, 0):
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(tried.getsockname()[1])
    raise TransientError("127.0.0.1", "has no free port.")
