"""The drop's log: a line of JSON each time somebody comes, delivers, leaves or is turned away.

The fields are those of the site's log. No password, no key and nothing of a file but its name is ever in it.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

LOGGER = "staffroom.intake.drop"


class Journal:
    """Writes to a file a month, which the retention of logs drops, and to stderr unless ``quiet``."""

    def __init__(self, folder: Path, *, quiet: bool = False) -> None:
        self._folder = folder
        self._quiet = quiet

    def write(self, message: str, *, level: str = "info", **facts: object) -> None:
        """``message`` is one of a few constants; what differs stands in ``facts``."""
        at = datetime.now(UTC)
        said = {name: value for name, value in facts.items() if value not in (None, "")}
        line = json.dumps(
            {
                "at": at.isoformat(timespec="milliseconds"),
                "level": level,
                "logger": LOGGER,
                "message": message,
                **said,
            }
        )
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            with (self._folder / f"drop-{at:%Y-%m}.log").open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError:  # a full disk must not turn away who could be served; stderr has the line
            pass
        if not self._quiet:
            print(line, file=sys.stderr, flush=True)
