"""Stands in for a verb of the command line: tells steps, waits as it is told, ends as it is told.

``verb.py FOLDER MODE RUN``: the folder gets a line in ``begun`` and one in ``ended`` with the run's id.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from staffroom.jobs import lifeline

RESULT = {"result": "verb", "read": 3, "kept": 2, "repeated": 1, "skipped": 0, "version": 7}


def main(folder: Path, mode: str, run: str) -> int:
    lifeline.hold()
    _note(folder / "begun", run)
    try:
        return _act(mode)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 1
    finally:
        _note(folder / "ended", run)


def _act(mode: str) -> int:
    _tell({"step": "Read", "done": 0, "total": 3, "unit": "files"})
    if mode == "wait":
        time.sleep(120)
    if mode == "brief":
        time.sleep(0.2)
    if mode == "fail":
        print("staffroom: it failed", file=sys.stderr)
        _tell({"error": "StoreFull", "place": "/srv/store", "problem": "the disk is full."})
        return 1
    if mode == "die":
        os.abort()
    _tell({"step": "Read", "done": 3, "total": 3, "unit": "files"})
    if mode == "skip":
        _tell({**RESULT, "kept": 1, "skipped": 1})
        return 3
    _tell(RESULT)
    return 0


def _tell(facts: dict[str, object]) -> None:
    print(json.dumps(facts), flush=True)


def _note(path: Path, run: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{run} {os.getpid()}\n")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
