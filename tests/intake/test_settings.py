"""The [[sources]] of staffroom.toml, and what is said of those that cannot be meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from staffroom.config import Instance, Institution
from staffroom.errors import SettingsError
from staffroom.intake.settings import LOG_PATTERN, FolderSource, folder_sources


def instance(sources: Any) -> Instance:
    return Instance(Path("/school"), Institution(), {"sources": sources} if sources is not None else {})


def test_sources_have_defaults_and_come_by_name() -> None:
    found = folder_sources(instance([{"name": "b", "logs": "b/logs"}, {"name": "a", "late_days": 5}]))
    assert found == (
        FolderSource("a", "openedx", "", LOG_PATTERN, 5, ""),
        FolderSource("b", "openedx", "b/logs", LOG_PATTERN, 2, ""),
    )
    assert found[1].logs_folder(instance(None)) == Path("/school/b/logs")
    assert found[1].exports_folder(instance(None)) is None


def test_an_instance_may_have_no_sources() -> None:
    assert folder_sources(instance(None)) == ()


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ({"name": "a"}, r"\[sources\]: is one section; sources are a list"),
        ([{"name": "a"}, {"name": "a"}], "a: is named twice"),
        ([{"name": "A b"}], "A b: is not a name of small letters"),
        ([{"name": "a", "kind": "moodle"}], "a: is of kind 'moodle', which is not one of openedx"),
        ([{"name": "a", "log_pattern": "("}], "a log_pattern: is not a regular expression"),
        ([{"name": "a", "late_days": -1}], "a late_days: is negative"),
        ([{"name": "a", "lgos": "x"}], r"number 1 lgos: is not a setting. Did you mean 'logs'\?"),
        ([{"logs": "x"}], "number 1: lacks name"),
    ],
)
def test_a_source_that_cannot_be_meant_is_an_error_in_words(sources: Any, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        folder_sources(instance(sources))
