from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings

from staffroom.students.access import rules_now
from staffroom.students.models import Section
from tests.students.district import District


@pytest.fixture(autouse=True)
def a_place_for_drawn_charts(settings: Settings, tmp_path: Path) -> None:
    """What pages keep on disk goes into a folder of the test's own."""
    settings.INSTANCE = replace(settings.INSTANCE, root=tmp_path)


@pytest.fixture
def this_year(district: District, settings: Settings) -> District:
    """Its sections are of this school year, of which Q3 and FY are open on every day, S1 and Q4 never."""
    terms = {"students": {"access": {"terms": ["Q3 08-15 08-14", "FY 08-15 08-14"]}}}
    settings.INSTANCE = replace(settings.INSTANCE, sections={**settings.INSTANCE.sections, **terms})
    Section.objects.update(year=min(rules_now(settings.INSTANCE).open_terms))
    return district
