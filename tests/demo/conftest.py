"""One small generated university for all tests of this folder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from staffroom.demo.generate import generate
from staffroom.demo.manifest import Manifest
from staffroom.demo.university import University

SMALL = University(7, 20_000, date(2026, 9, 27))


@dataclass(frozen=True)
class Delivered:
    """Generated files and the truth about them."""

    university: University
    logs: Path
    exports: Path
    manifest: Manifest


@pytest.fixture(scope="session")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    folder = tmp_path_factory.mktemp("university")
    manifest = generate(SMALL, folder / "logs", folder / "exports")
    return Delivered(SMALL, folder / "logs", folder / "exports", manifest)
