"""The command as a whole: what holds for every verb."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from staffroom.cli import main
from staffroom.command import Call, Exit
from staffroom.tally import Counts
from tests.instances import TestInstance, environment, new_instance


def test_a_reader_that_has_seen_enough_ends_the_verb_without_a_word(tmp_path: Path) -> None:
    instance: TestInstance = new_instance(tmp_path / "instance")
    instance.run("nightly")
    listing = subprocess.Popen(
        instance.command("jobs", "list"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    )
    assert listing.stdout is not None and listing.stderr is not None
    listing.stdout.close()
    assert (listing.stderr.read(), listing.wait(60)) == (b"", 1)
    listing.stderr.close()


def test_an_interrupt_while_the_program_loads_is_answered_in_one_line() -> None:
    """However early it comes, once our first line has run: here in the middle of the imports."""
    program = (
        "import signal, sys\n"
        "from importlib.abc import MetaPathFinder\n"
        "class Interrupting(MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == sys.argv[1]:\n"
        "            sys.meta_path.remove(self)\n"
        "            exec('signal.raise_signal(signal.SIGINT)')\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "from staffroom.cli import main\n"
        "sys.exit(main(['accounts', 'list', '--instance', 'a folder']))\n"
    )
    for module in ("staffroom.verbs", "staffroom.command", "staffroom.accounts.commands"):
        ended = subprocess.run(
            [sys.executable, "-c", program, module], capture_output=True, text=True, env=environment()
        )
        assert (ended.returncode, ended.stdout, ended.stderr) == (
            1,
            "",
            "Stopped. Run it again to go on: staffroom accounts list --instance 'a folder'\n",
        )


def test_a_word_that_is_no_verb_is_answered_with_every_room_and_verb(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["nope"])
    assert ended.value.code == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("staffroom: error: argument ROOM or VERB: invalid choice: 'nope' (choose from ")
    offered = said.rstrip(")").partition("choose from ")[2].replace("'", "").split(", ")
    rooms = [
        "intake",
        "drop",
        "events",
        "metrics",
        "loader",
        "registry",
        "students",
        "access",
        "accounts",
        "jobs",
    ]
    assert offered == [*rooms, "init", "check", "migrate", "nightly", "worker", "serve", "demo"]


def test_the_last_line_tells_its_facts_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    call = Call(argparse.Namespace(json=False))
    facts = {"version": 3, "dropped": {"deliveries": 10, "logs": 2}, "quiet_sources": ["openedx", "campus"]}
    assert call.finish(Counts(), label="nightly", facts=facts) is Exit.DONE
    assert capsys.readouterr().out == (
        "nightly: read 0, kept 0, repeated 0, skipped 0. version: 3. dropped: deliveries 10, logs 2. "
        "quiet sources: openedx, campus.\n"
    )
