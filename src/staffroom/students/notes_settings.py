"""The section ``[students.notes]`` of staffroom.toml: the kinds of notes, and how long one may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from staffroom.config import SETTINGS_FILE, Instance, at_least, fit
from staffroom.students.kinds import kinds_of

PLACE = f"{SETTINGS_FILE} [students.notes]"


@dataclass(frozen=True, slots=True)
class NotesSettings:
    """What educators choose from when they write."""

    kinds: tuple[str, ...] = (
        "sst SST meeting",
        "mtss MTSS meeting",
        "parent Parent conversation",
        "other Something else",
        "grade9 9th grade experience",
        "grade10 10th grade experience",
        "nest NEST",
        "counselor Counselor meeting",
        "transition Transition note",
    )
    """The kinds of notes: a word that is stored, then what it is called on pages."""
    roster_kinds: tuple[str, ...] = ("sst", "mtss")
    """The kinds whose last note has a column in rosters."""
    transition_kinds: tuple[str, ...] = ("transition",)
    """Kinds that only holders of the label writes_transition_notes write."""
    longest_characters: int = at_least(100, default=50_000)
    """A longer note is not taken; nothing of it is lost."""

    @property
    def titles(self) -> Mapping[str, str]:
        """What each kind is called."""
        return kinds_of(self.kinds, f"{PLACE} kinds")


def notes_settings(instance: Instance) -> NotesSettings:
    """The section. Raises SettingsError."""
    section = dict(instance.sections.get("students", {})).get("notes", {})
    settings = fit(NotesSettings, section, place=PLACE)
    _ = settings.titles  # a kind without a title is an error now
    return settings
