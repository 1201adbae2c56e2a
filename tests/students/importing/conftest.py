from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.students.importing.district import SCHOOLS, District


@pytest.fixture
def district(db: None, settings: Settings, tmp_path: Path) -> District:
    """Five schools, and no file yet."""
    folder = tmp_path / "sis"
    folder.mkdir()
    sections = {
        **settings.INSTANCE.sections,
        "sources": [{"name": "sis", "kind": "sis", "exports": str(folder)}],
        "students": {
            "email": "{login}@k12.example.org",
            "counselor": "before_comma",
            "schools": [
                {"local_id": code, "name": f"School {code}", "kind": kind} for code, kind in SCHOOLS.items()
            ],
            "files": [],
        },
    }
    settings.INSTANCE = replace(settings.INSTANCE, root=tmp_path, sections=sections)
    return District(settings.INSTANCE, folder)
