from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def a_place_for_drawn_charts(settings: Settings, tmp_path: Path) -> None:
    """What pages keep on disk goes into a folder of the test's own."""
    settings.INSTANCE = replace(settings.INSTANCE, root=tmp_path)
