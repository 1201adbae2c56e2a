"""Instances with deliveries, taken in by the real run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from staffroom.config import Instance, Institution
from staffroom.events.ingest import ingest
from staffroom.tally import Silent

ROOT = Path(__file__).resolve().parents[2]


def instance_in(root: Path, *, zone: str = "UTC", **sections: Mapping[str, Any]) -> Instance:
    """An instance with one Open edX source, whose folders are ``logs`` and ``exports``."""
    source = {"name": "openedx", "kind": "openedx", "logs": "logs", "exports": "exports"}
    for folder in ("logs", "exports"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    return Instance(root, Institution(time_zone=zone), {"sources": [source], **sections})


def environment() -> dict[str, str]:
    """The environment of a child process that runs the source tree."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STAFFROOM_")}
    return {**kept, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}


def ingested(root: Path, logs: Iterable[Path], **options: Any) -> Instance:
    """An instance that has taken in ``logs``."""
    instance = instance_in(root, **options)
    for log in logs:
        shutil.copy(log, root / "logs" / log.name)
    ingest(instance, processes=1, progress=Silent())
    return instance
