"""Static files are gathered once a version, under names that hold their content."""

from __future__ import annotations

import json
from pathlib import Path

from pytest_django import Settings

from staffroom.site.static_files import MARK, collect


def test_files_are_gathered_once(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "cache" / "static"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    assert collect()
    assert not collect()
    paths = json.loads((settings.STATIC_ROOT / "staticfiles.json").read_text())["paths"]
    assert set(paths) == {"web/staffroom.css", "web/staffroom.js", "web/staffroom.svg"}
    assert all((settings.STATIC_ROOT / name).exists() for name in paths.values())
    (settings.STATIC_ROOT / MARK).write_text("of another version")
    assert collect()
