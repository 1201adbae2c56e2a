"""The section ``[students.services]`` of staffroom.toml: which services there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from staffroom.config import SETTINGS_FILE, Instance, fit
from staffroom.students.kinds import kinds_of

PLACE = f"{SETTINGS_FILE} [students.services]"


@dataclass(frozen=True, slots=True)
class ServicesSettings:
    """What educators choose from when they record a service."""

    kinds: tuple[str, ...] = (
        "attendance_officer Attendance officer",
        "attendance_contract Attendance contract",
        "behavior_contract Behavior contract",
        "counseling_in_house Counseling, in-house",
        "counseling_outside Counseling, outside",
        "reading Reading intervention",
        "math Math intervention",
        "tutoring Afterschool tutoring",
        "community_schools Community Schools",
        "summer Summer program",
    )
    """The kinds of services: a word that is stored, then what it is called on pages."""
    phase_lines: tuple[str, ...] = (
        "attendance_officer",
        "attendance_contract",
        "behavior_contract",
        "counseling_in_house",
        "counseling_outside",
    )
    """The kinds whose beginning is marked on the charts of attendance and behaviour."""

    @property
    def titles(self) -> Mapping[str, str]:
        """What each kind is called."""
        return kinds_of(self.kinds, f"{PLACE} kinds")


def services_settings(instance: Instance) -> ServicesSettings:
    """The section. Raises SettingsError."""
    section = dict(instance.sections.get("students", {})).get("services", {})
    settings = fit(ServicesSettings, section, place=PLACE)
    _ = settings.titles  # a kind without a title is an error now
    return settings
